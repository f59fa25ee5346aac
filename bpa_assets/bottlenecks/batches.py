"""Batches: rows of one activity that are held back until they can be started together.

The kinds and their wait are those of N. Martin et al., *Batch processing in business processes* (EJOR 2021), and of
Kronos: each member waits from its own enablement until the last member is enabled, or
until the time of the day at which such batches are released. Whether somebody was free to begin
earlier, so that a sequence is a batch and not a queue, is decided in `causes`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.waits import Integers, greatest_end

GAP = 60_000_000
"""µs between members that are worked on one after the other: clocks of many systems show no seconds."""

CLOCK_SHARE, CLOCK_TIMES = 0.2, 5
"""So many of the sequences of an activity, and so many in all, begin at a minute of the day at which it is released."""

_MINUTE, _MINUTES = 60_000_000, 1440
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Batches:
    """When the batch of each row was complete (its last member enabled), in µs; in none: its own enablement.

    `together`: started by one resource at one moment; `in_a_row`: started back to back by one team, all enabled before
    the first started; if such sequences begin by the clock, a batch of them is complete when it begins.
    """

    together: Integers
    in_a_row: Integers

    def take(self, rows: slice) -> "Batches":
        """Those of some of the rows."""
        return Batches(self.together[rows], self.in_a_row[rows])


def find_batches(
    activity: Integers, resource: Integers, team: Integers, start: Integers, end: Integers, enabled: Integers
) -> Batches:  # fmt: skip
    """The batches of rows in any order: codes from 0 (a team may be one resource), times in µs."""
    return Batches(
        together=_together(activity, resource, start, enabled),
        in_a_row=_in_a_row(activity, team, start, end, enabled),
    )


def _together(activity: Integers, resource: Integers, start: Integers, enabled: Integers) -> Integers:
    order = np.lexsort((start, resource, activity))
    begins = _changes(activity[order], resource[order], start[order])
    return _back(order, np.maximum.reduceat(enabled[order], begins), begins) if len(order) else enabled


def _in_a_row(activity: Integers, team: Integers, start: Integers, end: Integers, enabled: Integers) -> Integers:
    if not len(start):
        return enabled
    order = np.lexsort((end, start, team, activity))
    group = np.cumsum(_is_change(activity[order], team[order])).astype(np.int64)
    began, ready = start[order], enabled[order]
    pause = began[1:] > greatest_end(group, end[order])[:-1] + GAP
    late = ready[1:] > began[:-1]  # it was not yet there when the one before it began
    breaks = _is_change(group)
    breaks[1:] |= pause | late
    begins = np.flatnonzero(breaks)
    first = np.repeat(began[begins], np.diff(begins, append=len(order)))
    complete = np.maximum.reduceat(np.where(ready <= first, ready, np.iinfo(np.int64).min), begins)
    by_clock = _by_clock(activity[order][begins], began[begins], activity, end)
    return np.maximum(enabled, _back(order, np.where(by_clock, began[begins], complete), begins))


def _by_clock(activity: Integers, began: Integers, all_activities: Integers, ends: Integers) -> Flags:
    """Which sequences (activity, beginning) begin at a minute of the day at which many of that activity do.

    Not where many rows end at that minute too: then the times are not more exact than that.
    """
    minute = activity.astype(np.int64) * _MINUTES + began // _MINUTE % _MINUTES
    found, place, times = np.unique(minute, return_inverse=True, return_counts=True)
    of_activity = np.bincount(found // _MINUTES, weights=times)[found // _MINUTES]
    ended = np.bincount(all_activities.astype(np.int64) * _MINUTES + ends // _MINUTE % _MINUTES)
    of_ends = np.bincount(all_activities)[found // _MINUTES]
    end_times = np.append(ended, 0)[np.minimum(found, len(ended))]
    clock = (times >= CLOCK_TIMES) & (times >= CLOCK_SHARE * of_activity) & (end_times < CLOCK_SHARE * of_ends)
    return np.asarray(clock[place])


def _is_change(*columns: Integers) -> Flags:
    changes = np.ones(len(columns[0]), np.bool_)
    changes[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return changes


def _changes(*columns: Integers) -> Integers:
    return np.flatnonzero(_is_change(*columns))


def _back(order: Integers, values: Integers, begins: Integers) -> Integers:
    """A value a group of sorted rows, as a value a row in the order they had."""
    found = np.empty(len(order), np.int64)
    found[order] = np.repeat(values, np.diff(begins, append=len(order)))
    return found
