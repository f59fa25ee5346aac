"""All patterns, looked for in one stored log: the tables `log_profile` and `quality_issue`.

Add the finder of a new pattern to `_FINDERS`. What a pattern is stands in `catalog.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

import pyarrow as pa

from bpa_assets.event_log.quality import (
    bursts,
    cases,
    columns,
    durations,
    labels,
    order,
    precision,
    records,
    repetitions,
    resources,
    times,
)
from bpa_assets.event_log.quality.catalog import PATTERNS
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import StoredLog

_FINDERS: tuple[Callable[[StoredLog], Iterator[Issue]], ...] = (
    times.one_instant,
    times.implausible_times,
    times.future_times,
    times.recording_gaps,
    precision.whole_day_times,
    precision.mixed_precision,
    bursts.batch_bursts,
    repetitions.duplicates_and_same_instants,
    repetitions.near_duplicates,
    order.order_violations,
    order.reversed_steps,
    order.missing_events,
    labels.labels,
    labels.distorted_resources,
    resources.resource_patterns,
    cases.single_event_cases,
    cases.truncated_cases,
    durations.outlying_durations,
    durations.negative_durations,
    columns.missing_values,
    columns.constant_columns,
    records.rejected_records,
    records.local_times,
)

_RANK = {"error": 0, "warning": 1, "info": 2}
_PLACE = {pattern.name: place for place, pattern in enumerate(PATTERNS)}
_EXAMPLE = pa.struct(
    [
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("case_id", pa.string()),
        ("activity", pa.string()),
        ("value", pa.string()),
    ]
)
_ISSUES = pa.schema(
    [
        ("check_name", pa.string()),
        ("column_name", pa.string()),
        ("severity", pa.string()),
        ("rows", pa.int64()),
        ("share", pa.float64()),
        ("action", pa.string()),
        ("imputation_accuracy", pa.float64()),
        ("unit", pa.string()),
        ("description", pa.string()),
        ("meaning", pa.string()),
        ("examples", pa.list_(_EXAMPLE)),
    ]
)


def find_issues(log: StoredLog) -> list[Issue]:
    """Every pattern that the log shows: the most severe first, then as the catalog has them, then by rows."""
    found = [issue for find in _FINDERS for issue in find(log)]
    return sorted(found, key=lambda one: (_RANK[one.severity], _PLACE[one.pattern.name], -one.rows, one.column))


def issue_table(issues: Sequence[Issue]) -> pa.Table:
    """The table `quality_issue`."""
    rows = [
        {
            "check_name": one.pattern.name,
            "column_name": one.column,
            "severity": one.severity,
            "rows": one.rows,
            "share": one.share,
            "action": one.action,
            "imputation_accuracy": one.imputation_accuracy,
            "unit": one.pattern.unit,
            "description": one.told,
            "meaning": one.pattern.meaning,
            "examples": [asdict(example) for example in one.examples],
        }
        for one in issues
    ]
    return pa.Table.from_pylist(rows, schema=_ISSUES)


def profile_table(log: StoredLog, issues: Sequence[Issue]) -> pa.Table:
    """The table `log_profile`: one row, two columns a pattern (`…_rows`, and the greatest `…_share` of a column)."""
    row: dict[str, object] = {
        "measured_at": log.read_at,
        "events": log.total["rows"],
        "cases": log.one_pass.cases,
        "activities": log.total["activities"],
        "first_event_at": log.total["first"],
        "last_event_at": log.total["last"],
        "issues": len(issues),
        "warnings": sum(one.severity == "warning" for one in issues),
        "errors": sum(one.severity == "error" for one in issues),
    }
    fields = [*_FIGURES]
    for pattern in PATTERNS:
        found = [one for one in issues if one.pattern is pattern]
        row[f"{pattern.name}_rows"] = sum(one.rows for one in found)
        row[f"{pattern.name}_share"] = max((one.share for one in found), default=0.0)
        fields += [(f"{pattern.name}_rows", pa.int64()), (f"{pattern.name}_share", pa.float64())]
    return pa.Table.from_pylist([row], schema=pa.schema(fields))


_MOMENT = pa.timestamp("us")
_FIGURES = (
    ("measured_at", _MOMENT),
    *((name, pa.int64()) for name in ("events", "cases", "activities")),
    ("first_event_at", _MOMENT),
    ("last_event_at", _MOMENT),
    *((name, pa.int64()) for name in ("issues", "warnings", "errors")),
)
