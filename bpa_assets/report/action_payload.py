"""What rules and plans ask for, how far each action has come, and what rules changed, as the page shows it.

The proposals and effects are tables of the run; how far an action has come is the ledger's, as it stood when the report
was made. What would be sent stays out: it is for those who approve (`bpa actions show`).
"""

from collections import Counter
from collections.abc import Sequence

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables

MOST_ACTIONS = 200

_OF_A_PROPOSAL = ("action_id", "rule_id", "case_id", "action", "connection", "operation", "risk", "problem")
_OF_THE_LEDGER = ("status", "approved_by", "reason", "attempts")
_MOMENTS = ("created_at", "done_at")
_EFFECT = (
    *("rule_id", "measure", "follow_up_seconds", "cases_before", "cases_since", "acted_on", "value_before"),
    *("value_since", "difference", "difference_low", "difference_high", "finding"),
)
_FIRST = (
    "unknown",
    "failed",
    "proposed",
    "sending",
    "approved",
    "new",
    "done",
    "rejected",
    "expired",
    "problem",
)
"""What a person has to look at comes first."""


def action_payload(tables: RunTables, ledger: Sequence[Row]) -> Row | None:
    """`actions` (those to be looked at first), `states` with their number, `effects`; null without the table."""
    if not tables.has("proposed_actions"):
        return None
    found = {row["action_id"]: _asked(row) for row in tables.rows("proposed_actions")}
    for row in ledger:
        found[row["action_id"]] = _of_the_ledger(row, found.get(row["action_id"], {}))
    rows = sorted(found.values(), key=lambda row: (_FIRST.index(row["state"]), row["rule_id"], row["case_id"]))
    counts = Counter(row["state"] for row in rows)
    return {
        "actions": rows[:MOST_ACTIONS],
        "actions_left_out": max(len(rows) - MOST_ACTIONS, 0),
        "states": {state: counts[state] for state in _FIRST if counts[state]},
        "effects": [_effect(row) for row in tables.rows("rule_effect")],
    }


def _asked(row: Row) -> Row:
    state = "new" if row["problem"] is None else "problem"
    return {**{name: row[name] for name in _OF_A_PROPOSAL}, "state": state, "reason": row["problem"]}


def _of_the_ledger(row: Row, proposed: Row) -> Row:
    told = {name: row[name] for name in ("action_id", "rule_id", "case_id", "action", "operation", "risk")}
    moments = {name: row[name].isoformat() if row[name] else None for name in _MOMENTS}
    known = {name: row[name] for name in _OF_THE_LEDGER}
    return {**proposed, **told, **known, **moments, "connection": row["connector"], "state": row["status"]}


def _effect(row: Row) -> Row:
    return {name: compact(row[name]) if isinstance(row[name], float) else row[name] for name in _EFFECT}
