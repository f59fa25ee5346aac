"""The weekly hours in which each resource works, and its days off, discovered from what it did.

Crisp calendars as in O. López-Pintado, M. Dumas, *Discovery and simulation of business processes with probabilistic
resource availability calendars* (ICPM 2023), §2: the week in 168 hours; an hour is worked if it is seen in enough of
the weeks (confidence) and such hours explain most of what was seen (support); who shows too little shares a calendar.
Beyond them, an hour is not taken for a break, nor a day for a day off, before chance is ruled out: work is seen only
when there is some. Who was busy when stays out (`timelines`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from bpa_assets.bottlenecks.order_sums import ascending
from bpa_assets.event_log.waits import Integers

Flags = npt.NDArray[np.bool_]

HOUR = 3_600_000_000
DAY, HOURS = 24 * HOUR, 168
_THURSDAY = 3
"""The weekday on which 1970 began, from Monday."""

CONFIDENCE = 0.1
"""Of the weeks in which the resource is seen at all: more is seen of a regular hour, less of a night's exception."""

SUPPORT = 0.7
"""Of the hours in which it was seen: a calendar that leaves more than that out explains nothing."""

LEAST = 50
"""Hours in which a resource must be seen to have a calendar of its own, else the one of its team, else of all."""

SURE_BREAK = 5.0
"""Expected traces of an hour without any that make it a break: by chance 1 in 150 (Poisson); a week has many hours."""

SURE_DAY_OFF = 5.0
"""−ln of the chance that nothing is seen on a working day (1 in 150) that makes such a day one off."""

LONGEST = 8
"""Hours of the longest work that shows presence throughout: longer work may rest overnight."""


@dataclass(frozen=True)
class Calendars:
    """When each resource works, by the clocks of `zone`.

    `working`: by resource and hour of the week, from Monday 0:00. `days_off`: single ones as `_resource_day`,
    ascending; `hours_off`: hours of work that fall out on each, cumulative over all resources.
    """

    working: Flags
    zone: str
    days_off: Integers
    hours_off: Integers

    def on_duty_until(self, resource: Integers, time: Integers) -> Integers:
        """µs of its hours that a resource has had up to a time (µs, UTC), row by row: of use as a difference."""
        days = self.working.reshape(-1, 7, 24)
        passed = np.concatenate([np.zeros_like(days[:, :, :1], np.int64), np.cumsum(days, axis=2)], axis=2)
        of_days = passed[:, :, 24]
        day, clock = np.divmod(local_times(time, self.zone), DAY)
        hour, part = np.divmod(clock, HOUR)
        week, weekday = np.divmod(day + _THURSDAY, 7)
        hours = week * of_days.sum(axis=1)[resource] + (np.cumsum(of_days, axis=1) - of_days)[resource, weekday]
        today = passed[resource, weekday, hour] * HOUR + part * days[resource, weekday, hour]
        place = np.searchsorted(self.days_off, _resource_day(resource, day))
        is_off = np.append(self.days_off, _NO_DAY)[place] == _resource_day(resource, day)
        return np.asarray((hours - np.append(0, self.hours_off)[place]) * HOUR + np.where(is_off, 0, today))


