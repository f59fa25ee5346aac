"""Where cases wait and why: the tables `bottlenecks` and `waiting_causes`, cut to what a page can show."""

from typing import Any

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables

MOST_PLACES = 300


def waiting_payload(tables: RunTables, index: dict[str, int], *, threshold: float) -> Row:
    """`places` (rows of `bottlenecks`, activities by `index`), `causes` (of each activity, seconds by cause).

    `threshold`: seconds above which a case counts as waiting long (`bottleneck.waiting_time`).
    """
    places = tables.rows("bottlenecks")
    causes = tables.rows("waiting_causes")
    return {
        "threshold": threshold,
        "places": [_place(row, index) for row in places[:MOST_PLACES]],
        "places_left_out": max(len(places) - MOST_PLACES, 0),
        "causes": [
            {"activity": index[row["activity"]], "cause": row["cause"], "seconds": compact(row["total_seconds"])}
            for row in causes
        ],
        "causes_untold": None if causes else untold_because(tables),
    }


def untold_because(tables: RunTables) -> str:
    """Why no causes are told: the sentence for a reader."""
    if not tables.has("waiting_causes"):
        return "This run has not looked for causes."
    profile = tables.row("process_profile")
    if profile["time_basis"] == "gap":
        return "The log has one time an event: when a step was begun is not known, so why it waited cannot be told."
    if not profile["resources"]:
        return "The log names nobody who did the work, so why it waited cannot be told."
    return "Nothing waited for anything that the log can tell."


def _place(row: Row, index: dict[str, int]) -> dict[str, Any]:
    before = row["preceding_activity"]
    return {
        **{name: compact(row[name]) for name in _FIGURES},
        "activity": index[row["activity"]],
        "after": None if before is None else index[before],
        "time_basis": row["time_basis"],
    }


_FIGURES = (
    *("rank", "cases", "total_waiting_seconds", "mean_waiting_seconds", "p90_waiting_seconds"),
    *("share_of_waiting", "cases_over_threshold"),
)
