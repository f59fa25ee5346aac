"""The word to the owner of a process that actions wait for an approval: by chat or mail, as `policy.notice` says.

An owner is told when new ones wait, and once more, before it is too late, of those that still do. It goes through the
same connectors as actions do. A notice that is lost stops nothing: `bpa actions list` and the report say the same. Add
here what an owner is told; what a system is told is an action.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bpa_assets.action_settings import ApprovalPolicy
from bpa_assets.actions.placeholders import filled
from bpa_resources.connectors.call import Call, Connectors, Outcome
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import Action
from bpa_resources.ledger.canonical import utc, written
from bpa_resources.ledger.ledger import Ledger

MOST_NAMED = 10


def tell_owner(
    ledger: Ledger, connectors: Connectors, process: str, policy: ApprovalPolicy, now: datetime
) -> Iterator[str]:
    """Tell of all that waits, if some of it does since now, and remind of what ends soon; gives what went wrong."""
    if policy.notice is None:
        return
    proposed = ledger.actions(process, states=("proposed",))
    if any(_since(action) == utc(now) for action in proposed):
        yield from _problem(notify_owner(connectors, process, policy, proposed, now))
    ends_soon = ledger.to_be_reminded_of(process, now)
    told = notify_owner(connectors, process, policy, ends_soon, now, reminder=True)
    if told is not None and told.status in ("done", "unknown"):  # what may have been told is not told again
        ledger.note_reminder([action.action_id for action in ends_soon], now)
    yield from _problem(told)


def _problem(told: Outcome | None) -> Iterator[str]:
    if told is not None and told.status != "done":
        yield told.reason


def notify_owner(
    connectors: Connectors,
    process: str,
    policy: ApprovalPolicy,
    proposed: Sequence[Action],
    now: datetime,
    *,
    reminder: bool = False,
) -> Outcome | None:
    """Tell of the actions that wait; the same ones are told once. None: there is nothing to tell, or nobody."""
    if policy.notice is None or not proposed:
        return None
    named = [_named(one, reminder=reminder) for one in proposed[:MOST_NAMED]]
    values = {
        "process": process,
        "owner": policy.owner,
        "waiting": len(proposed),
        "actions": "\n".join([*named, *(["…"] if len(proposed) > MOST_NAMED else [])]),
    }
    about = sorted(f"{one.action_id}{one.request_hash}{written(one.deadline_at)}" for one in proposed)
    told = "\0".join([process, "reminder" if reminder else "notice", *about])
    try:
        call = Call(policy.notice.connection, policy.notice.operation, filled(policy.notice.input, values) or {})
        return connectors.send(call, key=hashlib.sha256(told.encode()).hexdigest(), now=now)
    except InputError as error:
        return Outcome("failed", str(error), attempts=0, error_class="config")


def _since(action: Action) -> datetime:
    """When what it asks for now was proposed: it is new, it asks for something else, or it is asked for again."""
    return action.deadline_at - timedelta(seconds=action.policy.deadline_seconds)


def _named(action: Action, *, reminder: bool) -> str:
    about = f"{action.action_id}: {action.action} {action.case_id}".strip() + f" ({action.risk})"
    return f"{about}, expires {action.deadline_at:%Y-%m-%d %H:%M} UTC" if reminder else about
