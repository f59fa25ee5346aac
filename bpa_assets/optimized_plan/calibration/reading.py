"""The log seen through its calendars: all that does not depend on the knobs, found once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bpa_assets.bottlenecks.calendars import Calendars, discover_calendars
from bpa_assets.event_log.waits import Integers
from bpa_assets.optimized_plan.calibration.censoring import weights_of_finished
from bpa_assets.optimized_plan.calibration.durations import clocks_that_run_on
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps
from bpa_assets.optimized_plan.calibration.presence import Load, Presence
from bpa_assets.optimized_plan.calibration.roles import roles_of
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, Ints
from bpa_assets.optimized_plan.seconds import DAY

_MICROS = 1e6
INSTANT = 0.95
"""Share of an activity's rows without duration above which it needs nobody, where others take time."""

SPARE_DAYS = 366
"""Days after the log's end for which holidays that fall on a date are known."""


@dataclass(frozen=True)
class Reading:
    """A log and what was found in it. `needs_nobody`: by activity; `role`: by resource, index into `roles`."""

    steps: ObservedSteps
    needs_nobody: Flags
    role: Ints
    roles: tuple[str, ...]

    @classmethod
    def of(cls, steps: ObservedSteps) -> "Reading":
        """Read a log; no starts or no resources leave everything to infinitely many servers."""
        names = (len(steps.resources), len(steps.activities))
        known = np.flatnonzero(steps.resource >= 0)
        role, _ = roles_of(steps.resource[known], steps.team[known], steps.activity[known], names)
        rows = np.bincount(steps.activity, minlength=names[1])
        instant = np.bincount(steps.activity, steps.end <= steps.start, names[1])
        nobody = np.bincount(steps.activity, steps.resource < 0, names[1])
        needs_nobody = (instant > INSTANT * rows) | (nobody > (1 - INSTANT) * rows) & (nobody >= rows / 2)
        if not works_are_timed(steps):
            needs_nobody[:] = True
        return cls(steps, needs_nobody, role, _role_names(steps, role))

    @cached_property
    def worked(self) -> Ints:
        """Rows by known resources whose start is known, of activities that need somebody."""
        steps = self.steps
        return np.flatnonzero(steps.timed & (steps.resource >= 0) & ~self.needs_nobody[steps.activity])

    @cached_property
    def presence(self) -> Presence:
        """Calendars of all resources; from everything they were seen at, also what needs nobody's time."""
        steps, count = self.steps, len(self.steps.resources)
        rows = np.flatnonzero(steps.timed & (steps.resource >= 0))
        shift = (steps.origin - type(steps.origin)(1970, 1, 1)).total_seconds()
        always = [steps.resources.index(name) for name in steps.automated if name in steps.resources]
        calendars = discover_calendars(
            steps.resource[rows],
            self.role[steps.resource[rows]],
            _micros(steps.start[rows] + shift),
            _micros(steps.end[rows] + shift),
            always=always,
        )
        return _presence(calendars, count, shift, steps)

    @cached_property
    def load(self) -> Load:
        """What each resource had in hand when."""
        rows = self.worked
        return Load.of(self.steps.resource[rows], self.steps.start[rows], self.steps.end[rows])

    @cached_property
    def elapsed(self) -> Floats:
        """Seconds from start to end by row; 0 where the start is not known."""
        return np.where(self.steps.timed, self.steps.end - self.steps.start, 0.0)

    @cached_property
    def runs_on(self) -> Flags:
        """By activity."""
        return self._work[1]

    @cached_property
    def processing(self) -> Floats:
        """Seconds of work by row: working seconds, or elapsed ones where the clock runs on or nobody was at work."""
        return self._work[0]

    @cached_property
    def _work(self) -> tuple[Floats, Flags]:
        rows, steps = self.worked, self.steps
        worked = self.elapsed.copy()
        within = self.presence.worked_between(steps.resource[rows], steps.start[rows], steps.end[rows])
        worked[rows] = np.where(within > 0, within, self.elapsed[rows])
        ends_away = self.presence.last_at_work(steps.resource[rows], steps.end[rows]) < steps.end[rows]
        beyond = within < self.elapsed[rows] - 1.0
        runs_on = clocks_that_run_on(steps.activity[rows], beyond, ends_away, len(steps.activities))
        runs_on |= self.needs_nobody
        return np.where(runs_on[steps.activity], self.elapsed, worked), runs_on

    @cached_property
    def weights(self) -> Floats:
        """By case: how likely it is drawn."""
        steps = self.steps
        lasted = np.where(steps.open_case, steps.end.max(), steps.finished) - steps.arrived
        return weights_of_finished(lasted, steps.open_case)


def works_are_timed(steps: ObservedSteps) -> bool:
    """Whether start times tell work from waiting."""
    return steps.time_basis != "gap" and bool(steps.timed.any())


def _presence(calendars: Calendars, count: int, shift: float, steps: ObservedSteps) -> Presence:
    """Days off as the simulation counts days; resources beyond those seen with times are always there."""
    hours = np.ones((count, 168), np.bool_)
    hours[: len(calendars.working)] = calendars.working
    horizon = int(steps.end.max() // DAY) + SPARE_DAYS
    owner = calendars.days_off >> 32
    day = (calendars.days_off & 0xFFFFFFFF) - (1 << 31) - round(shift / DAY)
    inside = (day >= 0) & (day < horizon)
    working = Calendars(hours, calendars.zone, calendars.days_off, calendars.hours_off)
    return Presence(working, hours, owner[inside] * horizon + day[inside], horizon, shift)


def _micros(seconds: Floats) -> Integers:
    return np.rint(seconds * _MICROS).astype(np.int64)


def _role_names(steps: ObservedSteps, role: Ints) -> tuple[str, ...]:
    """The log's name of a role, else its resource, or what its members mostly do."""
    names: list[str] = []
    for code in range(int(role.max(initial=-1)) + 1):
        members = np.flatnonzero(role == code)
        rows = np.isin(steps.resource, members)
        teams = steps.team[rows]
        if len(teams) and (teams >= 0).any():
            name = steps.teams[int(np.bincount(teams[teams >= 0]).argmax())]
        elif len(members) == 1:
            name = steps.resources[int(members[0])]
        else:
            name = f"who do {steps.activities[int(np.bincount(steps.activity[rows]).argmax())]}"
        names.append(name if name not in names else f"{name} ({code + 1})")
    return tuple(names)
