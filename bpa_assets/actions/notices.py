"""The word to the owner of a process that actions wait for an approval: by chat or mail, as `policy.notice` says.

It goes through the same connectors as actions do. A notice that is lost stops nothing: `bpa actions list` and the
report say the same. Add here what an owner is told; what a system is told is an action.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from bpa_assets.action_settings import ApprovalPolicy
from bpa_assets.actions.placeholders import filled
from bpa_resources.connectors.call import Call, Connectors, Outcome
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import Action

MOST_NAMED = 10


def notify_owner(
    connectors: Connectors, process: str, policy: ApprovalPolicy, proposed: Sequence[Action], now: datetime
) -> Outcome | None:
    """Tell of the actions that wait; the same ones are told once. None: there is nothing to tell, or nobody."""
    if policy.notice is None or not proposed:
        return None
    named = [f"{one.action_id}: {one.action} {one.case_id} ({one.risk})".strip() for one in proposed[:MOST_NAMED]]
    values = {
        "process": process,
        "owner": policy.owner,
        "waiting": len(proposed),
        "actions": "\n".join([*named, *(["…"] if len(proposed) > MOST_NAMED else [])]),
    }
    told = "\0".join([process, *sorted(one.action_id + one.request_hash for one in proposed)])
    try:
        call = Call(policy.notice.connection, policy.notice.operation, filled(policy.notice.input, values) or {})
        return connectors.send(call, key=hashlib.sha256(told.encode()).hexdigest(), now=now)
    except InputError as error:
        return Outcome("failed", str(error), attempts=0, error_class="config")
