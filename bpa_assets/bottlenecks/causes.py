"""Why each row waited: its queue time split into disjoint parts by cause.

The causes, and which of them comes first where several hold at once, are those of K. Lashkevich et al., *Unveiling the
causes of waiting time in business processes from event logs* (arXiv 2212.01392; tool: Kronos). Definitions:
docs/contracts.md, "cause of waiting". How a log becomes such rows is in `waiting_rows`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bpa_assets.bottlenecks.batches import Batches, find_batches
from bpa_assets.bottlenecks.calendars import Calendars
from bpa_assets.bottlenecks.timelines import Timelines
from bpa_assets.event_log.waits import Integers

CAUSES = ("batching", "contention", "prioritization", "unavailability", "extraneous", "unknown")

HELD_BACK = 0.5
"""A sequence is a batch where the resource was free in at least this share of its hours until it was complete."""

USUAL = 0.1
"""Share of the rows of an activity that must be held back so, if it is done in batches."""


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

    def take(self, rows: npt.NDArray[Any]) -> "Rows":
        """Some of the rows."""
        return Rows(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def split_waits(rows: Rows, calendars: Calendars) -> dict[str, Integers]:
    """By cause (CAUSES) the µs of each row's [enabled, start) that are due to it; they sum to it."""
    told = rows.timed & (rows.resource >= 0)
    queue = rows.start - rows.enabled
    parts = {cause: np.zeros_like(queue) for cause in CAUSES}
    parts["unknown"] = np.where(told, 0, queue)
    at_work = rows.take(told)
    for cause, part in _told(at_work, calendars).items():
        parts[cause][told] = part
    return parts


def _told(rows: Rows, calendars: Calendars) -> dict[str, Integers]:
    timelines = Timelines.of(rows.resource, rows.start, rows.end, rows.enabled)
    waits = np.flatnonzero(rows.start > rows.enabled)
    ready = rows.enabled.copy()
    works = np.flatnonzero(rows.end > rows.start)  # what takes no time may be many entries of one moment, not a batch
    batches = find_batches(*(getattr(rows, name)[works] for name in _OF_BATCHES))
    ready[works] = _complete(rows.take(works), batches, timelines, calendars)
    found = {cause: np.zeros_like(ready) for cause in CAUSES[:-1]}
    found["batching"] = ready - rows.enabled
    resource, since, until = rows.resource[waits], ready[waits], rows.start[waits]
    parts = _Parts.of(resource, since, until, timelines, calendars)
    later = timelines.busy_with_later_work(resource, since, until)
    found["contention"][waits] = parts.busy - later
    found["prioritization"][waits] = later
    found["unavailability"][waits] = parts.off_duty
    found["extraneous"][waits] = parts.free
    return found


_OF_BATCHES = ("activity", "resource", "team", "start", "end", "enabled")


def _complete(rows: Rows, batches: Batches, timelines: Timelines, calendars: Calendars) -> Integers:
    """Until when each row was held back for its batch; a queue that is worked off in a row is no batch."""
    complete = batches.together.copy()
    longer = np.flatnonzero(batches.in_a_row > complete)
    since, until = rows.enabled[longer], batches.in_a_row[longer]
    parts = _Parts.of(rows.resource[longer], since, until, timelines, calendars)
    work = rows.end[longer] - rows.start[longer]
    held = (parts.free >= work) & (parts.free >= HELD_BACK * parts.on_duty)
    # By chance a few rows look so; of what is batched many do.
    rows_of = np.bincount(rows.activity)
    held &= (np.bincount(rows.activity[longer[held]], minlength=len(rows_of)) >= USUAL * rows_of)[rows.activity[longer]]
    complete[longer[held]] = until[held]
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
