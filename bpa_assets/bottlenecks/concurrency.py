"""Which activities run side by side, and since when each row could have begun.

Two activities are concurrent if neither usually comes first: over the cases in which each happens once (so that a loop
is not taken for concurrency), |a before b − b before a| / (a before b + b before a + overlapping) < 0.9. That is the
dependency measure and the threshold of the heuristics miner (A. Weijters, W. van der Aalst, A. de Medeiros, *Process
mining with the heuristics miner algorithm*, 2006), which Kronos uses too, with overlaps counted as evidence for neither
order (A. Augusto, M. Dumas, M. La Rosa, *Automated discovery of process models with true concurrency and inclusive
choices*, 2020). What waits for what else stays out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.waits import Integers, greatest_end

Flags = npt.NDArray[np.bool_]

DEPENDENCY = 0.9
MOST_ACTIVITIES = 1_000
"""A log with more has ids in its names: none of them are concurrent."""

LOOK_BACK = 100
"""Rows of a case that are compared with each row: what is farther apart did not enable it."""


@dataclass
class Orders:
    """Counts by pair of activities (flat, first × activities + second) over the cases in which each happens once."""

    activities: int
    before: Integers
    overlapping: Integers

    @classmethod
    def of(cls, activities: int) -> "Orders":
        """Nothing counted yet; codes of activities are below `activities`."""
        pairs = activities**2 if activities <= MOST_ACTIVITIES else 0
        return cls(activities, np.zeros(pairs, np.int64), np.zeros(pairs, np.int64))

    def count(self, case: Integers, activity: Integers, start: Integers, end: Integers) -> None:
        """Add the rows of whole cases, sorted by case and start; times in µs."""
        if not len(self.before):
            return
        once = _once_in_case(case, activity, self.activities)
        case, activity, start, end = case[once], activity[once], start[once], end[once]
        first = _first_rows(case)
        later = np.flatnonzero(first < np.arange(len(case)))
        for back in range(1, LOOK_BACK + 1):
            later = later[later - back >= first[later]]
            if not len(later):
                return
            earlier = later - back
            pair = activity[earlier] * self.activities + activity[later]
            done = end[earlier] <= start[later]
            self.before += np.bincount(pair[done], minlength=len(self.before))
            self.overlapping += np.bincount(pair[~done], minlength=len(self.before))

    def concurrent(self) -> Flags:
        """By pair of activities, flat as the counts; symmetric. Empty beyond MOST_ACTIVITIES."""
        if not len(self.before):
            return np.zeros(0, np.bool_)
        before = self.before.reshape(self.activities, -1)
        overlapping = self.overlapping.reshape(self.activities, -1)
        seen = before + before.T + overlapping + overlapping.T
        return np.asarray((np.abs(before - before.T) < DEPENDENCY * seen).ravel())


def concurrent_activities(
    parts: Iterable[tuple[Integers, Integers, Integers, Integers]], activities: int
) -> Flags:  # fmt: skip
    """Which activities are concurrent, of parts of a log: case, activity, start and end of whole cases."""
    orders = Orders.of(activities)
    for part in parts:
        orders.count(*part)
    return orders.concurrent()


def enabled_times(
    case: Integers, activity: Integers, start: Integers, end: Integers, concurrent: Flags
) -> Integers:  # fmt: skip
    """When each row could have begun, in µs: the greatest end, at most its start, of the earlier rows of its case.

    Rows of a concurrent activity and rows that go on when it starts are passed over; if no other is left, the start of
    the case. Rows are whole cases sorted by case and start; `concurrent` as `Orders.concurrent` gives it.
    """
    if not len(case):
        return start
    width = round(len(concurrent) ** 0.5)
    first = _first_rows(case)
    greatest = greatest_end(case, end)
    nothing = np.iinfo(np.int64).min
    enabled = np.full(len(case), nothing)
    rows = np.flatnonzero(first < np.arange(len(case)))
    for back in range(1, LOOK_BACK + 1):
        earlier = rows - back
        enables = end[earlier] <= start[rows]
        if width:
            enables &= ~concurrent[activity[earlier] * width + activity[rows]]
        enabled[rows[enables]] = np.maximum(enabled[rows[enables]], end[earlier[enables]])
        # Go on where an earlier row may have ended later, but still before the start.
        more = earlier > first[rows]
        more[more] = enabled[rows[more]] < np.minimum(greatest[earlier[more] - 1], start[rows[more]])
        rows = rows[more]
        if not len(rows):
            break
    return np.where(enabled == nothing, start[first], enabled)


def _first_rows(case: Integers) -> Integers:
    """Index of the first row of the case of each row."""
    begins = np.r_[True, case[1:] != case[:-1]][: len(case)]
    return np.maximum.accumulate(np.where(begins, np.arange(len(case)), 0))


def _once_in_case(case: Integers, activity: Integers, activities: int) -> Flags:
    """Rows whose activity happens once in their case."""
    number = case.astype(np.int64) * activities + activity
    _, place, times = np.unique(number, return_inverse=True, return_counts=True)
    return np.asarray(times[place] == 1)