def discover_calendars(
    resource: Integers,
    team: Integers,
    start: Integers,
    end: Integers,
    *,
    zone: str = "UTC",
    always: Collection[int] = (),
) -> Calendars:
    """The calendar of each resource (code) from the times of its rows (µs, UTC), by the clocks of `zone`.

    `team`: code of each row's team; `always`: resources known to work at all hours.
    """
    start, end = local_times(start, zone), local_times(end, zone)
    member = np.zeros(int(resource.max(initial=-1)) + 1, np.int64)
    member[resource] = team
    whose, hour = _traces(resource, start, end)
    teams, team_hour = _traces(team, start, end)
    of_all, _ = _weekly(np.zeros_like(whose), hour, 1)
    of_team, team_tells = _weekly(teams, team_hour, int(team.max(initial=-1)) + 1)
    of_team[~team_tells] = of_all
    working, tells = _weekly(whose, hour, len(member))
    working[~tells] = of_team[member[~tells]]
    working[list(always)] = True
    rests = ~np.isin(np.arange(len(member)), list(always))
    off = np.concatenate(
        [
            _days_off(whose, hour, working),
            _of_members(_days_off(teams, team_hour, of_team), member),
            _of_members(_days_off(*_of_all(whose, hour, rests), of_all), np.zeros_like(member)),
        ]
    )
    off = np.setdiff1d(off[rests[off >> 32]], _resource_day(whose, hour // 24))
    hours = working.reshape(-1, 7, 24).sum(axis=2)[off >> 32, _weekday(off)]
    return Calendars(working, zone, off, np.cumsum(hours))


def local_times(times: Integers, zone: str) -> Integers:
    """UTC times as the clock shows them in a zone, both in µs; by the offset at noon of the day."""
    if zone == "UTC" or not len(times):
        return times
    day = times // DAY
    first = int(day.min())
    noons = (np.arange(first, int(day.max()) + 1) * DAY + DAY // 2).astype("datetime64[us]").tolist()
    clock = ZoneInfo(zone)
    offsets = [noon.replace(tzinfo=UTC).astimezone(clock).utcoffset() or timedelta() for noon in noons]
    micros = np.array([offset // timedelta(microseconds=1) for offset in offsets])
    return np.asarray(times + micros[day - first])


def _traces(whose: Integers, start: Integers, end: Integers) -> tuple[Integers, Integers]:
    """In which hours (since 1970) each was seen at work, each hour once: whose, hour."""
    first, last = start // HOUR, np.maximum(start, end - 1) // HOUR
    parts = [(whose, first), (whose, last)]
    between = np.flatnonzero((last - first > 1) & (last - first <= LONGEST))
    for later in range(1, LONGEST):
        between = between[first[between] + later < last[between]]
        parts.append((whose[between], first[between] + later))
    owner, hour = (np.concatenate(columns).astype(np.int64) for columns in zip(*parts, strict=True))
    least = int(hour.min(initial=0))
    span = int(hour.max(initial=0)) - least + 1
    seen = ascending(owner * span + hour - least)
    return seen // span, seen % span + least


def _weekly(whose: Integers, hour: Integers, count: int) -> tuple[Flags, Flags]:
    """Working hours of the week of each, and whether what was seen tells them; where it does not, all hours."""
    seen, weeks = _seen(whose, hour, count)
    regular = (seen > 0) & (seen >= CONFIDENCE * weeks[:, None])
    total = seen.sum(axis=1)
    tells = (total >= LEAST) & ((seen * regular).sum(axis=1) >= SUPPORT * total)
    days, kept = regular.reshape(count, 7, 24), (seen * regular).reshape(count, 7, 24)
    # As if the hours were the same on every day that is worked at all.
    by_day, by_hour = kept.sum(axis=2), kept.sum(axis=1)
    expected = by_day[:, :, None] * by_hour[:, None, :] / np.maximum(total, 1)[:, None, None]
    working = (days | ((expected > 0) & (expected < SURE_BREAK))).reshape(count, HOURS)
    working[~tells] = True
    return working, tells


def _seen(whose: Integers, hour: Integers, count: int) -> tuple[Integers, Integers]:
    """In how many weeks each was seen in each hour of the week, and in how many at all."""
    week, of_week = np.divmod(hour + 24 * _THURSDAY, HOURS)
    seen = np.bincount(whose * HOURS + of_week, minlength=count * HOURS).reshape(count, HOURS)
    return seen, np.bincount(ascending((whose << 32) + week + _EPOCH) >> 32, minlength=count)


def _of_all(whose: Integers, hour: Integers, rests: Flags) -> tuple[Integers, Integers]:
    """The hours in which anybody was seen who rests at times."""
    hours = ascending(hour[rests[whose]])
    return np.zeros_like(hours), hours


def _days_off(whose: Integers, hour: Integers, working: Flags) -> Integers:
    """Days on which one is not seen, though it was before and after, and chance does not explain it."""
    seen, weeks = _seen(whose, hour, len(working))
    chance = np.minimum(seen / np.maximum(weeks, 1)[:, None], 0.99) * working
    sure = -np.log1p(-chance).reshape(-1, 7, 24).sum(axis=2) >= SURE_DAY_OFF
    present = ascending(_resource_day(whose, hour // 24))
    gap = np.where(np.diff(present >> 32) == 0, np.diff(present) - 1, 0)
    after = np.repeat(present[:-1], gap)
    absent = after + 1 + np.arange(len(after)) - np.repeat(np.cumsum(gap) - gap, gap)
    return np.asarray(absent[sure[absent >> 32, _weekday(absent)]])


def _of_members(off: Integers, member: Integers) -> Integers:
    """The days off of teams as days off of each of their members (team by resource)."""
    first, last = (np.searchsorted(off, (member + later) << 32) for later in (0, 1))
    count = last - first
    day = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - first, count)
    return np.asarray((off[day] & 0xFFFFFFFF) | (np.repeat(np.arange(len(member)), count) << 32))


_EPOCH, _NO_DAY = 1 << 31, -1


def _resource_day(resource: Integers, day: Integers) -> Integers:
    """Resource and day since 1970 (also before it) in one number that sorts by both."""
    return (resource.astype(np.int64) << 32) + day + _EPOCH


def _weekday(resource_day: Integers) -> Integers:
    return np.asarray(((resource_day & 0xFFFFFFFF) - _EPOCH + _THURSDAY) % 7)
