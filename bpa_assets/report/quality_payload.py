"""How far the log can be believed: what became of every record, what was found in it, what was filled in."""

from collections import Counter
from typing import Any

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables

MOST_ISSUES, MOST_REASONS, EXAMPLES = 200, 20, 3
_SEVERITIES = ("error", "warning", "info")
_ACCOUNTS = (
    *("rows_read", "events", "rejected_events", "rows_paired", "inserted_events", "imputed_values"),
    *("duplicate_rows", "reversed_rows", "ambiguous_times", "nonexistent_times"),
)


def quality_payload(tables: RunTables) -> Row:
    """`accounts`, `findings`, `rejected` (by reason, with examples), `issues` and `imputation`."""
    accounts = tables.row("log_accounting")
    issues = sorted(tables.rows("quality_issue"), key=lambda row: (_SEVERITIES.index(row["severity"]), -row["rows"]))
    return {
        "accounts": {name: accounts[name] for name in _ACCOUNTS},
        "findings": accounts["findings"],
        "rejected": _rejected(tables),
        "issues": [_issue(row) for row in issues[:MOST_ISSUES]],
        "issues_left_out": max(len(issues) - MOST_ISSUES, 0),
        "imputation": [
            {name: compact(value) if isinstance(value, float) else value for name, value in row.items()}
            for row in tables.rows("imputation")
        ],
    }


def _issue(row: Row) -> Row:
    return {
        **{name: row[name] for name in ("check_name", "column_name", "severity", "rows", "unit", "action")},
        "share": compact(row["share"]),
        "imputation_accuracy": compact(row["imputation_accuracy"]),
        "description": row["description"],
        "meaning": row["meaning"],
        "examples": [[one["source_file"], one["source_row"], one["value"]] for one in row["examples"] or ()],
    }


def _rejected(tables: RunTables) -> list[dict[str, Any]]:
    """Refused records by reason, the most frequent first: how many, and where some of them lie in their source."""
    if not tables.has("rejected_events"):
        return []
    columns = tables.table("rejected_events", ["reason", "source_file", "source_row"]).to_pydict()
    places: dict[str, list[list[Any]]] = {}
    counts = Counter(columns["reason"])
    for reason, file, row in zip(*columns.values(), strict=True):
        if len(places.setdefault(reason, [])) < EXAMPLES:
            places[reason].append([file, row])
    frequent = sorted(counts, key=lambda reason: (-counts[reason], reason))[:MOST_REASONS]
    return [{"reason": reason, "rows": counts[reason], "examples": places[reason]} for reason in frequent]
