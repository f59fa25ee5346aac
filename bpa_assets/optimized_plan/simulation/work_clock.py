"""The work clock of a calendar: how many seconds of work lie before a moment, as sums that are looked up.

W(t) is the working time in [0, t). The engine adds work to it and turns it back; holidays and absences are in the sums
of the days, and after the last of them every week is like the other.
"""

from typing import NamedTuple

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK, Floats, Ints, Workforce
from bpa_assets.optimized_plan.seconds import DAY, HOUR


class WorkClocks(NamedTuple):
    """The different calendars, C of them, and which a resource has.

    `hours[c, h]`: working hours of the week before hour h, 0 to 168. `days[c, d]`: working seconds before day d, for
    the days up to `horizon`, a whole number of weeks behind the last day off. `calendar[r]`: index of the calendar.
    """

    hours: Ints  # [C, 169]
    days: Floats  # [C, horizon + 1]
    calendar: Ints  # [R]
    horizon: int


def work_clocks(workforce: Workforce) -> WorkClocks:
    """Sum up the calendars; raise ValueError naming the first candidate that never works."""
    idle = np.flatnonzero(~workforce.hours.any(axis=1))
    never = idle[np.isin(idle, workforce.candidates.values)]
    if len(never):
        raise ValueError(f"{workforce.resources[never[0]]!r} has no working hours; leave it out or give it some")
    horizon = 7 * (int(workforce.days_off.values.max(initial=-1)) // 7 + 1)
    different: dict[bytes, int] = {}
    calendar = np.zeros(len(workforce.resources), np.int64)
    rows: list[tuple[Ints, Floats]] = []
    for resource in range(len(workforce.resources)):
        off = workforce.days_off.values[workforce.days_off.starts[resource] : workforce.days_off.starts[resource + 1]]
        key = np.packbits(workforce.hours[resource]).tobytes() + off.tobytes()
        if key not in different:
            different[key] = len(rows)
            rows.append(_sums(workforce, resource, off[off >= 0], horizon))
        calendar[resource] = different[key]
    hours = np.array([row[0] for row in rows], np.int64).reshape(len(rows), HOURS_OF_WEEK + 1)
    days = np.array([row[1] for row in rows], np.float64).reshape(len(rows), horizon + 1)
    return WorkClocks(hours, days, calendar, horizon)


def _sums(workforce: Workforce, resource: int, off: Ints, horizon: int) -> tuple[Ints, Floats]:
    hours = np.concatenate(([0], np.cumsum(workforce.hours[resource])))
    seconds = np.tile(np.diff(hours[::24]) * HOUR, horizon // 7)
    seconds[off] = 0.0
    return hours.astype(np.int64), np.concatenate(([0.0], np.cumsum(seconds)))


def worked_before(clocks: WorkClocks, resource: Ints, time: Floats) -> Floats:
    """W(time) of each resource beside its moment, in seconds; moments before `origin` count as `origin`."""
    calendar, time = clocks.calendar[resource], np.maximum(time, 0.0)
    day = (time // DAY).astype(np.int64)
    later = np.maximum(day - clocks.horizon, 0)
    weekday_hours = clocks.hours[calendar, 24 * (day % 7)]
    before = clocks.days[calendar, np.minimum(day, clocks.horizon)] + HOUR * np.where(
        day >= clocks.horizon, later // 7 * clocks.hours[calendar, -1] + weekday_hours, 0
    )
    seconds = time - DAY * day
    hour = 24 * (day % 7) + (seconds // HOUR).astype(np.int64)
    inside = HOUR * (clocks.hours[calendar, hour] - weekday_hours)
    inside += np.where(clocks.hours[calendar, hour + 1] > clocks.hours[calendar, hour], seconds % HOUR, 0.0)
    next_day = np.minimum(day + 1, clocks.horizon)
    off = (day < clocks.horizon) & (
        clocks.days[calendar, next_day] == clocks.days[calendar, np.minimum(day, clocks.horizon)]
    )
    return np.asarray(before + np.where(off, 0.0, inside))
