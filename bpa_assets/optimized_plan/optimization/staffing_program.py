"""The integer program: headcount and shift of each role and mode of each activity at once, solved by CP-SAT.

Exactly one option a role, exactly one mode an activity. An option is a shift, a headcount and the load that it is laid
out for; the modes chosen must not make more load than that. All figures are whole numbers: seconds, hundredths of cost,
thousandths of load; costs and loads are rounded up. Nothing here knows where they are from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpa_assets.optimized_plan.plan import Surrogate

GAP = 0.005
"""Relative gap at which a solution is taken as the best."""

EFFORT = 8.0
"""Deterministic seconds of CP-SAT for a solution; it takes well below one where few activities may change."""


@dataclass(frozen=True)
class RoleOption:
    """One shift, headcount and load of a role: what it costs a week, how long a case waits for it in each week."""

    shift: int
    people: int
    load: int  # thousandths of today's that it is laid out for
    cost: int
    seconds: tuple[int, ...]  # by week
    changes: int


@dataclass(frozen=True)
class ModeOption:
    """One way to do an activity. `load`: by role, thousandths of today's that it adds; `seconds` of a case, `cost`."""

    mode: int  # -1: as it is
    load: dict[int, int] = field(default_factory=dict)
    cost: int = 0
    seconds: int = 0
    changes: int = 0


@dataclass(frozen=True)
class Program:
    """What can be chosen, by role and by activity; `fixed` seconds of a case whatever is chosen.

    `apart`: pairs of (activity, option) that must not be chosen together. `today`: by week the seconds of a case now;
    in at most `late_weeks` of them may a case take longer.
    """

    roles: Sequence[Sequence[RoleOption]]
    activities: Sequence[Sequence[ModeOption]]
    fixed: int
    changes: int
    today: tuple[int, ...]
    late_weeks: int | None = None
    apart: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()


@dataclass(frozen=True)
class Solution:
    """The index of the option chosen for each role and each activity (empty: there is none)."""

    roles: tuple[int, ...]
    activities: tuple[int, ...]
    surrogate: Surrogate


def fastest_within(program: Program, cost: int, seed: int) -> Solution:
    """Minimize the mean seconds of a case with at most this cost."""
    return _solved(program, seed, cost=cost)


def cheapest_within(program: Program, seconds: int, seed: int) -> Solution:
    """Minimize the cost with at most these mean seconds of a case."""
    return _solved(program, seed, seconds=seconds)


def _solved(program: Program, seed: int, *, cost: int | None = None, seconds: int | None = None) -> Solution:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    roles = [[model.new_bool_var(f"r{p}.{o}") for o in range(len(few))] for p, few in enumerate(program.roles)]
    modes = [[model.new_bool_var(f"a{a}.{m}") for m in range(len(few))] for a, few in enumerate(program.activities)]
    for chosen in (*roles, *modes):
        model.add_exactly_one(chosen)
    pairs = [*_beside(program.roles, roles), *_beside(program.activities, modes)]
    costs = sum(option.cost * chosen for option, chosen in pairs)
    means = program.fixed + sum(_mean(option) * chosen for option, chosen in pairs)
    model.add(sum(option.changes * chosen for option, chosen in pairs) <= program.changes)
    for role, (options, variables) in enumerate(zip(program.roles, roles, strict=True)):
        laid_out = sum(option.load * chosen for option, chosen in zip(options, variables, strict=True))
        model.add(_load(program, modes, role) <= laid_out)
    for one, other in program.apart:
        model.add_at_most_one(modes[one[0]][one[1]], modes[other[0]][other[1]])
    if program.late_weeks is not None:
        _keep_weeks(model, program, pairs)
    if cost is not None:
        model.add(costs <= cost)
    if seconds is not None:
        model.add(means <= seconds)
    model.minimize(means if seconds is None else costs)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # one worker and no clock: the same input, the same plan
    solver.parameters.random_seed = seed
    solver.parameters.relative_gap_limit = GAP
    solver.parameters.max_deterministic_time = EFFORT
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Solution(
        tuple(_chosen(solver, few) for few in roles) if found else (),
        tuple(_chosen(solver, few) for few in modes) if found else (),
        _surrogate(solver, found, proven=status == cp_model.OPTIMAL, impossible=status == cp_model.INFEASIBLE),
    )


def _beside(
    options: Sequence[Sequence[RoleOption | ModeOption]], variables: Sequence[Sequence[Any]]
) -> list[tuple[RoleOption | ModeOption, Any]]:
    """Each option beside its variable."""
    return [pair for few, chosen in zip(options, variables, strict=True) for pair in zip(few, chosen, strict=True)]


def _load(program: Program, modes: Sequence[Sequence[Any]], role: int) -> Any:
    """Thousandths of today's load that the chosen modes make."""
    return 1000 + sum(
        option.load[role] * chosen
        for options, variables in zip(program.activities, modes, strict=True)
        for option, chosen in zip(options, variables, strict=True)
        if role in option.load
    )


def _keep_weeks(model: Any, program: Program, pairs: Sequence[tuple[RoleOption | ModeOption, Any]]) -> None:
    """In most weeks a case must not take longer than today: what a promise is in a model that knows means only."""
    late = [model.new_bool_var(f"late{week}") for week in range(len(program.today))]
    for week, today in enumerate(program.today):
        taken = program.fixed + sum(
            (option.seconds[week] if isinstance(option, RoleOption) else option.seconds) * chosen
            for option, chosen in pairs
        )
        model.add(taken <= today).only_enforce_if(late[week].negated())
    model.add(sum(late) <= program.late_weeks)


def _mean(option: RoleOption | ModeOption) -> int:
    return option.seconds if isinstance(option, ModeOption) else int(np.ceil(np.mean(option.seconds)))


def _chosen(solver: Any, variables: Sequence[Any]) -> int:
    return next(place for place, one in enumerate(variables) if solver.value(one))


def _surrogate(solver: Any, found: bool, *, proven: bool, impossible: bool) -> Surrogate:
    objective, bound = (solver.objective_value, solver.best_objective_bound) if found else (np.inf, np.inf)
    return Surrogate(
        objective=float(objective),
        bound=float(bound),
        gap=float((objective - bound) / objective) if found and objective > 0 else 0.0,
        status="optimal" if proven else "infeasible" if impossible else "feasible",
        seconds=float(solver.response_proto.deterministic_time),
    )
