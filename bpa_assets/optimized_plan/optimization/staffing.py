"""What may be chosen in a process: its roles, the work that reaches them, and what each mode of an activity does."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION
from bpa_assets.optimized_plan.changed.changed_process import changed
from bpa_assets.optimized_plan.changed.cost import automation_fee
from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.optimization.eligible_changes import Mode, doers, modes_of
from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits
from bpa_assets.optimized_plan.optimization.staffing_program import ModeOption
from bpa_assets.optimized_plan.optimization.unlimited import cycle_hours
from bpa_assets.optimized_plan.optimization.work_of_roles import RoleWork, work_of_role
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate

PLAYED = 3
"""Replications from which the work of the roles is read."""


@dataclass(frozen=True)
class Staffing:
    """What may be chosen in a process, and what each mode does by itself (hours a case, amount a week)."""

    judge: Judge
    limits: Sequence[RoleLimits]
    modes: Sequence[Mode]
    closed: Collection[str]
    separate: Sequence[tuple[str, str]]
    work: dict[str, RoleWork]  # today's
    saved: tuple[float, ...]  # hours of a case that each mode saves with unlimited people
    fees: tuple[float, ...]  # amount a week

    @classmethod
    def of(
        cls,
        judge: Judge,
        limits: Sequence[RoleLimits],
        closed: Collection[str],
        separate: Sequence[tuple[str, str]],
    ) -> "Staffing":
        """Look at a process as it is."""
        modes = modes_of(judge.model, judge.terms.eligibility, closed)
        usual = cycle_hours(judge, limits, AS_IS) if modes else 0.0
        return cls(
            judge=judge,
            limits=limits,
            modes=modes,
            closed=closed,
            separate=separate,
            work=work_of_roles(judge, limits, AS_IS),
            saved=tuple(usual - cycle_hours(judge, limits, mode.decisions) for mode in modes),
            fees=tuple(_fee(judge, mode) for mode in modes),
        )

    @property
    def worked(self) -> list[RoleLimits]:
        """The limits of the roles that work reaches, in the order of the program."""
        return [one for one in self.limits if one.role in self.work]

    @property
    def activities(self) -> list[str]:
        """The activities that may change, in the order of the program."""
        return list(dict.fromkeys(mode.activity for mode in self.modes))

    def mode_options(self) -> list[list[ModeOption]]:
        """Return the options of each activity, the first as it is."""
        return [
            [ModeOption(-1)] + [self._option(at) for at, mode in enumerate(self.modes) if mode.activity == activity]
            for activity in self.activities
        ]

    def added(self, number: int) -> dict[int, int]:
        """Return the thousandths of today's load that a mode adds, by place of the role; rounded up."""
        mode, found = self.modes[number], {}
        codes = activity_codes(self.judge.model, mode.activity)
        roles = [one.role for one in self.worked]
        moved = 0.0
        for place, role in enumerate(roles):
            share = float(self.work[role].by_activity[codes].sum())
            left = mode.load if mode.gives_to is None else float(role == mode.gives_to)
            moved += share * (1 - left) * self.work[role].hours.mean()
            if share and left < 1:
                found[place] = int(np.ceil(1000 * share * (left - 1)))
        if mode.gives_to in roles:
            place = roles.index(mode.gives_to)
            found[place] = int(np.ceil(1000 * moved / self.work[mode.gives_to].hours.mean()))
        return found

    def held_by(self, activity: str, mode: int) -> set[str]:
        """Return the roles that hold a duty under a mode (-1: as it is)."""
        to = self.modes[mode].gives_to if mode >= 0 else None
        return doers(self.judge.model, activity) if to is None else {to}

    def _option(self, number: int) -> ModeOption:
        mode = self.modes[number]
        codes = activity_codes(self.judge.model, mode.activity)
        waits = sum(float(one.visits[codes].sum()) * one.delay for one in self.work.values())
        saved = self.saved[number] + (waits if mode.falls_away else 0.0)
        return ModeOption(
            number, self.added(number), int(np.ceil(100 * self.fees[number])), -round(3600 * saved), changes=1
        )


def work_of_roles(judge: Judge, limits: Sequence[RoleLimits], plan: Decisions) -> dict[str, RoleWork]:
    """Return the work that reaches each role under a plan; a role without any is left out."""
    model = changed(judge.model, plan, judge.terms.eligibility, judge.terms.costs)
    prepared = prepare(model)
    demands = [judge.demand(CALIBRATION, number) for number in range(PLAYED)]
    played = [(simulate(prepared, demand.cases), demand) for demand in demands]
    found = {one.role: work_of_role(model, played, one.role) for one in limits}
    return {role: work for role, work in found.items() if work is not None}


def _fee(judge: Judge, mode: Mode) -> float:
    """What a mode costs a week besides people."""
    if not mode.decisions.automated:
        return 0.0
    log, demand = judge.log_as_it_is()
    return automation_fee(judge.model, log, mode.activity, judge.terms.eligibility[mode.activity], demand.weeks)
