"""An action as the ledger holds it, and the states it goes through.

Add a state here with the transitions that lead to it and from it; the tables and who changes them stay out.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bpa_resources.connectors.call import Call, Risk
from bpa_resources.ledger.canonical import canonical_json

State = Literal["proposed", "approved", "sending", "done", "failed", "unknown", "rejected", "expired", "withdrawn"]

TRANSITIONS: dict[State, tuple[State, ...]] = {
    # Proposed, here and below: it asks for something else now. Withdrawn: nobody asks for it any more.
    "proposed": ("proposed", "approved", "rejected", "expired", "withdrawn"),
    # Proposed: so approvals of what it was are void. Done: a worker that was given up for
    # lost came back before another one was sent. Unknown: its deadline passed, and a try that was lost may have worked.
    "approved": ("sending", "rejected", "expired", "proposed", "done", "unknown", "withdrawn"),
    "sending": ("done", "failed", "unknown", "approved"),  # approved: it surely had no effect; not before `next_at`
    "failed": ("approved", "rejected", "proposed"),  # a person: retry, or give it up; proposed: asks for something else
    # A person looked: it was not sent, it was, or it is given up. Or its worker came back late, and knows.
    "unknown": ("approved", "done", "rejected", "failed"),
    "done": (),
    "rejected": (),
    "expired": (),
    "withdrawn": ("proposed", "done"),  # asked for again; or a worker that was given up for lost came back
}


@dataclass(frozen=True)
class Policy:
    """How an action is approved. `automatic`: the highest risk that needs nobody (None: all need somebody)."""

    automatic: Risk | None = None
    approvers: tuple[str, ...] = ()  # empty: anybody but, with four eyes, the owner
    owner: str = ""
    quorum: int = 1
    four_eyes: bool = True
    deadline_seconds: float = 259_200.0


def action_id_of(process: str, rule_id: str, case_id: str) -> str:
    """`a-` and 16 hex digits of SHA-256 of process, rule and case as a JSON list."""
    text = canonical_json([process, rule_id, case_id])
    return f"a-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class ProposedAction:
    """What a rule or a plan asks for; the same process, rule and case give the same `action_id` and never two rows."""

    process: str
    rule_id: str  # or plan id and position: "p-0123456789ab/2"
    case_id: str  # "" for a plan
    action: str  # of the rule: "escalate"
    call: Call
    risk: Risk
    policy: Policy
    proposed_by: str  # "bpa", or a person
    run_id: str
    repeatable: bool = False  # the operation's idempotency is not `none`: a lost worker's call may be sent again

    @property
    def action_id(self) -> str:
        """The id made from what it is about."""
        return action_id_of(self.process, self.rule_id, self.case_id)


@dataclass(frozen=True)
class Action:
    """A row of the ledger. Times are UTC; `approved_by`: names with commas between."""

    action_id: str  # "a-" and 16 hex digits of SHA-256 of process, rule and case
    process: str
    rule_id: str
    case_id: str
    action: str
    call: Call
    request_hash: str
    risk: Risk
    policy: Policy
    status: State
    attempts: int
    created_at: datetime
    deadline_at: datetime
    approved_by: str
    reason: str
    result: dict[str, Any]
    next_at: datetime | None
    lease_until: datetime | None
    done_at: datetime | None
    proposed_by: str = "bpa"
    run_id: str = ""
    repeatable: bool = False
    worker: str = ""  # who sends it, or sent it last
    sent_at: datetime | None = None  # when it was last claimed
    first_sent_at: datetime | None = None  # when its key was first sent, if an answer was lost since: it may be done
    losses: int = 0  # how often a worker took it and nobody knows how far it came: it was lost, or broke
    reminded_at: datetime | None = None  # when its owner was told that its deadline is near

    @property
    def never_sent(self) -> bool:
        """Whether it is proven that no request of it was ever sent: each worker that took it said that it sent none."""
        return self.attempts == 0 and self.losses == 0

    @property
    def key(self) -> str:
        """The idempotency key, 64 hex digits: the same for every try of the same request, and of no other."""
        return hashlib.sha256(f"{self.action_id}:{self.request_hash}".encode()).hexdigest()
