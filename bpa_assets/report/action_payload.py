"""What rules and plans ask for, how far each action has come, and what rules changed, as the page shows it.

The proposals and effects are tables of the run; how far an action has come is the ledger's. What this run proposes, or
asks for no more, reaches the ledger when it is published, right after the report is made: it stands here as it will
then. What would be sent stays out: it is for those who approve (`bpa actions show`).
"""

from collections import Counter
from collections.abc import Sequence

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables
from bpa_resources.ledger.approval import RISKS

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
    "withdrawn",
    "problem",
)
"""What a person has to look at comes first."""


def action_payload(tables: RunTables, ledger: Sequence[Row], automatic: str | None = None) -> Row | None:
    """`actions` (those to be looked at first), `states` with their number, `effects`; null without the table.

    `automatic`: up to which risk an action goes by itself; None: the process does not push, so nothing enters.
    """
    if not tables.has("proposed_actions"):
        return None
    found = {row["action_id"]: _asked(row, automatic) for row in tables.rows("proposed_actions")}
    for row in ledger:
        found[row["action_id"]] = _of_the_ledger(row, found.get(row["action_id"]), pushes=automatic is not None)
    rows = sorted(found.values(), key=lambda row: (_FIRST.index(row["state"]), row["rule_id"], row["case_id"]))
    counts = Counter(row["state"] for row in rows)
    return {
        "actions": rows[:MOST_ACTIONS],
        "actions_left_out": max(len(rows) - MOST_ACTIONS, 0),
        "states": {state: counts[state] for state in _FIRST if counts[state]},
        "effects": [_effect(row) for row in tables.rows("rule_effect")],
    }


def _asked(row: Row, automatic: str | None) -> Row:
    state = "problem" if row["problem"] is not None else _entered(row["risk"], automatic)
    return {**{name: row[name] for name in _OF_A_PROPOSAL}, "state": state, "reason": row["problem"]}


def _entered(risk: str, automatic: str | None) -> str:
    """The state in which it enters the ledger."""
    if automatic is None:
        return "new"
    return "approved" if automatic in RISKS and RISKS.index(risk) <= RISKS.index(automatic) else "proposed"


def _of_the_ledger(row: Row, proposed: Row | None, *, pushes: bool) -> Row:
    """How far it has come. Plans stay accepted when a later run has found others."""
    is_gone = proposed is None and row["case_id"] and row["status"] in ("proposed", "approved")
    if pushes and is_gone:
        row = {**row, "status": "withdrawn", "reason": "this run does not ask for it any more"}
    if pushes and proposed and row["status"] == "withdrawn" and proposed["state"] != "problem":
        row = {**row, "status": proposed["state"], "reason": None}
    told = {name: row[name] for name in ("action_id", "rule_id", "case_id", "action", "operation", "risk")}
    moments = {name: row[name].isoformat() if row[name] else None for name in _MOMENTS}
    known = {name: row[name] for name in _OF_THE_LEDGER}
    return {**(proposed or {}), **told, **known, **moments, "connection": row["connector"], "state": row["status"]}


def _effect(row: Row) -> Row:
    return {name: compact(row[name]) if isinstance(row[name], float) else row[name] for name in _EFFECT}
