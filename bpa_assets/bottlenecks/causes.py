"""Why each row waited: its queue time split into disjoint parts by cause.

The causes, and which of them comes first where several hold at once, are those of K. Lashkevich et al., *Unveiling the
causes of waiting time in business processes from event logs* (arXiv 2212.01392; tool: Kronos). Definitions:
docs/contracts.md, "cause of waiting". How a log becomes such rows is in `waiting_rows`.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bpa_assets.bottlenecks.batches import Batches, find_batches
from bpa_assets.bottlenecks.calendars import Calendars
from bpa_assets.bottlenecks.timelines import Timelines
from bpa_assets.event_log.waits import Integers

CAUSES = ("batching", "contention", "prioritization", "unavailability", "extraneous", "unknown")

HELD_BACK = 0.5
"""A sequence is a batch where the resource was free in at least this share of its hours until it was complete."""

USUAL = 0.25
"""Share of a resource's rows of an activity that must be held back so, if it does that in batches."""

ROWS_AT_ONCE = 1_000_000
"""Resources are looked at together up to so many rows: 0.4 GB."""


@dataclass(frozen=True)
class Rows:
    """Rows of a log by columns, in any order: codes from 0, −1 for a resource that is unknown; times in µs UTC.

    `enabled` ≤ `start` ≤ `end`; `team`: the role, or the resource itself; `timed`: the start is known.
    """

    activity: Integers
    resource: Integers
    team: Integers
    start: Integers
    end: Integers
    enabled: Integers
    timed: npt.NDArray[np.bool_]

    def take(self, rows: Integers) -> "Rows":
        """Some of the rows."""
        return Rows(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def split_waits(rows: Rows, calendars: Calendars) -> dict[str, Integers]:
    """By cause (CAUSES) the µs of each row's [enabled, start) that are due to it; they sum to it."""
    told = np.flatnonzero(rows.timed & (rows.resource >= 0))
    told = told[np.lexsort((rows.start[told], rows.resource[told]))]  # neighbours are looked up together: half the time
    parts = {cause: np.zeros_like(rows.start) for cause in CAUSES}
    parts["unknown"] = rows.start - rows.enabled
    parts["unknown"][told] = 0
    batches = _batches(rows.take(told))
    for few in _by_resource(rows.resource[told]):
        for cause, part in _told(rows.take(told[few]), batches.take(few), calendars).items():
            parts[cause][told[few]] = part
    return parts


def _batches(rows: Rows) -> Batches:
    works = np.flatnonzero(rows.end > rows.start)  # what takes no time may be many entries of one moment, not a batch
    found = find_batches(*(getattr(rows, name)[works] for name in _OF_BATCHES))
    together, in_a_row = rows.enabled.copy(), rows.enabled.copy()
    together[works], in_a_row[works] = found.together, found.in_a_row
    return Batches(together, in_a_row)


_OF_BATCHES = ("activity", "resource", "team", "start", "end", "enabled")


def _by_resource(resource: Integers) -> list[slice]:
    """Stretches of sorted rows that hold all rows of their resources, about ROWS_AT_ONCE each."""
    if not len(resource):
        return []
    begins = np.flatnonzero(np.append(True, resource[1:] != resource[:-1]))
    wanted = np.searchsorted(begins, np.arange(0, len(resource), ROWS_AT_ONCE), side="right") - 1
    bounds = [*np.unique(begins[wanted]).tolist(), len(resource)]
    return [slice(first, last) for first, last in pairwise(bounds)]


def _told(rows: Rows, batches: Batches, calendars: Calendars) -> dict[str, Integers]:
    timelines = Timelines.of(rows.resource, rows.start, rows.end, rows.enabled)
    complete = _complete(rows, batches, timelines, calendars)
    parts = _Parts.of(rows.resource, complete, rows.start, timelines, calendars)
    later = timelines.busy_with_later_work(rows.resource, complete, rows.start)
    return {
        "batching": complete - rows.enabled,
        "contention": parts.busy - later,
        "prioritization": later,
        "unavailability": parts.off_duty,
        "extraneous": parts.free,
    }


def _complete(rows: Rows, batches: Batches, timelines: Timelines, calendars: Calendars) -> Integers:
    """Until when each row was held back for its batch; a queue that is worked off in a row is no batch."""
    complete = batches.together.copy()
    longer = np.flatnonzero(batches.in_a_row > complete)
    since, until = rows.enabled[longer], batches.in_a_row[longer]
    parts = _Parts.of(rows.resource[longer], since, until, timelines, calendars)
    work = rows.end[longer] - rows.start[longer]
    held = longer[(parts.free >= work) & (parts.free >= HELD_BACK * parts.on_duty)]
    # By chance a few rows look so; of what is batched many do.
    _, doing = np.unique(rows.resource * (int(rows.activity.max()) + 1) + rows.activity, return_inverse=True)
    usual = np.bincount(doing[held], minlength=int(doing.max()) + 1) >= USUAL * np.bincount(doing)
    held = held[usual[doing[held]]]
    complete[held] = batches.in_a_row[held]
    return complete


@dataclass(frozen=True)
class _Parts:
    """Of intervals of resources, in µs: within its hours; busy; idle within its hours; idle outside of them."""

    on_duty: Integers
    busy: Integers
    free: Integers
    off_duty: Integers

    @classmethod
    def of(
        cls, resource: Integers, since: Integers, until: Integers, timelines: Timelines, calendars: Calendars
    ) -> "_Parts":
        busy = timelines.busy_between(resource, since, until)
        idle = until - since - busy
        on_duty = calendars.on_duty_until(resource, until) - calendars.on_duty_until(resource, since)
        free = on_duty - timelines.busy_on_duty_between(resource, since, until, calendars)
        # A clock that is set forward or back makes its hours longer or shorter than the time that passed.
        free = np.clip(free, 0, idle)
        return cls(on_duty, busy, free, idle - free)
