"""What each resource did when: pieces of time between consecutive starts and ends, each busy with something or idle.

A resource may do several things at once: a piece belongs to the work that was enabled first. What this says about
waiting is decided in `causes`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bpa_assets.bottlenecks.calendars import Calendars
from bpa_assets.bottlenecks.order_sums import ascending, sums_below
from bpa_assets.event_log.waits import Integers

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Timelines:
    """The pieces of all resources, by resource and time: piece p goes from at[p] to at[p + 1] of its resource.

    `moments`: all times that occur, ascending; `place`: resource × moments + number of the moment, of each piece;
    `at` in µs; `earliest`: when the first enabled work that goes on in the piece was enabled, `_NEVER` where none does.
    """

    moments: Integers
    place: Integers
    at: Integers
    resource: Integers
    earliest: Integers

    @classmethod
    def of(cls, resource: Integers, start: Integers, end: Integers, enabled: Integers) -> "Timelines":
        """The timelines of rows: resource (code from 0), times in µs; any order."""
        moments = ascending(np.concatenate([start, end]))
        begins, ends = (
            resource.astype(np.int64) * len(moments) + np.searchsorted(moments, times) for times in (start, end)
        )
        place = np.append(-1, ascending(np.concatenate([begins, ends])))  # before the first one nobody was busy
        first, last = np.searchsorted(place, begins), np.searchsorted(place, ends)
        works = last > first
        earliest = _least_over_ranges(first[works], last[works], enabled[works], len(place))
        return cls(moments, place, moments[place % len(moments)], place // len(moments), earliest)

    @cached_property
    def _busy(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.earliest < _NEVER)

    @cached_property
    def _lengths(self) -> Integers:
        """Of busy pieces; a resource never is in its last one."""
        return np.where(self._busy, np.append(self.at[1:], self.at[-1:]) - self.at, 0)

    def _piece(self, resource: Integers, time: Integers) -> Integers:
        """The piece that a time lies in; before the first one the last, idle one of the resource before."""
        moment = np.searchsorted(self.moments, time, side="right") - 1
        return np.asarray(
            np.searchsorted(self.place, resource.astype(np.int64) * len(self.moments) + moment, side="right") - 1
        )

    def busy_between(self, resource: Integers, since: Integers, until: Integers) -> Integers:
        """µs in which the resource was busy, row by row."""
        before = np.cumsum(self._lengths) - self._lengths
        (first, last), busy = (self._piece(resource, since), self._piece(resource, until)), self._busy
        return np.asarray(
            before[last] + (until - self.at[last]) * busy[last] - before[first] - (since - self.at[first]) * busy[first]
        )

    def busy_on_duty_between(
        self, resource: Integers, since: Integers, until: Integers, calendars: Calendars
    ) -> Integers:
        """µs in which the resource was busy within its hours, row by row."""
        duty = calendars.on_duty_until(self.resource, self.at)
        lengths = np.where(self._busy, np.append(duty[1:], duty[-1:]) - duty, 0)
        before = np.cumsum(lengths) - lengths
        total = np.zeros_like(since)
        for times, sign in ((until, 1), (since, -1)):
            piece = self._piece(resource, times)
            within = np.where(self._busy[piece], calendars.on_duty_until(resource, times) - duty[piece], 0)
            total += sign * (before[piece] + within)
        return total

    def busy_with_later_work(self, resource: Integers, since: Integers, until: Integers) -> Integers:
        """µs before `until` in which all that the resource was busy with had been enabled after `since`.

        `until` must be the start of a row of the resource. Such work begins after `since` too, so no more than what
        lies between the two is counted.
        """
        busy = np.flatnonzero(self._busy)
        first, last = (np.searchsorted(busy, self._piece(resource, times)) for times in (since, until))
        found = np.zeros_like(since)
        asked = np.flatnonzero(first < last)
        if len(asked):
            values = ascending(self.earliest[busy])
            rank = np.searchsorted(values, self.earliest[busy])
            below = np.searchsorted(values, since[asked], side="right")
            weights = self._lengths[busy]
            before = np.r_[0, np.cumsum(weights)]
            earlier = sums_below(rank, weights, first[asked], last[asked], below)
            found[asked] = before[last[asked]] - before[first[asked]] - earlier
        return found


def _least_over_ranges(first: Integers, last: Integers, values: Integers, size: int) -> Integers:
    """Of each of `size` places the least value of the ranges [first, last) that hold it; `_NEVER` where none does.

    A range is two overlapping ones of a power of two; from the longest on each is halved: steps over columns only.
    """
    least = np.full(size, _NEVER)
    if not len(first):
        return least
    level = np.log2(last - first).astype(np.int64)
    for power in range(int(level.max()), -1, -1):
        here = level == power
        for begin in (first[here], last[here] - (1 << power)):
            np.minimum.at(least, begin, values[here])
        if power:
            half = 1 << (power - 1)
            halves = least.copy()
            np.minimum(halves[half:], least[:-half], out=halves[half:])
            least = halves
    return least
