"""What people decide of an action: approve, reject, send again, say what a lost call did. And what ends it unasked.

Add a decision here. Who may approve is in `approval.py`. Each raises InputError, in one sentence, for what may not be.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bpa_resources.errors import InputError
from bpa_resources.ledger.action import TRANSITIONS, Action
from bpa_resources.ledger.approval import PIPELINE, checked_name, is_approved, needs_nobody, objection, valid_approvals
from bpa_resources.ledger.canonical import storable, utc
from bpa_resources.ledger.sending import give_up, stop
from bpa_resources.ledger.stored_actions import (
    action_of,
    change,
    forget_approvals,
    move,
    names_of,
    note,
    note_approval,
    read_action,
)
from bpa_resources.ledger.tables import action as actions


def approve(connection: sa.Connection, action_id: str, by: str, request_hash: str, now: datetime) -> Action:
    """Note that `by` approves the request with this hash; with enough of them the action is approved."""
    now, by = utc(now), checked_name(by)
    action = read_action(connection, action_id)
    if action.status != "proposed":
        raise InputError(f"{action_id} is {action.status}: only a proposed action is approved")
    if action.request_hash != request_hash:
        raise InputError(f"{action_id} asks for something else now: look at it again before you approve it")
    if now >= action.deadline_at:
        raise InputError(f"{action_id} had to be approved before {action.deadline_at:%Y-%m-%d %H:%M} UTC")
    if why := objection(action.policy, action.proposed_by, by):
        raise InputError(f"{action_id}: {why}")
    if not note_approval(connection, action, by, now):
        raise InputError(f"{action_id}: {by} approved it before; policy.quorum asks for {action.policy.quorum} persons")
    valid = valid_approvals(action.policy, action.proposed_by, names_of(connection, action))
    action = change(connection, action, approved_by=",".join(valid))
    note(connection, action, "approval given", now=now, who=by, details={"request_hash": request_hash})
    if is_approved(action.policy, action.risk, action.proposed_by, valid):
        action = move(connection, action, "approved", now=now, who=PIPELINE, details={"approved_by": list(valid)})
    return action


def reject(connection: sa.Connection, action_id: str, by: str, reason: str, now: datetime) -> Action:
    """Give it up for good: this rule never asks for it again on this case."""
    by, reason = checked_name(by), storable(reason)
    action = read_action(connection, action_id)
    if "rejected" not in TRANSITIONS[action.status]:
        raise InputError(f"{action_id} is {action.status}: it cannot be rejected any more")
    return move(connection, action, "rejected", now=utc(now), who=by, details={"reason": reason}, reason=reason)


def retry(connection: sa.Connection, action_id: str, by: str, now: datetime) -> Action:
    """Send a failed action again, with the same key; its approvals stand, its deadline begins anew."""
    by = checked_name(by)
    action = read_action(connection, action_id)
    if action.status != "failed":
        raise InputError(f"{action_id} is {action.status}: only a failed action is tried again")
    return _send_again(connection, action, by, utc(now), "retried")


def resolve(connection: sa.Connection, action_id: str, by: str, *, done: bool, now: datetime) -> Action:
    """What `by` saw in the other system: an unknown call had its effect, or had none and is sent again."""
    now, by = utc(now), checked_name(by)
    action = read_action(connection, action_id)
    if action.status != "unknown":
        raise InputError(f"{action_id} is {action.status}: only one whose effect is unknown is resolved")
    if not done:
        return _send_again(connection, action, by, now, "found not sent")
    return move(connection, action, "done", event="found done", now=now, who=by, done_at=now)


def _send_again(connection: sa.Connection, action: Action, by: str, now: datetime, event: str) -> Action:
    if not needs_nobody(action.policy, action.risk) and (why := objection(action.policy, action.proposed_by, by)):
        raise InputError(f"{action.action_id}: {why}")
    deadline = now + timedelta(seconds=action.policy.deadline_seconds)
    anew: dict[str, Any] = {"deadline_at": deadline, "next_at": None, "first_sent_at": None}
    return move(connection, action, "approved", event=event, now=now, who=by, **anew)


def expire(connection: sa.Connection, now: datetime) -> int:
    """Give up what was not approved and sent before its deadline; how many.

    What is being sent is left alone, but a call whose worker was lost and that may not be repeated becomes `unknown`,
    and so does one that waited for another try after one whose answer was lost.
    """
    now = utc(now)
    waits = actions.c.status.in_(["proposed", "approved"]) & (actions.c.deadline_at <= now)
    lost = (actions.c.status == "sending") & (actions.c.lease_until <= now) & ~actions.c.repeatable
    expired = _where(connection, waits & actions.c.first_sent_at.is_(None))
    for action in expired:
        reason = f"not {'sent' if action.status == 'approved' else 'approved'} before its deadline"
        move(connection, action, "expired", now=now, who=PIPELINE, details={"reason": reason}, reason=reason)
    for action in _where(connection, lost | (waits & actions.c.first_sent_at.is_not(None))):
        give_up(connection, action, now)
    return len(expired)


def withdraw(connection: sa.Connection, reasons: Mapping[str, str], now: datetime) -> int:
    """Nobody asks for these any more (why, by action): they are not sent, approvals of them are void; how many.

    One that is being sent is left alone, and one whose answer was lost becomes `unknown`: it may have had its effect.
    """
    now, count = utc(now), 0
    for action_id, reason in sorted(reasons.items()):
        action = read_action(connection, action_id)
        if action.status not in ("proposed", "approved"):
            continue
        count += 1
        if action.first_sent_at is not None:
            stop(connection, action, "unknown", f"an earlier try was not answered, and now: {reason}", now)
            continue
        forget_approvals(connection, action)
        move(connection, action, "withdrawn", now=now, who=PIPELINE, details={"reason": reason}, reason=reason,
             approved_by="", next_at=None)  # fmt: skip
    return count


def to_be_reminded_of(connection: sa.Connection, process: str, now: datetime) -> list[Action]:
    """What waits for an approval, of whose time less than a quarter is left, and nobody was reminded of."""
    waits = (actions.c.process == process) & (actions.c.status == "proposed") & actions.c.reminded_at.is_(None)
    now = utc(now)
    return [one for one in _where(connection, waits) if now < one.deadline_at <= now + _last_quarter(one)]


def _last_quarter(action: Action) -> timedelta:
    return timedelta(seconds=action.policy.deadline_seconds / 4)


def note_reminder(connection: sa.Connection, action_ids: Sequence[str], now: datetime) -> None:
    """Their owner was told that time runs out: never again of the same request."""
    for action_id in action_ids:
        action = read_action(connection, action_id)
        if action.status == "proposed" and action.reminded_at is None:
            action = change(connection, action, reminded_at=utc(now))
            note(connection, action, "reminded", now=utc(now), who=PIPELINE)


def _where(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Action]:
    query = sa.select(actions).where(condition).order_by(actions.c.action_id)
    return [action_of(row) for row in connection.execute(query).mappings()]
