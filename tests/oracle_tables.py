"""From events to the behaviour tables: cases, activities, transitions, variants, bottlenecks and the profile.

Each function gives a list of rows as dictionaries with the columns of bpa_resources.lake_tables, sorted by key.
Columns that need a configuration (cost, sla_breached, automated_events, currency, …), a model or the attributes of
the log are left out. Everything is computed from the times of the events, never from their *_seconds columns.
"""

import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, TypeVar

from tests.oracle_log import Event, mean, microseconds, quantile, seconds, waiting_before

Row = dict[str, Any]
K = TypeVar("K", str, tuple[str, ...])
V = TypeVar("V")

MEDIAN, P90, P95 = Fraction(1, 2), Fraction(9, 10), Fraction(19, 20)


def cases(events: Sequence[Event], *, ends: Sequence[str] | None = None) -> list[Row]:
    """One row a case; `ends` is None when it is not set, so that open cases are inferred."""
    open_cases = _open_cases(events, ends)
    table: list[Row] = []
    for case_id, rows in _by_case(events).items():
        started, ended = min(row.start_time for row in rows), max(row.end_time for row in rows)
        cycle, processing = microseconds(started, ended), _union_length(rows)
        table.append(
            {
                "case_id": case_id,
                "started_at": started,
                "ended_at": ended,
                "is_open": case_id in open_cases,
                "events": len(rows),
                "variant_id": _variant_id([row.activity for row in rows]),
                "cycle_time_seconds": seconds(cycle),
                "processing_time_seconds": seconds(processing),
                "waiting_time_seconds": seconds(cycle - processing),
                "handovers": sum(_is_handover(source, target) for source, target in _consecutive(rows)),
                "rework_events": len(rows) - len({row.activity for row in rows}),
            }
        )
    return table


def activities(events: Sequence[Event]) -> list[Row]:
    """One row an activity."""
    waits = {id(row): wait for row, _, wait in _waits(events)}
    table: list[Row] = []
    for activity, rows in _grouped((row.activity, row) for row in events).items():
        processing = [microseconds(row.start_time, row.end_time) for row in rows]
        waiting = [waits[id(row)] for row in rows]
        case_ids = {row.case_id for row in rows}
        table.append(
            {
                "activity": activity,
                "frequency": len(rows),
                "cases": len(case_ids),
                "resources": len({row.resource for row in rows} - {None}),
                "mean_processing_seconds": seconds(mean(processing)),
                "median_processing_seconds": seconds(quantile(processing, MEDIAN)),
                "p90_processing_seconds": seconds(quantile(processing, P90)),
                "mean_waiting_seconds": seconds(mean(waiting)),
                "median_waiting_seconds": seconds(quantile(waiting, MEDIAN)),
                "p90_waiting_seconds": seconds(quantile(waiting, P90)),
                "total_waiting_seconds": seconds(sum(waiting)),
                "rework_events": len(rows) - len(case_ids),
                "time_basis": _time_basis(rows),
            }
        )
    return table


def transitions(events: Sequence[Event]) -> list[Row]:
    """One row a pair of activities that follow each other directly."""
    pairs = ((source, target) for rows in _by_case(events).values() for source, target in _consecutive(rows))
    table: list[Row] = []
    for (source, target), steps in _grouped(((a.activity, b.activity), (a, b)) for a, b in pairs).items():
        gaps = [_gap(a, b) for a, b in steps]
        table.append(
            {
                "source": source,
                "target": target,
                "frequency": len(steps),
                "cases": len({a.case_id for a, _ in steps}),
                "overlaps": sum(gap < 0 for gap in gaps),
                "mean_seconds": seconds(mean(gaps)),
                "median_seconds": seconds(quantile(gaps, MEDIAN)),
                "p90_seconds": seconds(quantile(gaps, P90)),
                "max_seconds": seconds(max(gaps)),
            }
        )
    return table


def variants(events: Sequence[Event], *, ends: Sequence[str] | None = None) -> list[Row]:
    """One row a variant, by its activities; cycle times over closed cases only, None if there is none."""
    of_case, open_cases = _by_case(events), _open_cases(events, ends)
    sequences = {case_id: tuple(row.activity for row in rows) for case_id, rows in of_case.items()}
    table: list[Row] = []
    for sequence, case_ids in _grouped((sequence, case_id) for case_id, sequence in sequences.items()).items():
        cycles = [_cycle(of_case[case_id]) for case_id in case_ids if case_id not in open_cases]
        table.append(
            {
                "variant_id": _variant_id(sequence),
                "activities": list(sequence),
                "cases": len(case_ids),
                "share": len(case_ids) / len(of_case),
                "mean_cycle_seconds": seconds(mean(cycles)) if cycles else None,
                "median_cycle_seconds": seconds(quantile(cycles, MEDIAN)) if cycles else None,
            }
        )
    return table


