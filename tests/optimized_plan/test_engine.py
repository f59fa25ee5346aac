"""The event engine: queues worked out by hand, and random small models beside a slow simulation."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.optimized_plan.process_simulation_model import FULL, SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog, simulate
from tests.optimized_plan.oracle_engine import REASONS, Oracle
from tests.optimized_plan.small_models import ALWAYS, OFFICE, model

HOUR, DAY = 3600.0, 86400.0


def played(of: SimulationModel, seed: int = 1) -> SimulatedLog:
    return simulate(prepare(of), observed_cases(of, seed))


def hours(log: SimulatedLog, column: str) -> list[float]:
    return (log.rows[column] / HOUR).tolist()


def test_one_person_does_what_came_first_first() -> None:
    cases = [[{"processing": 2 * HOUR}], [{"processing": HOUR}], [{"processing": HOUR}]]
    log = played(model(cases, candidates=[{0: 1.0}], arrived=[0.0, HOUR, 10 * HOUR]))
    assert hours(log, "start") == [0, 2, 10]
    assert hours(log, "end") == [2, 3, 11]
    assert hours(log, "contention") == [0, 1, 0]


def test_work_stops_at_night_and_the_wait_is_told_apart() -> None:
    # Monday 16:00, 2 h of work: done on Tuesday 10:00. A second case of 16:30 begins then: of its 17.5 h half an hour
    # of Monday and an hour of Tuesday are contention.
    cases = [[{"processing": 2 * HOUR}], [{"processing": HOUR}]]
    log = played(model(cases, candidates=[{0: 1.0}], hours=[OFFICE], arrived=[16 * HOUR, 16.5 * HOUR]))
    assert hours(log, "end") == [34, 35]
    assert hours(log, "contention") == [0, 1.5]
    assert hours(log, "unavailability") == [0, 16]


def test_a_weekend_and_a_holiday_are_waited_out() -> None:
    friday = 4 * DAY + 16 * HOUR
    of = model([[{"processing": 2 * HOUR}]], candidates=[{0: 1.0}], hours=[OFFICE], days_off=[[7]], arrived=[friday])
    assert played(of).rows["end"].tolist() == [8 * DAY + 10 * HOUR]  # Monday is off


def test_an_activity_that_runs_on_ends_at_night() -> None:
    of = model([[{"processing": 2 * HOUR}]], candidates=[{0: 1.0}], hours=[OFFICE], arrived=[16 * HOUR], runs_on=[True])
    assert hours(played(of), "end") == [18]


def test_a_batch_waits_for_its_last_member_or_its_time() -> None:
    of = model(
        [[{"processing": HOUR}]] * 4,
        candidates=[{0: 1.0}],
        capacity=[4],
        arrived=[0.0, HOUR, 3 * HOUR, 4 * HOUR],
        batch_size=[3],
        batch_seconds=[10 * HOUR],
    )
    log = played(of)
    assert hours(log, "batching") == [3, 2, 0, 10]
    assert hours(log, "start") == [3, 3, 3, 14]


def test_a_batch_is_released_at_the_next_of_its_moments_of_the_week() -> None:
    of = model(
        [[{"processing": HOUR}]] * 4,
        candidates=[{0: 1.0}],
        capacity=[4],
        arrived=[0.0, 15 * HOUR, 15 * HOUR + 1, 6 * DAY],  # a Monday; the last one on Sunday
        batch_size=[FULL],
        batch_clock=[[15 * HOUR, DAY + 15 * HOUR]],
    )
    log = played(of)
    assert hours(log, "start") == [15, 15, 39, 7 * 24 + 15]


def test_a_batch_that_nothing_completes_is_worked_off_at_the_end() -> None:
    of = model([[{"processing": HOUR}]] * 2, candidates=[{0: 1.0}], arrived=[0.0, HOUR], batch_size=[5])
    assert hours(played(of), "start") == [1, 2]


def test_who_has_priority_goes_first_and_the_others_wait_for_that() -> None:
    # Free at 2 h, the person takes the case of 1.5 h before that of 1 h, which waits 1 h for the first, 1 h for this.
    cases = [[{"processing": 2 * HOUR}], [{"processing": HOUR}], [{"processing": HOUR}]]
    of = model(cases, candidates=[{0: 1.0}], arrived=[0.0, HOUR, 1.5 * HOUR], priority=[0, 0, 1])
    log = played(of)
    assert hours(log, "start") == [0, 3, 2]
    assert hours(log, "contention") == [0, 1, 0.5]
    assert hours(log, "prioritization") == [0, 1, 0]


def test_two_things_at_once_where_somebody_can() -> None:
    of = model([[{"processing": 2 * HOUR}]] * 3, candidates=[{0: 1.0}], capacity=[2])
    assert hours(played(of), "start") == [0, 0, 2]


def test_parallel_steps_begin_together_and_the_join_waits_for_both() -> None:
    case = [
        {"activity": 0, "processing": HOUR},
        {"activity": 1, "processing": 3 * HOUR, "after": []},
        {"activity": 2, "processing": HOUR, "after": [0, 1], "delay": 2 * HOUR},
    ]
    log = played(model([case], candidates=[{0: 1.0}, {1: 1.0}, {0: 1.0}], hours=[ALWAYS, ALWAYS]))
    assert hours(log, "start") == [0, 0, 5]
    assert hours(log, "enabled") == [0, 0, 3]
    assert hours(log, "extraneous") == [0, 0, 2]


def test_an_activity_of_nobody_starts_at_once() -> None:
    log = played(model([[{"processing": HOUR}]] * 3, candidates=[{}], arrived=[0.0, 0.0, 1.0]))
    assert log.rows["start"].tolist() == [0, 0, 1]
    assert log.rows["resource"].tolist() == [-1, -1, -1]


def test_running_work_keeps_its_person_busy() -> None:
    cases = [[{"resource": 0, "processing": 5 * HOUR, "fixed": True}], [{"processing": HOUR}]]
    assert hours(played(model(cases, candidates=[{0: 1.0}])), "start") == [0, 5]


def test_a_needed_person_without_hours_is_named() -> None:
    with pytest.raises(ValueError, match="'resource 0' has no working hours"):
        prepare(model([[{}]], candidates=[{0: 1.0}], hours=[frozenset()]))


def test_the_same_seed_gives_the_same_bytes() -> None:
    of = random_model(np.random.default_rng(5))
    assert played(of).rows.tobytes() == played(of).rows.tobytes()


SHIFTS = [ALWAYS, OFFICE, frozenset({30, 31, 90}), frozenset(range(100, 120))]


def random_model(rng: np.random.Generator) -> SimulationModel:
    """Return a model with a bit of everything."""
    people, activities, cases = (int(rng.integers(1, top)) for top in (4, 4, 16))

    def step(place: int) -> dict[str, object]:
        return {
            "activity": int(rng.integers(activities)),
            "resource": int(rng.integers(-1, people)),
            "processing": float(rng.choice([0.0, 60.0, 5000.0, 40000.0])),
            "delay": float(rng.choice([0.0, 0.0, 7000.0])),
            "after": sorted(rng.choice(place, int(rng.integers(place + 1)), replace=False).tolist()) if place else [],
        }

    of = model(
        [[step(place) for place in range(int(rng.integers(1, 5)))] for _ in range(cases)],
        candidates=[
            {int(who): float(rng.integers(1, 4)) for who in np.flatnonzero(rng.random(people) < 0.7)}
            for _ in range(activities)
        ],
        hours=[SHIFTS[int(rng.integers(len(SHIFTS)))] for _ in range(people)],
        days_off=[rng.choice(20, int(rng.integers(3)), replace=False).tolist() for _ in range(people)],
        capacity=rng.choice([1, 2, 5, 8], people).tolist(),
        arrived=rng.integers(0, rng.choice([3600, 6 * 86400]), cases).astype(float).tolist(),
        priority=(rng.integers(0, 2, cases) * rng.integers(0, 2)).tolist(),
        activity_priority=(rng.integers(0, 2, activities) * rng.integers(0, 2)).tolist(),
        shares=tuple(float(rng.choice([0.0, 0.5, 1.0])) for _ in range(3)),
        batch_size=rng.choice([1, 1, 2, 3], activities).tolist(),
        batch_seconds=rng.choice([np.inf, 20000.0], activities).tolist(),
        batch_clock=[
            np.sort(rng.choice(168, int(rng.integers(3)), replace=False) * HOUR).tolist() for _ in range(activities)
        ],
        durations={
            (activity, who): sorted(rng.uniform(0, 20000, int(rng.integers(1, 4))).tolist())
            for activity in range(activities)
            for who in range(-1, people)
            if rng.random() < 0.5
        },
        runs_on=(rng.random(activities) < 0.3).tolist(),
    )
    chosen = float(rng.random()) < 0.3
    policy = replace(
        of.policy,
        oldest_case_first=bool(rng.random() < 0.2),
        patience=float(rng.choice([0.0, 20000.0])),
        choice_cost=rng.integers(1, 4, len(of.workforce.weights) if chosen else 0).astype(float),
    )
    return replace(of, policy=policy)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_random_models_play_out_as_in_a_slow_simulation(seed: int) -> None:
    of = random_model(np.random.default_rng(seed))
    cases = observed_cases(of, seed)
    log, rows = simulate(prepare(of), cases), Oracle(of, cases).run()
    assert log.rows["resource"].tolist() == [row.resource for row in rows]
    for column in ("enabled", "ready", "start", "end"):
        np.testing.assert_allclose(log.rows[column], [getattr(row, column) for row in rows], rtol=0, atol=1e-4)
    for reason in REASONS:
        np.testing.assert_allclose(log.rows[reason], [row.reasons[reason] for row in rows], rtol=0, atol=1e-4)
    told = sum(log.rows[reason] for reason in REASONS)
    np.testing.assert_allclose(told, log.rows["start"] - log.rows["enabled"], rtol=0, atol=1e-4)
