"""The stored event log as the rows whose waits are split.

A pass over the log finds what is concurrent; a second one keeps of each row its times and codes (49 bytes): resources
work across cases, so that all are needed. What becomes of them is in `causes` and `cause_table`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from bpa_assets.bottlenecks.causes import Rows
from bpa_assets.bottlenecks.concurrency import Flags, concurrent_activities, enabled_times
from bpa_assets.event_log.waits import Integers
from bpa_assets.process_model.event_chunks import EventChunk, Names, event_chunks

_COLUMNS = ("has_duration", "is_open", "enabled_time")
_TEXTS = ("resource", "role")


def waiting_rows(files: Sequence[Path], *, activities: int, resources: Names) -> Rows:
    """All rows of a stored event log; their resources get codes of `resources`, teams are roles or single resources."""
    parts = ((chunk.case, chunk.activity, chunk.start, chunk.end) for chunk in event_chunks(files))
    concurrent = concurrent_activities(parts, activities)
    teams = Names()
    found = [
        _rows(chunk, concurrent, resources, teams) for chunk in event_chunks(files, _COLUMNS, texts=_TEXTS)
    ]  # fmt: skip
    columns = {name: np.concatenate([getattr(part, name) for part in found]) for name in Rows.__dataclass_fields__}
    alone = columns["team"] < 0
    columns["team"] = np.where(alone, len(teams.codes) + columns["resource"], columns["team"])
    return Rows(**columns)


def _rows(chunk: EventChunk, concurrent: Flags, resources: Names, teams: Names) -> Rows:
    enabled = enabled_times(chunk.case, chunk.activity, chunk.start, chunk.end, concurrent)
    return Rows(
        activity=chunk.activity.astype(np.int64),
        resource=chunk.codes("resource", resources).astype(np.int64),
        team=chunk.codes("role", teams).astype(np.int64),
        start=chunk.start,
        end=chunk.end,
        enabled=np.minimum(_logged(chunk, enabled), chunk.start),
        timed=_flags(chunk, "has_duration") | _flags(chunk, "is_open"),
    )


def _logged(chunk: EventChunk, inferred: Integers) -> Integers:
    """The enabled time that the log gives, else the inferred one."""
    logged = chunk.columns["enabled_time"]
    if logged.null_count == len(logged):
        return inferred
    micros = logged.cast(pa.timestamp("us")).view(pa.int64())
    known = logged.is_valid().to_numpy(zero_copy_only=False)
    return np.where(known, micros.fill_null(0).to_numpy(zero_copy_only=False), inferred)


def _flags(chunk: EventChunk, column: str) -> Flags:
    return np.asarray(chunk.columns[column].to_numpy(zero_copy_only=False), np.bool_)
