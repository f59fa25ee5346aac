"""How much of a span of time falls into the business hours of a calendar: exactly, for millions of spans at once.

A moment counts if the clock of the calendar's zone then shows a time within the hours of that weekday, and the day is
no holiday; so hours in which clocks change are as long as they really are. On a clock that never changes, the hours up
to a moment have a closed form by weeks; a difference of two is the time between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bpa_assets.event_log.waits import Integers
from bpa_assets.event_log.zones import clock_changes
from bpa_assets.opening_hours import Part, holiday_dates, week_of
from bpa_assets.settings import Calendar

_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE
_THURSDAY = 3
"""The weekday on which 1970 began, from Monday."""
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class _LocalHours:
    """Business hours on the wall clock, in µs.

    Parts of the week, from Monday 0:00: where each begins, its length, and the sum of those before. `days_off`: days
    since 1970 without hours, ascending; `lost`: the hours that fall out before each.
    """

    begin: Integers
    length: Integers
    before: Integers
    days_off: Integers
    lost: Integers

    @classmethod
    def of(cls, week: Sequence[tuple[Part, ...]], days_off: Sequence[int]) -> "_LocalHours":
        parts = [(day * 1440 + begin, end - begin) for day in range(7) for begin, end in week[day]]
        begin, length = (np.array([0, *column], np.int64) * _MINUTE for column in zip(*parts, strict=True))
        off = np.array(sorted(days_off), np.int64)
        of_day = np.array([sum(end - begin for begin, end in day) for day in week]) * _MINUTE
        lost = np.append(0, np.cumsum(of_day[(off + _THURSDAY) % 7]))
        return cls(begin, length, np.cumsum(length) - length, off, lost)

    def until(self, local: Integers) -> Integers:
        """Business time up to a time of the wall clock (µs since 1970): of use as a difference."""
        day, clock = np.divmod(local, _DAY)
        week, weekday = np.divmod(day + _THURSDAY, 7)
        midnight = self._of_week(weekday * _DAY)
        today = self._of_week(weekday * _DAY + clock) - midnight
        place = np.searchsorted(self.days_off, day)
        is_off = np.append(self.days_off, np.iinfo(np.int64).max)[place] == day
        whole = int(self.before[-1] + self.length[-1])
        return np.asarray(week * whole + midnight + np.where(is_off, 0, today) - self.lost[place])

    def _of_week(self, moment: Integers) -> Integers:
        """Business time from Monday 0:00 to a moment of the week, holidays aside."""
        part = np.searchsorted(self.begin, moment, side="right") - 1
        return np.asarray(self.before[part] + np.minimum(moment - self.begin[part], self.length[part]))


@dataclass(frozen=True)
class BusinessHours:
    """The business hours of a calendar around a span of time.

    `changes`: when its clocks change (UTC µs); `offsets` and `passed`: before, between and after them, the offset, and
    what is to be added to the business time of the wall clock so that it goes on where it was.
    """

    local: _LocalHours
    changes: Integers
    offsets: Integers
    passed: Integers

    @classmethod
    def of(cls, calendar: Calendar, first: int, last: int) -> "BusinessHours":
        """Those of a calendar with hours, for times between `first` and `last` (UTC µs)."""
        changes, offsets = clock_changes(calendar.timezone, first, last)
        years = (_year(first - _DAY), _year(last + _DAY))
        days_off = [day.toordinal() - _EPOCH for day in holiday_dates(calendar.holidays, *years)]
        local = _LocalHours.of(week_of(calendar.hours), days_off)
        jumps = local.until(changes + offsets[:-1]) - local.until(changes + offsets[1:])
        return cls(local, changes, offsets, np.append(0, np.cumsum(jumps)))

    def between(self, since: Integers, until: Integers) -> Integers:
        """µs of business hours between two moments (UTC µs), row by row."""
        return self._until(until) - self._until(since)

    def _until(self, utc: Integers) -> Integers:
        place = np.searchsorted(self.changes, utc, side="right")
        return np.asarray(self.local.until(utc + self.offsets[place]) + self.passed[place])


def _year(moment: int) -> int:
    return int(np.datetime64(moment, "us").astype("datetime64[Y]").astype(np.int64)) + 1970