def bottlenecks(events: Sequence[Event], threshold_seconds: float | None) -> list[Row]:
    """One row an activity, then one an activity and what preceded it, each part ranked by total waiting, then names.

    `share_of_waiting` is None when nothing waits at all, `cases_over_threshold` when there is no threshold.
    """
    places: dict[tuple[str, str | None], list[tuple[Event, int]]] = defaultdict(list)
    for row, preceding, wait in _waits(events):
        places[row.activity, None].append((row, wait))
        if preceding is not None:
            places[row.activity, preceding.activity].append((row, wait))
    all_waiting = sum(wait for _, _, wait in _waits(events))
    bases = {row["activity"]: row["time_basis"] for row in activities(events)}
    table: list[Row] = []
    for (activity, preceding_activity), rows in places.items():
        waiting = [wait for _, wait in rows]
        table.append(
            {
                "activity": activity,
                "preceding_activity": preceding_activity,
                "cases": len({row.case_id for row, _ in rows}),
                "total_waiting_seconds": seconds(sum(waiting)),
                "mean_waiting_seconds": seconds(mean(waiting)),
                "p90_waiting_seconds": seconds(quantile(waiting, P90)),
                "share_of_waiting": sum(waiting) / all_waiting if all_waiting else None,
                "cases_over_threshold": _cases_over(rows, threshold_seconds),
                "time_basis": bases[activity],
            }
        )
    table.sort(
        key=lambda row: (
            row["preceding_activity"] is not None,
            -row["total_waiting_seconds"],
            row["activity"],
            row["preceding_activity"] or "",
        )
    )
    return [{"rank": rank, **row} for rank, row in enumerate(table, start=1)]


def profile(events: Sequence[Event], *, ends: Sequence[str] | None = None) -> Row:
    """Make the one row about the process."""
    case_table = cases(events, ends=ends)
    return {
        "cases": len(case_table),
        "open_cases": sum(case["is_open"] for case in case_table),
        "open_rule": "inferred" if ends is None else "ends",
        "activities": len({row.activity for row in events}),
        "variants": len({case["variant_id"] for case in case_table}),
        "resources": len({row.resource for row in events} - {None}),
        "first_event_at": min(row.start_time for row in events),
        "last_event_at": max(row.end_time for row in events),
        "time_basis": _time_basis(events),
    }


def cases_on_the_open_boundary(events: Sequence[Event]) -> set[str]:
    """Cases whose silence is within a microsecond of the 95th percentile that decides whether they are open.

    There exact arithmetic (here) and floating seconds may disagree; a random test passes over such logs.
    """
    return {case_id for case_id, silence, limit in _silences(events) if limit is not None and abs(silence - limit) <= 1}


def _open_cases(events: Sequence[Event], ends: Sequence[str] | None) -> set[str]:
    unfinished = {case_id for case_id, rows in _by_case(events).items() if rows[-1].is_open}
    if ends is not None:
        return unfinished | {case_id for case_id, rows in _by_case(events).items() if rows[-1].activity not in ends}
    return unfinished | {
        case_id for case_id, silence, limit in _silences(events) if limit is not None and silence < limit
    }


def _silences(events: Sequence[Event]) -> list[tuple[str, int, Fraction | None]]:
    """List each case, how long it has been silent at the end of the log, and below how long it still counts as open.

    The limit is None where the last activity of the case is followed by another row in less than half of its
    occurrences.
    """
    of_case = _by_case(events)
    end_of_log = max(row.end_time for row in events)
    occurrences = _grouped((row.activity, row) for row in events)
    gaps = _grouped((a.activity, _gap(a, b)) for rows in of_case.values() for a, b in _consecutive(rows))
    limits = {
        activity: quantile(gaps[activity], P95)
        for activity, rows in occurrences.items()
        if 2 * len(gaps.get(activity, [])) >= len(rows)
    }
    return [
        (case_id, microseconds(rows[-1].end_time, end_of_log), limits.get(rows[-1].activity))
        for case_id, rows in of_case.items()
    ]


def _waits(events: Sequence[Event]) -> list[tuple[Event, Event | None, int]]:
    """Every row, the earlier row of its case with the greatest end (the latest of several), and the wait between."""
    found: list[tuple[Event, Event | None, int]] = []
    for rows in _by_case(events).values():
        for index, row in enumerate(rows):
            earlier = rows[:index]
            preceding = max(earlier, key=lambda other: (other.end_time, other.event_index), default=None)
            found.append((row, preceding, waiting_before(row.start_time, [other.end_time for other in earlier])))
    return found


def _union_length(rows: Iterable[Event]) -> int:
    """Microseconds covered by at least one of the rows."""
    length, covered_to = 0, datetime.min
    for row in sorted(rows, key=lambda row: row.start_time):
        begin = max(row.start_time, covered_to)
        if row.end_time > begin:
            length += microseconds(begin, row.end_time)
            covered_to = row.end_time
    return length


def _cycle(rows: Sequence[Event]) -> int:
    return microseconds(min(row.start_time for row in rows), max(row.end_time for row in rows))


def _gap(source: Event, target: Event) -> int:
    return microseconds(source.end_time, target.start_time)


def _is_handover(source: Event, target: Event) -> bool:
    return source.resource is not None and target.resource is not None and source.resource != target.resource


def _cases_over(rows: Iterable[tuple[Event, int]], threshold_seconds: float | None) -> int | None:
    if threshold_seconds is None:
        return None
    return len({row.case_id for row, wait in rows if wait > Fraction(threshold_seconds) * 1_000_000})


def _time_basis(rows: Sequence[Event]) -> str:
    share = Fraction(sum(row.has_duration for row in rows), len(rows))
    if share >= Fraction(95, 100):
        return "wait"
    return "gap" if share <= Fraction(5, 100) else "mixed"


def _variant_id(sequence: Sequence[str]) -> str:
    text = json.dumps(list(sequence), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _by_case(events: Iterable[Event]) -> dict[str, list[Event]]:
    grouped = _grouped((row.case_id, row) for row in events)
    return {case_id: sorted(rows, key=lambda row: row.event_index) for case_id, rows in grouped.items()}


def _consecutive(rows: Sequence[Event]) -> Iterable[tuple[Event, Event]]:
    return itertools.pairwise(rows)


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """Collect the values of each key, keys in order."""
    found: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: found[key] for key in sorted(found)}
