"""Proposals to try the ledger with, and moments counted from one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bpa_resources.connectors.call import Call, Risk
from bpa_resources.ledger.action import Action, Policy, ProposedAction
from bpa_resources.ledger.ledger import Ledger

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOBODY = Policy(automatic="high")
ANN_OR_BOB = Policy(approvers=("ann@example.com", "bob@example.com"), owner="carl@example.com")


def after(seconds: float) -> datetime:
    """The moment so long after the first one."""
    return START + timedelta(seconds=seconds)


def asked(
    case: str = "case-1",
    *,
    policy: Policy = NOBODY,
    risk: Risk = "medium",
    repeatable: bool = True,
    connection: str = "jira",
    rule: str = "r-late",
    process: str = "orders",
    by: str = "bpa",
    **given: Any,
) -> ProposedAction:
    """A proposal; `given` is the input of its call."""
    call = Call(connection, "create_issue", {"summary": f"Case {case}", **given})
    return ProposedAction(process, rule, case, "escalate", call, risk, policy, by, "run-1", repeatable)


def entered(ledger: Ledger, proposal: ProposedAction, at: float = 0) -> Action:
    """The action as the ledger holds it after the proposal was entered."""
    ledger.propose([proposal], after(at))
    return ledger.action(proposal.action_id)


def told(ledger: Ledger, action: Action) -> list[str]:
    """The words of the trail on this action."""
    return [row.event for row in ledger.history(action.action_id)]
