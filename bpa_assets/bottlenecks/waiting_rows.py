"""The stored event log as the rows whose waits are split, and the table of the causes that comes of it.

Definitions: docs/contracts.md, "cause of waiting". A pass over the log finds what is concurrent; a second one keeps of
each row its times and codes (49 bytes): resources work across cases, so that all are needed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bpa_assets.bottlenecks.calendars import discover_calendars
from bpa_assets.bottlenecks.causes import CAUSES, Rows, split_waits
from bpa_assets.bottlenecks.concurrency import Flags, concurrent_activities, enabled_times
from bpa_assets.event_log.waits import Integers
from bpa_assets.process_model.event_chunks import EventChunk, Names, event_chunks

_MICROS = 1e6
_COLUMNS = ("has_duration", "is_open", "enabled_time")
_TEXTS = ("resource", "role")


@dataclass(frozen=True)
class WaitingCauses:
    """The table `waiting_causes`, and why it is empty where the log cannot tell the causes."""

    table: pa.Table
    untold: str | None


def waiting_causes(
    files: Sequence[Path],
    *,
    names: Sequence[str],
    time_basis: str,
    zone: str = "UTC",
    automated: Collection[str] = (),
) -> WaitingCauses:
    """Split the queue time of every row of a stored event log by cause, and sum it by activity.

    `names`: activity by code; `time_basis`: of the process; `zone`: whose clocks people work by; `automated`: resources
    that never rest.
    """
    if time_basis == "gap":
        why = "the log has no start times, so that waiting and work cannot be told apart"
        return _untold(why)
    resources = Names()
    rows = waiting_rows(files, activities=len(names), resources=resources)
    told = rows.timed & (rows.resource >= 0)
    if not told.any():
        return _untold("the log does not say who did the work")
    always = [code for name in automated if (code := resources.codes.get(name)) is not None]
    known = rows.take(np.flatnonzero(told))
    calendars = discover_calendars(known.resource, known.team, known.start, known.end, zone=zone, always=always)
    return WaitingCauses(_table(rows, split_waits(rows, calendars), names), None)


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


def _table(rows: Rows, parts: dict[str, Integers], names: Sequence[str]) -> pa.Table:
    queue = _by_activity(rows, rows.start - rows.enabled, len(names))
    found: list[dict[str, Any]] = []
    for cause in CAUSES:
        seconds = _by_activity(rows, parts[cause], len(names))
        found += [
            {
                "activity": names[code],
                "cause": cause,
                "total_seconds": seconds[code],
                "share": seconds[code] / queue[code],
                "queue_seconds": queue[code],
            }
            for code in np.flatnonzero(seconds).tolist()
        ]
    found.sort(key=lambda row: (row["activity"], -row["total_seconds"], row["cause"]))
    return pa.Table.from_pylist(found, schema=_SCHEMA)


def _by_activity(rows: Rows, micros: Integers, activities: int) -> list[float]:
    totals = np.zeros(activities)
    np.add.at(totals, rows.activity, micros / _MICROS)
    return list(totals.tolist())


def _untold(why: str) -> WaitingCauses:
    return WaitingCauses(_SCHEMA.empty_table(), f"no causes of waiting are told: {why}")


_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("activity", "cause")),
        *((name, pa.float64()) for name in ("total_seconds", "share", "queue_seconds")),
    ]
)
