"""The labour rules of each role: as said in `process.yaml`, else as today, which is told as an assumption."""

from dataclasses import dataclass

import numpy as np

from bpa_assets.opening_hours import days_of
from bpa_assets.optimized_plan.changed.people import members
from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK, SimulationModel
from bpa_assets.plan_settings import Labour
from bpa_resources.errors import InputError

LONGEST_SHIFT, LONGEST_WEEK, SHORTEST_REST = 9, 40, 11
"""Hours: the usual day of eight with an hour's break; a full week; 2003/88/EC, article 3."""


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


def role_limits(model: SimulationModel, labour: Labour) -> list[RoleLimits]:
    """Return the limits of the roles that do anything; raise InputError where a rule names no role or leaves none."""
    unknown = sorted(set(labour.staff) - set(model.workforce.roles))
    if unknown:
        known = ", ".join(repr(role) for role in model.workforce.roles)
        raise InputError(f"labour.staff names {unknown[0]!r}; the roles of this process are {known}")
    return [limits for role in model.workforce.roles if (limits := _limits(model, labour, role)) is not None]


def assumed_labour(labour: Labour) -> tuple[str, ...]:
    """Return a sentence on each rule that was not said."""
    said = {
        "Shifts lie between the earliest and the latest hour at which anybody of the role works today": labour.hours,
        "Each role works on the weekdays on which it works today": labour.days,
        f"A shift lasts at most {LONGEST_SHIFT} h": labour.longest_shift,
        f"A person works at most {LONGEST_WEEK} h a week, or as long as today's longest week of the role": (
            labour.longest_week
        ),
        f"Between two shifts lie at least {SHORTEST_REST} h": labour.shortest_rest,
        "Nobody is hired, and each role keeps at least one person": labour.staff or None,
    }
    keys = ("hours", "days", "longest_shift", "longest_week", "shortest_rest", "staff")
    return tuple(
        f"{sentence} (labour.{key} is not set)."
        for key, (sentence, value) in zip(keys, said.items(), strict=True)
        if value is None
    )


def _limits(model: SimulationModel, labour: Labour, role: str) -> RoleLimits | None:
    mine = members(model.workforce, role)
    if not len(mine):
        return None
    hours = model.workforce.hours[mine]
    by_day = hours.any(axis=0).reshape(7, 24)
    open_hours = np.flatnonzero(by_day.any(axis=0))
    begins, ends = (int(open_hours[0]), int(open_hours[-1]) + 1) if labour.hours is None else _whole_hours(labour)
    days = np.flatnonzero(by_day.any(axis=1)).tolist() if labour.days is None else days_of(labour.days)
    rest = SHORTEST_REST if labour.shortest_rest is None else int(np.ceil(labour.shortest_rest / 3600))
    shift = LONGEST_SHIFT if labour.longest_shift is None else int(labour.longest_shift // 3600)
    week = max(LONGEST_WEEK, int(hours.sum(axis=1).max()))
    staff, today = labour.staff.get(role), len(mine)
    return RoleLimits(
        role=role,
        begins=begins,
        ends=ends,
        days=tuple(days),
        longest_shift=min(shift, 24 - rest, ends - begins),
        longest_week=week if labour.longest_week is None else int(labour.longest_week // 3600),
        least=1 if staff is None else max(staff.least, 1),
        most=today if staff is None or staff.most is None else staff.most,
        today=today,
        rests=bool((hours.sum(axis=1) < HOURS_OF_WEEK).all()),
    )


def _whole_hours(labour: Labour) -> tuple[int, int]:
    """Shifts begin and end at whole hours, within what was said."""
    begins, ends = labour.hours or (0, 24 * 60)
    first, last = -(-begins // 60), ends // 60
    if last <= first:
        raise InputError("labour.hours holds no whole hour; write such as 06:00-20:00")
    return first, last
