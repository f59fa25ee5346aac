"""Proposals enter the ledger: a new row each, or what is known already, or an action that asks for something else now.

Add here what is decided when an action is asked for. What people decide afterwards is in `deciding.py`.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bpa_resources.connectors.call import Call
from bpa_resources.errors import InputError
from bpa_resources.ledger import audit_trail, stored_actions
from bpa_resources.ledger.action import Action, ProposedAction
from bpa_resources.ledger.approval import PIPELINE, is_approved, needs_nobody, refuse_policy, valid_approvals
from bpa_resources.ledger.canonical import utc
from bpa_resources.ledger.stored_actions import event_of
from bpa_resources.ledger.tables import action as actions


def propose(connection: sa.Connection, proposed: Sequence[ProposedAction], now: datetime) -> tuple[int, int]:
    """Enter these; how many are new, and how many were known.

    A known one that asks for something else, or under another policy, is changed while it surely has had no effect
    (proposed, approved, failed): approvals of what it was do not count. One that failed then waits for a person, even
    where the policy needs nobody: what fails every night is not sent every night. One that was withdrawn is asked for
    again, the same or not.
    """
    now = utc(now)
    wanted = [_action(one, now) for one in proposed]
    known = _known(connection, [action.action_id for action in wanted])
    new: dict[str, Action] = {}
    for action in wanted:
        if action.action_id in known:
            known[action.action_id] = _change(connection, known[action.action_id], action, now)
        else:
            new.setdefault(action.action_id, action)
    _enter(connection, list(new.values()), now)
    return len(new), len(wanted) - len(new)


def _enter(connection: sa.Connection, new: Sequence[Action], now: datetime) -> None:
    rows, events = [], []
    for action in new:
        events.append(event_of(action, "proposed", now=now, who=action.proposed_by, details=_terms(action)))
        if needs_nobody(action.policy, action.risk):
            action = replace(action, status="approved")
            events.append(event_of(action, "approved", now=now, who=PIPELINE, details={"by_policy": True}))
        rows.append(stored_actions.columns_of(vars(action)))
    if rows:
        connection.execute(actions.insert(), rows)
    audit_trail.append(connection, events)


def _action(one: ProposedAction, now: datetime) -> Action:
    refuse_policy(one.policy, one.risk)
    try:
        call = Call(one.call.connection, one.call.operation, json.loads(one.call.canonical())["input"])
        request_hash = call.request_hash
    except (TypeError, ValueError) as error:  # ValueError: NaN, and halves of surrogate pairs
        raise InputError(
            f"the input of {one.action} on case {one.case_id!r} cannot be written as JSON: {error}"
        ) from error
    return Action(
        action_id=one.action_id,
        process=one.process,
        rule_id=one.rule_id,
        case_id=one.case_id,
        action=one.action,
        call=call,
        request_hash=request_hash,
        risk=one.risk,
        policy=one.policy,
        status="proposed",
        attempts=0,
        created_at=now,
        deadline_at=now + timedelta(seconds=one.policy.deadline_seconds),
        approved_by="",
        reason="",
        result={},
        next_at=None,
        lease_until=None,
        done_at=None,
        proposed_by=one.proposed_by,
        run_id=one.run_id,
        repeatable=one.repeatable,
    )


def _known(connection: sa.Connection, action_ids: Sequence[str]) -> dict[str, Action]:
    found: dict[str, Action] = {}
    for start in range(0, len(action_ids), 500):
        query = sa.select(actions).where(actions.c.action_id.in_(action_ids[start : start + 500]))
        found |= {row["action_id"]: stored_actions.action_of(row) for row in connection.execute(query).mappings()}
    return found


def _terms(action: Action) -> dict[str, Any]:
    """What an approval is about, for the trail: never the input, that may have to be forgotten one day."""
    return {
        "rule_id": action.rule_id,
        "case_id": action.case_id,
        "connection": action.call.connection,
        "operation": action.call.operation,
        "request_hash": action.request_hash,
        "risk": action.risk,
        "run_id": action.run_id,
    }


def _change(connection: sa.Connection, known: Action, wanted: Action, now: datetime) -> Action:
    same_request = known.request_hash == wanted.request_hash
    same_terms = (known.risk, known.policy, known.repeatable) == (wanted.risk, wanted.policy, wanted.repeatable)
    withdrawn = known.status == "withdrawn"
    if not withdrawn and same_request and (same_terms or known.status == "failed"):
        return known
    if known.status not in ("proposed", "approved", "failed", "withdrawn") or known.first_sent_at is not None:
        return known
    # One that needs nobody and is only proposed did fail, and was changed, before.
    waits = known.status == "failed" or (withdrawn and not known.never_sent)
    waits |= known.status == "proposed" and needs_nobody(known.policy, known.risk)
    changed = stored_actions.move(
        connection,
        known,
        "proposed",
        event="asked for again" if withdrawn else "changed",
        now=now,
        who=wanted.proposed_by,
        details=_terms(wanted),
        action=wanted.action,
        call=wanted.call,
        request_hash=wanted.request_hash,
        risk=wanted.risk,
        policy=wanted.policy,
        repeatable=wanted.repeatable,
        proposed_by=wanted.proposed_by,
        run_id=wanted.run_id,
        deadline_at=wanted.deadline_at,
        approved_by="",
        reason="",
        next_at=None,
        reminded_at=None,
    )
    return changed if waits else _judge_anew(connection, changed, now)


def _judge_anew(connection: sa.Connection, action: Action, now: datetime) -> Action:
    """Approve what needs nobody, or what enough persons have approved in this very form before."""
    names = stored_actions.names_of(connection, action)
    valid = ",".join(valid_approvals(action.policy, action.proposed_by, names))
    action = stored_actions.change(connection, action, approved_by=valid)
    if not is_approved(action.policy, action.risk, action.proposed_by, names):
        return action
    details = {"by_policy": needs_nobody(action.policy, action.risk), "approved_by": valid}
    return stored_actions.move(connection, action, "approved", now=now, who=PIPELINE, details=details)
