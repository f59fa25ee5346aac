"""Whether the peer's behaviour tables and ours say the same.

Counts must be equal. Seconds may differ in the last digits: the peer adds floating seconds where we add microseconds.
"""

import json
from collections.abc import Iterable, Mapping
from math import isclose
from pathlib import Path
from typing import Any

from benchmarks.piece import Work
from benchmarks.same import same_rows

Table = dict[Any, tuple[float, ...]]


def same_behaviour(work: Work, *, ours: str, peer: str) -> dict[str, Any]:
    """Compare the tables of two folders."""
    theirs: dict[str, Any] = json.loads((Path(peer) / "tables.json").read_text())
    with work:
        differences = [
            *_differences("variants", _our_variants(ours), _their_variants(theirs)),
            *_differences("transitions", _our_transitions(ours), _their_transitions(theirs)),
            *_differences("activities", _our_activities(ours), _their_activities(theirs)),
        ]
    cases = same_rows(
        work,
        one=[str(Path(ours) / "cases.parquet")],
        other=[str(Path(peer) / "cases.parquet")],
        columns=["case_id", "started_at", "ended_at", "events", "cycle_time_seconds"],
        named=_CASE_NAMES,
    )
    if not cases["equal"]:
        differences.append(f"cases: {cases['told']}")
    told = (
        "variants with their cases, transitions with frequency, mean, median and max, activities with frequency, "
        "processing and waits, cases with start, end, events and cycle time: equal"
    )
    return {"equal": not differences, "told": "; ".join(differences[:5]) or told}


_CASE_NAMES = {
    "case_id": "case:concept:name",
    "started_at": "started",
    "ended_at": "ended",
    "cycle_time_seconds": "seconds",
}


def _differences(name: str, ours: Table, theirs: Table) -> Iterable[str]:
    for key in sorted(ours.keys() ^ theirs.keys(), key=str):
        yield f"{name}: {key} is only {'ours' if key in ours else 'the peer’s'}"
    for key in ours.keys() & theirs.keys():
        pairs = zip(ours[key], theirs[key], strict=True)
        if not all(isclose(one, other, rel_tol=1e-9, abs_tol=1e-6) for one, other in pairs):
            yield f"{name}: {key} is {ours[key]}, the peer says {theirs[key]}"


def _rows(folder: str, name: str) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(Path(folder) / f"{name}.parquet").to_pylist()
    return rows


def _our_variants(folder: str) -> Table:
    return {tuple(row["activities"]): (row["cases"],) for row in _rows(folder, "variants")}


def _their_variants(theirs: Mapping[str, Any]) -> Table:
    return {tuple(activities): (cases,) for activities, cases in theirs["variants"]}


def _our_transitions(folder: str) -> Table:
    return {
        (row["source"], row["target"]): (
            row["frequency"],
            row["mean_seconds"],
            row["median_seconds"],
            row["max_seconds"],
        )
        for row in _rows(folder, "transitions")
    }


def _their_transitions(theirs: Mapping[str, Any]) -> Table:
    return {
        (source, target): (count, seconds["mean"], seconds["median"], seconds["max"])
        for source, target, count, seconds in theirs["transitions"]
    }


_ACTIVITY_NAMES = {
    "frequency": "frequency",
    "mean_processing_seconds": "mean_processing",
    "median_processing_seconds": "median_processing",
    "total_waiting_seconds": "total_waiting",
    "median_waiting_seconds": "median_waiting",
    "p90_waiting_seconds": "p90_waiting",
}


def _our_activities(folder: str) -> Table:
    return {row["activity"]: tuple(row[name] for name in _ACTIVITY_NAMES) for row in _rows(folder, "activities")}


def _their_activities(theirs: Mapping[str, Any]) -> Table:
    return {row["activity"]: tuple(row[name] for name in _ACTIVITY_NAMES.values()) for row in theirs["activities"]}
