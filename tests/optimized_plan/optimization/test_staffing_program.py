"""CP-SAT beside all combinations tried one by one."""

from itertools import product

import numpy as np
import pytest

from bpa_assets.optimized_plan.optimization.staffing_program import (
    ModeOption,
    Program,
    RoleOption,
    Solution,
    cheapest_within,
    fastest_within,
)


def random_program(seed: int) -> Program:
    rng = np.random.default_rng(seed)

    def whole(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    def role() -> list[RoleOption]:
        today = RoleOption(0, 3, 1000, whole(300, 400), (whole(50, 90), whole(50, 90)), 0)
        others = [
            RoleOption(shift, whole(1, 5), load, whole(100, 500), (whole(10, 200), whole(10, 200)), whole(1, 3))
            for shift in range(1, 4)
            for load in (800, 1000, 1200)
        ]
        return [today, *others]

    def activity() -> list[ModeOption]:
        return [
            ModeOption(-1),
            ModeOption(0, {0: -whole(0, 300)}, whole(0, 50), -whole(0, 40), 1),
            ModeOption(1, {0: -100, 1: whole(0, 250)}, 0, -whole(0, 40), 1),
        ]

    return Program(
        roles=[role(), role()],
        activities=[activity(), activity()],
        fixed=1000,
        changes=3,
        today=(1150, 1150),
        late_weeks=whole(0, 3),
        apart=[((0, 2), (1, 2))],
    )


def kept(program: Program, roles: tuple[int, ...], modes: tuple[int, ...]) -> tuple[int, int] | None:
    """Cost and seconds of a choice; None where it breaks a rule."""
    chosen = [few[at] for few, at in zip(program.roles, roles, strict=True)]
    ways = [few[at] for few, at in zip(program.activities, modes, strict=True)]
    loads = [1000 + sum(way.load.get(place, 0) for way in ways) for place in range(len(chosen))]
    direct = program.fixed + sum(way.seconds for way in ways)
    weeks = [direct + sum(one.seconds[week] for one in chosen) for week in range(2)]
    late = sum(week > today for week, today in zip(weeks, program.today, strict=True))
    fits = (
        all(load <= one.load for load, one in zip(loads, chosen, strict=True))
        and sum(one.changes for one in (*chosen, *ways)) <= program.changes
        and late <= (program.late_weeks or 0)
        and modes != (2, 2)
    )
    seconds = direct + sum(int(np.ceil(np.mean(one.seconds))) for one in chosen)
    return (sum(one.cost for one in (*chosen, *ways)), seconds) if fits else None


def all_kept(program: Program) -> list[tuple[int, int]]:
    places = product(*(range(len(few)) for few in (*program.roles, *program.activities)))
    found = (kept(program, (one, two), (three, four)) for one, two, three, four in places)
    return [one for one in found if one is not None]


@pytest.mark.parametrize("seed", range(6))
def test_the_best_of_all_combinations_is_found(seed: int) -> None:
    program = random_program(seed)
    every = all_kept(program)
    limit = int(np.median([cost for cost, _ in every]))
    fastest = fastest_within(program, limit, seed=1)
    best = min(seconds for cost, seconds in every if cost <= limit)
    assert fastest.surrogate.status == "optimal"
    figures = kept(program, fastest.roles, fastest.activities)
    assert figures is not None
    assert figures[0] <= limit
    assert best <= figures[1] <= best * 1.005 + 1
    cheapest = cheapest_within(program, best, seed=1)
    figures = kept(program, cheapest.roles, cheapest.activities)
    assert figures is not None
    least = min(cost for cost, seconds in every if seconds <= best)
    assert least <= figures[0] <= least * 1.005 + 1


def test_what_cannot_be_is_told() -> None:
    found = fastest_within(random_program(1), 10, seed=1)
    assert found == Solution((), (), found.surrogate)
    assert found.surrogate.status == "infeasible"


def test_the_same_program_gives_the_same_solution() -> None:
    program = random_program(3)
    assert fastest_within(program, 700, seed=5) == fastest_within(program, 700, seed=5)
