"""Where cases wait: by activity, and by activity after the one that was waited on.

Definitions: docs/contracts.md, fct_bottleneck. Why they wait is another question (`waiting_causes`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bpa_assets.bottlenecks.business_hours import BusinessHours
from bpa_assets.event_log.waits import Integers, preceding_row, waiting
from bpa_assets.process_model.event_chunks import EventChunk, event_chunks
from bpa_assets.process_model.grouped_values import GroupedValues, distinct, renumbered
from bpa_assets.settings import Calendar

_ANY = -1
Place = tuple[int, int]
"""Activity and preceding activity as codes; −1 for any preceding one."""


@dataclass
class _Waits:
    """What one pass over the log collects, by place."""

    values: GroupedValues[int] = field(default_factory=GroupedValues)
    places: dict[Place, int] = field(default_factory=dict)
    cases: Counter[int] = field(default_factory=Counter)
    over: Counter[int] = field(default_factory=Counter)
    business: dict[int, float] = field(default_factory=dict)


def bottleneck_table(
    files: Sequence[Path],
    *,
    activities: pa.Table,
    names: Sequence[str],
    threshold: float,
    calendar: Calendar | None = None,
) -> pa.Table:
    """The table `bottlenecks` of a stored event log.

    `activities`: the lake's table of that name; `names`: activity by code; `threshold` in seconds; `calendar`: without
    hours the business time is null.
    """
    calendar = calendar or Calendar()
    waits = _Waits()
    for chunk in event_chunks(files):
        _collect(waits, chunk, threshold_micros=round(threshold * 1e6), calendar=calendar)
    basis = dict(zip(activities["activity"].to_pylist(), activities["time_basis"].to_pylist(), strict=True))
    rows = [_row(waits, place, number, names, basis) for place, number in waits.places.items()]
    total = sum(row["total_waiting_seconds"] for row in rows if row["preceding_activity"] is None)
    rows.sort(key=_rank)
    for rank, row in enumerate(rows, start=1):
        row |= {"rank": rank, "share_of_waiting": row["total_waiting_seconds"] / total if total else None}
        if not calendar.hours:
            row |= dict.fromkeys(("total_business_waiting_seconds", "mean_business_waiting_seconds"))
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _collect(waits: _Waits, chunk: EventChunk, *, threshold_micros: int, calendar: Calendar) -> None:
    waited = waiting(chunk.case, chunk.start, chunk.end)
    case = np.repeat(np.arange(len(chunk.first)), chunk.lengths)
    before = preceding_row(chunk.case, chunk.end)
    business = _within_hours(chunk.start, waited, calendar)
    everything = _numbers(waits, chunk.activity, np.full(len(case), _ANY))
    _add(waits, everything, case, waited, business, threshold_micros)
    later = np.flatnonzero(before >= 0)
    if len(later):
        places = _numbers(waits, chunk.activity[later], chunk.activity[before[later]])
        _add(waits, places, case[later], waited[later], business[later], threshold_micros)


def _within_hours(start: Integers, waited: Integers, calendar: Calendar) -> Integers:
    """µs of each row's waiting that lie in business hours; 0 without hours."""
    found, rows = np.zeros_like(waited), np.flatnonzero(waited)
    if calendar.hours and len(rows):
        since, until = start[rows] - waited[rows], start[rows]
        found[rows] = BusinessHours.of(calendar, int(since.min()), int(until.max())).between(since, until)
    return found


def _numbers(waits: _Waits, activity: Integers, preceding: Integers) -> Integers:
    """The number of the place of each row."""
    width = int(activity.max()) + int(preceding.max()) + 2
    together = activity.astype(np.int64) * width + preceding + 1
    found, place = renumbered(together)
    pairs = [(pair // width, pair % width - 1) for pair in found.tolist()]
    return np.array([waits.places.setdefault(pair, len(waits.places)) for pair in pairs])[place]


def _add(
    waits: _Waits, numbers: Integers, case: Integers, waited: Integers, business: Integers, threshold: int
) -> None:
    waits.values.add(numbers, waited)
    waits.cases.update(_cases_by_place(numbers, case))
    late = waited > threshold
    waits.over.update(_cases_by_place(numbers[late], case[late]))
    for place, seconds in enumerate(np.bincount(numbers, weights=business / 1e6).tolist()):
        waits.business[place] = waits.business.get(place, 0.0) + seconds


def _cases_by_place(place: Integers, case: Integers) -> dict[int, int]:
    """Distinct cases of each place; cases do not go on in another chunk."""
    if not len(place):
        return {}
    width = int(case.max()) + 1
    cases = np.bincount(distinct(place.astype(np.int64) * width + case) // width)
    places = np.flatnonzero(cases)
    return dict(zip(places.tolist(), cases[places].tolist(), strict=True))


def _row(waits: _Waits, place: Place, number: int, names: Sequence[str], basis: dict[str, str]) -> dict[str, Any]:
    summary = waits.values.pop(number, (0.9,))
    activity, preceding = place
    return {
        "activity": names[activity],
        "preceding_activity": None if preceding == _ANY else names[preceding],
        "cases": waits.cases[number],
        "total_waiting_seconds": summary.total,
        "mean_waiting_seconds": summary.mean,
        "p90_waiting_seconds": summary.quantiles[0],
        "total_business_waiting_seconds": waits.business[number],
        "mean_business_waiting_seconds": waits.business[number] / summary.count,
        "cases_over_threshold": waits.over[number],
        "time_basis": basis[names[activity]],
    }


def _rank(row: dict[str, Any]) -> tuple[object, ...]:
    """By total, then name; places with a preceding activity after those without."""
    preceding = row["preceding_activity"]
    return (preceding is not None, -row["total_waiting_seconds"], row["activity"], preceding or "")


_SCHEMA = pa.schema(
    [
        ("rank", pa.int32()),
        ("activity", pa.string()),
        ("preceding_activity", pa.string()),
        ("cases", pa.int64()),
        ("total_waiting_seconds", pa.float64()),
        ("mean_waiting_seconds", pa.float64()),
        ("p90_waiting_seconds", pa.float64()),
        ("share_of_waiting", pa.float64()),
        ("cases_over_threshold", pa.int64()),
        ("time_basis", pa.string()),
        ("total_business_waiting_seconds", pa.float64()),
        ("mean_business_waiting_seconds", pa.float64()),
    ]
)
