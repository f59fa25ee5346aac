"""The labour rules of each role: as said in `process.yaml`, else near to today, which is told as an assumption."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.opening_hours import days_of
from bpa_assets.optimized_plan.changed.people import members
from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK, Flags, SimulationModel
from bpa_assets.plan_settings import Labour
from bpa_resources.errors import InputError

LONGEST_SHIFT, LONGEST_WEEK, SHORTEST_REST = 9, 40, 11
"""Hours: eight with an hour's break; a full week; 2003/88/EC, article 3."""

MOST_OF_A_WEEK = 48
"""Hours a week up to which one role may work as long as another does today: 2003/88/EC, article 6."""


@dataclass(frozen=True)
class RoleLimits:
    """Within which clock hours and on which days (0: Monday) a role works, for how long, and how many they may be."""

    role: str
    begins: int
    ends: int
    days: tuple[int, ...]
    longest_shift: int
    longest_week: int
    least: int
    most: int
    today: int
    rests: bool  # False: at work at all hours, so no shift can be given

    def longest_on(self, days: int) -> int:
        """Return the hours of the longest shift on so many days a week; 0 where the rules leave none."""
        return max(min(self.longest_shift, self.longest_week // days), 0) if days and self.rests else 0


def role_limits(model: SimulationModel, labour: Labour) -> list[RoleLimits]:
    """Return the limits of the roles that do anything; raise InputError where a rule names no role or leaves none."""
    unknown = sorted(set(labour.staff) - set(model.workforce.roles))
    if unknown:
        known = ", ".join(repr(role) for role in model.workforce.roles)
        raise InputError(f"labour.staff names {unknown[0]!r}; the roles of this process are {known}")
    there = {role: model.workforce.hours[members(model.workforce, role)] for role in model.workforce.roles}
    there = {role: hours for role, hours in there.items() if len(hours)}
    resting = [hours for hours in there.values() if _rests(hours)]
    usual = _usual(resting)
    longest = max((int(hours.sum(axis=1).max()) for hours in resting), default=0)
    return [_limits(labour, role, hours, usual, longest) for role, hours in there.items()]


def assumed_labour(labour: Labour) -> tuple[str, ...]:
    """Return a sentence on each rule that was not said."""
    usual = "today, or at which the roles that keep to the usual weekdays work"
    said = {
        "hours": f"Shifts lie between the earliest and the latest hour at which the role works {usual}",
        "days": "Each role may work on the weekdays on which it, or at least half of the roles, work today",
        "longest_shift": f"A shift lasts at most {LONGEST_SHIFT} h",
        "longest_week": (
            f"A person works at most {LONGEST_WEEK} h a week, or as long as somebody of the role does today, or, up to "
            f"{MOST_OF_A_WEEK} h, somebody of another role"
        ),
        "shortest_rest": f"Between two shifts lie at least {SHORTEST_REST} h",
        "staff": "Nobody is hired, and each role keeps at least one person",
    }
    return tuple(f"{sentence} (labour.{key} is not set)." for key, sentence in said.items() if not getattr(labour, key))


def _limits(labour: Labour, role: str, hours: Flags, usual: Flags, longest: int) -> RoleLimits:
    rests = _rests(hours)
    may = hours.any(axis=0).reshape(7, 24) | (usual & rests)
    begins, ends = _span(may) if labour.hours is None else _whole_hours(labour.hours)
    days = _days(may) if labour.days is None else tuple(days_of(labour.days))
    rest = SHORTEST_REST if labour.shortest_rest is None else int(np.ceil(labour.shortest_rest / 3600))
    shift = LONGEST_SHIFT if labour.longest_shift is None else int(labour.longest_shift // 3600)
    week = max(LONGEST_WEEK, int(hours.sum(axis=1).max()), min(longest, MOST_OF_A_WEEK))
    staff, today = labour.staff.get(role), len(hours)
    return RoleLimits(
        role=role,
        begins=begins,
        ends=ends,
        days=days,
        longest_shift=min(shift, 24 - rest, ends - begins),
        longest_week=week if labour.longest_week is None else int(labour.longest_week // 3600),
        least=1 if staff is None else max(staff.least, 1),
        most=today if staff is None or staff.most is None else staff.most,
        today=today,
        rests=rests,
    )


def _rests(hours: Flags) -> bool:
    """Whether everybody of a role is away at times."""
    return bool((hours.sum(axis=1) < HOURS_OF_WEEK).all())


def _usual(roles: Sequence[Flags]) -> Flags:
    """The hours between the first and the last one of roles that work on no other days than at least half of them."""
    found = np.zeros((7, 24), np.bool_)
    if not roles:
        return found
    worked = np.array([hours.any(axis=0).reshape(7, 24).any(axis=1) for hours in roles])
    days = worked.mean(axis=0) >= 0.5
    there = np.array([hours.any(axis=0).reshape(7, 24) for hours in roles])
    keeping = ~worked[:, ~days].any(axis=1)
    if keeping.any():
        begins, ends = _span(np.asarray(there[keeping].any(axis=0)))
        found[days, begins:ends] = True
    return found


def _span(hours: Flags) -> tuple[int, int]:
    """From the first to behind the last hour of a day that is worked on any day."""
    of_a_day = np.flatnonzero(hours.any(axis=0))
    return int(of_a_day[0]), int(of_a_day[-1]) + 1


def _days(hours: Flags) -> tuple[int, ...]:
    return tuple(np.flatnonzero(hours.any(axis=1)).tolist())


def _whole_hours(minutes: tuple[int, int]) -> tuple[int, int]:
    """Shifts begin and end at whole hours, within what was said."""
    first, last = -(-minutes[0] // 60), minutes[1] // 60
    if last <= first:
        raise InputError("labour.hours holds no whole hour; write such as 06:00-20:00")
    return first, last
