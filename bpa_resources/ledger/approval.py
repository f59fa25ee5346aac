"""Who may approve an action, and when that is enough.

Add a rule of approval here; it holds for people, for the policy and once more when a worker claims the action. What the
tables hold and when a decision is written stays in `deciding.py`.
"""

import math
from collections.abc import Iterable

from bpa_resources.connectors.call import Risk
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import Policy
from bpa_resources.ledger.canonical import same_person

PIPELINE = "bpa"
"""The name under which the pipeline itself proposes, and approves where the policy needs nobody."""

LONGEST_DEADLINE_SECONDS = 3650 * 86_400

RISKS: tuple[Risk, ...] = ("low", "medium", "high")


def refuse_policy(policy: Policy, risk: Risk) -> None:
    """Raise InputError for a policy under which nobody, or anybody, could approve by mistake."""
    if risk not in RISKS or (policy.automatic is not None and policy.automatic not in RISKS):
        raise InputError(f"a risk is low, medium or high, not '{policy.automatic if risk in RISKS else risk}'")
    if type(policy.quorum) is not int or policy.quorum < 1:
        raise InputError(f"policy.quorum is {policy.quorum}; at least 1 person has to approve")
    able = {same_person(name) for name in policy.approvers if name.strip()}
    if policy.four_eyes:
        able.discard(same_person(policy.owner))
    if policy.approvers and len(able) < policy.quorum:
        raise InputError(f"policy.quorum is {policy.quorum}, and {len(able)} of the approvers may approve")
    if not math.isfinite(policy.deadline_seconds) or not 0 < policy.deadline_seconds <= LONGEST_DEADLINE_SECONDS:
        raise InputError("policy.deadline is more than nothing and at most ten years")


def needs_nobody(policy: Policy, risk: Risk) -> bool:
    """Whether the policy lets an action of this risk go by itself."""
    return policy.automatic is not None and RISKS.index(risk) <= RISKS.index(policy.automatic)


def objection(policy: Policy, proposed_by: str, name: str) -> str | None:
    """Why this person may not approve; None: may."""
    person = same_person(name)
    if policy.approvers and person not in {same_person(one) for one in policy.approvers}:
        return f"{name} is none of the approvers ({', '.join(policy.approvers)})"
    if policy.four_eyes and person == same_person(policy.owner):
        return f"{name} owns the process, and policy.four_eyes asks for somebody else"
    if policy.four_eyes and person == same_person(proposed_by):
        return f"{name} proposed it, and policy.four_eyes asks for somebody else"
    return None


def valid_approvals(policy: Policy, proposed_by: str, names: Iterable[str]) -> tuple[str, ...]:
    """Of those who approved this very request, the ones who may; each person once."""
    by_person = {same_person(name): name for name in names if objection(policy, proposed_by, name) is None}
    return tuple(by_person.values())


def is_approved(policy: Policy, risk: Risk, proposed_by: str, names: Iterable[str]) -> bool:
    """Whether it may be sent: the policy needs nobody, or enough of those who may have approved this very request."""
    return needs_nobody(policy, risk) or len(valid_approvals(policy, proposed_by, names)) >= max(1, policy.quorum)


def checked_name(name: str) -> str:
    """The name of a person who decides. Raises InputError for an empty one, more than a line, or the pipeline's own."""
    name = name.strip()
    if not name or len(name) > 200 or "," in name or not name.isprintable():
        raise InputError("a decision needs the name of a person: one line without a comma")
    if same_person(name) == PIPELINE:
        raise InputError(f"'{PIPELINE}' is the pipeline itself: a decision needs the name of a person")
    return name
