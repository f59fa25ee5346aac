"""One round of the search: from a plan (at first none) to an integer program, and from a solution to a plan.

The work that reaches each role under the plan, and how far the surrogate is from the simulated delays there, go into
the program.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION
from bpa_assets.optimized_plan.optimization.eligible_changes import together
from bpa_assets.optimized_plan.optimization.role_options import (
    RoleChoices,
    role_choices,
    role_options,
    shift_of,
    surrogate_delay,
)
from bpa_assets.optimized_plan.optimization.staffing import PLAYED, Staffing, work_of_roles
from bpa_assets.optimized_plan.optimization.staffing_program import ModeOption, Program, RoleOption, Solution
from bpa_assets.optimized_plan.optimization.work_of_roles import RoleWork
from bpa_assets.optimized_plan.plan import Decisions

LOADS = 6
"""Loads that a role is laid out for, where modes of activities change its load."""

LATE = 0.1
"""Share of the weeks that may be slower than today, where cases were promised a time without a share."""

_CORRECTION = (0.1, 5.0)


@dataclass(frozen=True)
class Round:
    """A program and what its numbers stand for."""

    staffing: Staffing
    choices: tuple[RoleChoices, ...]
    program: Program
    corrections: dict[str, float] = field(default_factory=dict)

    @property
    def cost_today(self) -> float:
        """What the process costs a week today, in hundredths, with what this program cannot change."""
        figures = self.staffing.judge.figures(AS_IS, CALIBRATION, PLAYED)
        return 100 * float(np.mean([one.cost for one in figures]))

    def decisions(self, solution: Solution) -> Decisions:
        """Return what a solution sets."""
        parts = []
        for choices, options, chosen in zip(self.choices, self.program.roles, solution.roles, strict=True):
            option, role = options[chosen], choices.limits.role
            shift = choices.shifts[option.shift]
            parts.append(
                Decisions(
                    headcount={} if option.people == choices.limits.today else {role: option.people},
                    shifts={} if shift is None else {role: shift.shifts()},
                )
            )
        for ways, chosen in zip(self.program.activities, solution.activities, strict=True):
            mode = ways[chosen].mode
            parts += [] if mode < 0 else [self.staffing.modes[mode].decisions]
        return together(parts)


def next_round(staffing: Staffing, plan: Decisions = AS_IS) -> Round:
    """Build the program from simulations of a plan."""
    judge, base = staffing.judge, staffing.work
    under = base if plan == AS_IS else work_of_roles(judge, staffing.limits, plan)
    carried = [number for number, mode in enumerate(staffing.modes) if together([plan, mode.decisions]) == plan]
    modes = staffing.mode_options()
    fixed = _mean_cycle(judge, plan) + sum(staffing.saved[number] for number in carried)
    choices, options, corrections = [], [], {}
    for place, limits in enumerate(staffing.worked):
        role = limits.role
        load = max(1000 + sum(staffing.added(number).get(place, 0) for number in carried), 1)
        seen = under.get(role, base[role])
        one = role_choices(
            judge.model,
            limits,
            _in_todays_amount(base[role], seen),
            judge.terms.costs,
            shut=role in staffing.closed,
        )
        told = surrogate_delay(one, shift_of(one, plan), plan.headcount.get(role, limits.today), load)
        corrections[role] = float(np.clip(seen.delay / told, *_CORRECTION)) if told > 0 else 1.0
        fixed -= corrections[role] * told * one.work.steps
        choices.append(one)
        options.append(role_options(one, _loads(modes, place), corrections[role]))
    seconds = max(round(3600 * fixed), 0)
    program = Program(
        roles=options,
        activities=modes,
        fixed=seconds,
        changes=judge.terms.changes,
        today=_today(options, seconds),
        late_weeks=_late_weeks(judge, options),
        apart=_apart(staffing, modes),
    )
    return Round(staffing, tuple(choices), program, corrections)


def _mean_cycle(judge: Judge, plan: Decisions) -> float:
    """Hours."""
    return float(np.mean([one.mean_cycle for one in judge.figures(plan, CALIBRATION, PLAYED)]) / 3600)


def _in_todays_amount(today: RoleWork, seen: RoleWork) -> RoleWork:
    """When work comes under a plan, in the amount of today."""
    return replace(today, hours=seen.hours * (today.hours.mean() / seen.hours.mean()))


def _loads(modes: Sequence[Sequence[ModeOption]], role: int) -> list[int]:
    """Thousandths of today's load that a role is laid out for: even steps over what the modes can make of it."""
    least = 1000 + sum(min(option.load.get(role, 0) for option in few) for few in modes)
    most = 1000 + sum(max(option.load.get(role, 0) for option in few) for few in modes)
    if least == most:
        return [1000]
    steps = np.ceil(np.linspace(max(least, 1), most, LOADS)).astype(np.int64)
    return sorted({*steps.tolist(), 1000})


def _today(options: Sequence[Sequence[RoleOption]], fixed: int) -> tuple[int, ...]:
    """By week, the seconds of a case with everything as it is."""
    same = [next(one for one in few if not one.changes and one.load == 1000) for few in options]
    return tuple(fixed + sum(week) for week in zip(*(one.seconds for one in same), strict=True))


def _late_weeks(judge: Judge, options: Sequence[Sequence[RoleOption]]) -> int | None:
    """How many weeks may be slower than today's, where cases were promised a time."""
    shares = [one.share or 1 - LATE for one in judge.terms.promises if one.activity is None]
    return int((1 - max(shares)) * len(options[0][0].seconds)) if shares and options else None


def _apart(staffing: Staffing, modes: Sequence[Sequence[ModeOption]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Pairs of modes by which one role would get two duties that must be apart."""
    names = staffing.activities
    return [
        ((names.index(one), at), (names.index(other), beside))
        for one, other in staffing.separate
        if one in names and other in names
        for at, first in enumerate(modes[names.index(one)])
        for beside, second in enumerate(modes[names.index(other)])
        if first.mode + second.mode >= 0 and staffing.held_by(one, first.mode) & staffing.held_by(other, second.mode)
    ]
