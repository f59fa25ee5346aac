"""All actions of the ledger as one table, for those who count and show them: the KPI database and the report.

Add a column here that an analyst asks for; who changes an action, and what each state means, stays out. Inputs too:
what was sent stays in the ledger.
"""

from typing import TYPE_CHECKING

from bpa_resources.environment import ledger_url
from bpa_resources.home import Home
from bpa_resources.ledger.action import Action

if TYPE_CHECKING:
    import pyarrow as pa


def has_ledger(home: Home) -> bool:
    """Whether there is one: looking makes none."""
    return ledger_url() is not None or home.ledger.exists()


def actions_table(home: Home, process: str | None = None) -> "pa.Table":
    """A row an action, times in UTC without zone; no rows where there is no ledger."""
    import pyarrow as pa

    from bpa_resources.ledger.ledger import open_ledger

    rows = []
    if has_ledger(home):
        with open_ledger(home) as ledger:
            rows = [_row(action) for action in ledger.actions(process)]
    text, moment = pa.string(), pa.timestamp("us", "UTC")
    names = ("process", "action_id", "rule_id", "case_id", "action", "connector", "operation", "risk", "status")
    kinds = [*((name, text) for name in names), ("approved_by", text), ("reason", text), ("attempts", pa.int64())]
    moments = [(name, moment) for name in ("created_at", "deadline_at", "next_at", "done_at")]
    table = pa.Table.from_pylist(rows, schema=pa.schema([*kinds, *moments]))
    return table.cast(pa.schema([*kinds, *((name, pa.timestamp("us")) for name, _ in moments)]))


def ledger_state(home: Home) -> str:
    """A text that is another one after every change of the ledger; empty where there is none."""
    from bpa_resources.ledger.ledger import open_ledger

    if not has_ledger(home):
        return ""
    with open_ledger(home) as ledger:
        head = ledger.audit_head()
    return f"{head.seq}:{head.hash}" if head.seq else ""


def _row(action: Action) -> dict[str, object]:
    return {
        "process": action.process,
        "action_id": action.action_id,
        "rule_id": action.rule_id,
        "case_id": action.case_id,
        "action": action.action,
        "connector": action.call.connection,
        "operation": action.call.operation,
        "risk": action.risk,
        "status": action.status,
        "approved_by": action.approved_by or None,
        "reason": action.reason or None,
        "attempts": action.attempts,
        "created_at": action.created_at,
        "deadline_at": action.deadline_at,
        "next_at": action.next_at if action.status == "approved" else None,
        "done_at": action.done_at,
    }
