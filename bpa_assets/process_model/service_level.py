"""Limits that a case has to keep (`sla` in process.yaml), which cases broke one, and what was due when.

A limit on an activity runs from when its work could begin (`enabled_time`, else the greatest earlier end, else its
own start) to its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.event_log.waits import preceding_row
from bpa_assets.process_model.event_chunks import EventChunk, Integers
from bpa_assets.settings import ProcessConfig

MOMENT = pa.timestamp("us")
_SECOND = 1_000_000


@dataclass
class DueRows:
    """Rows of `due_dates` met so far."""

    parts: list[pa.Table] = field(default_factory=list)

    def add(self, case_id: pa.Array, due: Integers, actual: Integers, late: npt.NDArray[np.bool_], name: str) -> None:
        """Add rows; `late`: not done yet."""
        columns = [
            case_id.cast(pa.string()),
            pa.array(due).cast(MOMENT),
            pa.array(actual, mask=late).cast(MOMENT),
            pa.array([name] * len(due), pa.string()),
        ]
        self.parts.append(pa.table(columns, schema=DUE_DATES))


DUE_DATES = pa.schema(
    [("case_id", pa.string()), ("due_date", MOMENT), ("actual_date", MOMENT), ("due_date_name", pa.string())]
)


@dataclass(frozen=True)
class ActivityLimits:
    """The limits of `sla.activities`, in µs by activity."""

    limits: Mapping[str, int]

    @classmethod
    def of(cls, config: ProcessConfig) -> "ActivityLimits":
        """The limits that a process sets."""
        return cls({name: round(sla.limit * _SECOND) for name, sla in config.sla.activities.items()})

    def __bool__(self) -> bool:
        return bool(self.limits)

    def exceeded(self, chunk: EventChunk, names: Mapping[int, str], due: DueRows) -> npt.NDArray[np.bool_]:
        """Whether each case of a chunk broke a limit of an activity; what was due goes to `due`."""
        broken = np.zeros(len(chunk.case), dtype=np.bool_)
        if not self.limits:
            return np.zeros(len(chunk.first), dtype=np.bool_)
        ready = ready_times(chunk)
        for code, name in names.items():
            rows = np.flatnonzero(chunk.activity == code)
            if name not in self.limits or not len(rows):
                continue
            limit = self.limits[name]
            broken[rows] = chunk.end[rows] - ready[rows] > limit
            running = chunk.columns["is_open"].to_numpy(zero_copy_only=False)[rows]
            due.add(chunk.columns["case_id"].take(pa.array(rows)), ready[rows] + limit, chunk.end[rows], running, name)
        return np.logical_or.reduceat(broken, chunk.first)


def ready_times(chunk: EventChunk) -> Integers:
    """When the work of each row could begin (µs); the chunk has the column `enabled_time`."""
    before = preceding_row(chunk.case, chunk.end)
    earlier_end = np.where(before >= 0, chunk.end[before], chunk.start)
    enabled = chunk.columns["enabled_time"].view(pa.int64())
    return np.where(enabled.is_valid().to_numpy(zero_copy_only=False), enabled.fill_null(0).to_numpy(), earlier_end)


def case_limits(config: ProcessConfig) -> tuple[int | None, int | None]:
    """The limits of cycle time and of waiting time of a case, in µs; None where none is set."""
    cycle, waiting = config.sla.cycle_time, config.sla.waiting_time
    return (
        None if cycle is None else round(cycle.limit * _SECOND),
        None if waiting is None else round(waiting.limit * _SECOND),
    )


def has_limits(config: ProcessConfig) -> bool:
    """Whether any limit is set."""
    return bool(config.sla.activities) or config.sla.cycle_time is not None or config.sla.waiting_time is not None
