"""The table `waiting_causes`: the queue time before each activity by cause, or why the log cannot tell it.

Definitions: docs/contracts.md, "cause of waiting". How the queue time of a row is split is in `causes`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bpa_assets.bottlenecks.calendars import discover_calendars
from bpa_assets.bottlenecks.causes import CAUSES, Rows, split_waits
from bpa_assets.bottlenecks.waiting_rows import waiting_rows
from bpa_assets.event_log.waits import Integers
from bpa_assets.process_model.event_chunks import Names

_MICROS = 1e6


@dataclass(frozen=True)
class WaitingCauses:
    """The table `waiting_causes`, and why it is empty where the log cannot tell the causes."""

    table: pa.Table
    untold: str | None


def explain_waits(
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
        return _untold("the log has no start times, so that waiting and work cannot be told apart")
    if not names:
        return _untold("the log has no events")
    resources = Names()
    rows = waiting_rows(files, activities=len(names), resources=resources)
    told = rows.timed & (rows.resource >= 0)
    if not told.any():
        return _untold("the log does not say who did the work")
    always = [code for name in automated if (code := resources.codes.get(name)) is not None]
    known = rows.take(np.flatnonzero(told))
    calendars = discover_calendars(known.resource, known.team, known.start, known.end, zone=zone, always=always)
    return WaitingCauses(_table(rows, split_waits(rows, calendars), names), None)


def unexplained_share(table: pa.Table) -> float:
    """The greatest difference, over activities, between the seconds of all causes and the queue time, as its share."""
    seconds = table.group_by("activity").aggregate([("total_seconds", "sum"), ("queue_seconds", "max")])
    queue = seconds["queue_seconds_max"].to_numpy()
    return float(np.max(np.abs(seconds["total_seconds_sum"].to_numpy() - queue) / queue, initial=0.0))


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
