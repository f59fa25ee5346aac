"""What waiting goes along with: when it begins, who does the work, handovers, repetitions, broken limits.

Each part is cut from one table of the stage `bottlenecks`; one that a run does not have is empty, and so is its part.
"""

from typing import Any

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables

MOST_ACTIVITIES, MOST_ROWS = 12, 60

_RESOURCES = ("resource", "role", "rows", "median_processing_seconds", "mean_waiting_seconds", "total_waiting_seconds")
_HANDOVERS = ("source_resource", "target_resource", "rows", "cases", "mean_waiting_seconds", "total_waiting_seconds")
_REWORK = ("kind", "cases", "rows", "processing_seconds", "waiting_seconds")
_SLA = (
    *("factor", "value", "known", "cases", "breaches", "breach_rate", "breach_rate_elsewhere"),
    *("difference_low", "difference_high"),
)


def factor_payload(tables: RunTables, index: dict[str, int]) -> Row:
    """`time_of_week`, `resources`, `handovers`, `rework`, `sla`: rows, the greatest first; activities by `index`."""
    resources, rework = tables.rows("waiting_by_resource"), tables.rows("rework")
    return {
        "time_of_week": _time_of_week(tables, index),
        "resources": _greatest(resources, _RESOURCES, by="total_waiting_seconds", index=index),
        "handovers": _greatest(
            tables.rows("handovers"), (*_HANDOVERS, "ping_pong"), by="total_waiting_seconds", index=index
        ),
        "rework": _greatest(rework, _REWORK, by="rows", index=index),
        "sla": [_row(row, _SLA, index) for row in tables.rows("sla_breach_factors")[:MOST_ROWS]],
    }


def _greatest(rows: list[Row], columns: tuple[str, ...], *, by: str, index: dict[str, int]) -> list[Row]:
    """The rows with the greatest `by`; of equal ones the order is that of their texts."""
    ordered = sorted(rows, key=lambda row: (-(row[by] or 0), str(list(row.values()))))
    return [_row(row, columns, index) for row in ordered[:MOST_ROWS]]


def _row(row: Row, columns: tuple[str, ...], index: dict[str, int]) -> Row:
    found = {name: compact(row[name]) if isinstance(row[name], float) else row[name] for name in columns}
    return {"activity": index[row["activity"]], **found} if "activity" in row else found


def _time_of_week(tables: RunTables, index: dict[str, int]) -> list[Row]:
    """Of all activities together (null) and of those that are waited for longest: weekday, hour, rows, seconds."""
    cells: dict[int | None, dict[tuple[int, int], list[float]]] = {}
    for row in tables.rows("waiting_time_of_week"):
        for activity in (None, index[row["activity"]]):
            cell = cells.setdefault(activity, {}).setdefault((row["weekday"], row["hour"]), [0, 0.0])
            cell[0] += row["rows"]
            cell[1] += row["total_waiting_seconds"]
    losses = {activity: sum(seconds for _, seconds in some.values()) for activity, some in cells.items()}
    shown = sorted(cells, key=lambda activity: (activity is not None, -losses[activity], activity))
    return [{"activity": activity, "cells": _cells(cells[activity])} for activity in shown[: MOST_ACTIVITIES + 1]]


def _cells(some: dict[tuple[int, int], list[float]]) -> list[list[Any]]:
    return [[*place, int(rows), compact(seconds)] for place, (rows, seconds) in sorted(some.items())]
