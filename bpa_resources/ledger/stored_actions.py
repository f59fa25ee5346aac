"""Actions as rows: read, and moved from one state to the next together with a row of the audit trail.

Add here what every change of an action needs. Which change is allowed to whom is in `deciding.py`, `proposing.py` and
`sending.py`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bpa_resources.connectors.call import Call
from bpa_resources.errors import InputError
from bpa_resources.ledger import audit_trail
from bpa_resources.ledger.action import TRANSITIONS, Action, Policy, State
from bpa_resources.ledger.canonical import canonical_json, same_person, storable
from bpa_resources.ledger.tables import action as actions
from bpa_resources.ledger.tables import approval as approvals


def action_of(row: sa.RowMapping) -> Action:
    """A row of `ledger_action` as an Action."""
    call = Call(row["connection"], row["operation"], json.loads(row["input"]))
    policy = json.loads(row["policy"])
    held = {name: row[name] for name in Action.__dataclass_fields__ if name not in ("call", "policy", "result")}
    return Action(
        call=call,
        policy=Policy(**{**policy, "approvers": tuple(policy["approvers"])}),
        result=json.loads(row["result"]),
        **held,
    )


def columns_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an Action as columns of `ledger_action`."""
    columns = {name: value for name, value in fields.items() if name not in ("call", "policy", "result")}
    if call := fields.get("call"):
        columns |= {"connection": call.connection, "operation": call.operation, "input": canonical_json(call.input)}
    if policy := fields.get("policy"):
        columns["policy"] = canonical_json(asdict(policy))
    if (result := fields.get("result")) is not None:
        columns["result"] = canonical_json(result)
    return columns


def read_action(connection: sa.Connection, action_id: str) -> Action:
    """The action. Raises InputError where there is none."""
    row = connection.execute(sa.select(actions).where(actions.c.action_id == action_id)).mappings().one_or_none()
    if row is None:
        raise InputError(f"the ledger holds no action {action_id}: `bpa actions list` shows those it holds")
    return action_of(row)


def read_actions(
    connection: sa.Connection, process: str | None, states: Sequence[State], limit: int | None
) -> list[Action]:
    """The actions by the moment at which they were proposed, then by id."""
    query = sa.select(actions).order_by(actions.c.created_at, actions.c.action_id).limit(limit)
    if process is not None:
        query = query.where(actions.c.process == process)
    if states:
        query = query.where(actions.c.status.in_(states))
    return [action_of(row) for row in connection.execute(query).mappings()]


def names_of(connection: sa.Connection, action: Action) -> list[str]:
    """Who approved the request that the action holds now, in order."""
    same = (approvals.c.action_id == action.action_id) & (approvals.c.request_hash == action.request_hash)
    query = sa.select(approvals.c.name).where(same).order_by(approvals.c.at, approvals.c.person)
    return list(connection.execute(query).scalars())


def note_approval(connection: sa.Connection, action: Action, name: str, now: datetime) -> bool:
    """Keep that this person approved the request; False if that was known."""
    person = same_person(name)
    if person in {same_person(one) for one in names_of(connection, action)}:
        return False
    row = {
        "action_id": action.action_id,
        "request_hash": action.request_hash,
        "person": person,
        "name": name,
        "at": now,
    }
    connection.execute(approvals.insert().values(row))
    return True


def forget_approvals(connection: sa.Connection, action: Action) -> None:
    """What was said to any request of it counts no more; the trail keeps who said it."""
    connection.execute(approvals.delete().where(approvals.c.action_id == action.action_id))


def move(
    connection: sa.Connection,
    action: Action,
    to: State,
    /,
    *,
    now: datetime,
    who: str,
    event: str | None = None,
    details: Mapping[str, Any] | None = None,
    **changed: Any,
) -> Action:
    """Bring the action into the state `to`, change these fields, and write it into the trail.

    Raises InputError for a step that `TRANSITIONS` does not know. `changed`: fields of Action.
    """
    if to not in TRANSITIONS[action.status]:
        raise InputError(f"{action.action_id} is {action.status}: it cannot become {to}")
    after = change(connection, action, status=to, **changed)
    note(connection, after, event or to, now=now, who=who, details=details)
    return after


def change(connection: sa.Connection, action: Action, /, **changed: Any) -> Action:
    """Change these fields of the action, if nobody else changed its state."""
    as_it_was = (actions.c.action_id == action.action_id) & (actions.c.status == action.status)
    stored = connection.execute(actions.update().where(as_it_was).values(columns_of(changed)))
    if stored.rowcount != 1:
        raise InputError(f"{action.action_id} was changed by somebody else: look at it again")
    return replace(action, **changed)


def note(
    connection: sa.Connection,
    action: Action,
    event: str,
    *,
    now: datetime,
    who: str,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write an event of this action into the trail."""
    audit_trail.append(connection, [event_of(action, event, now=now, who=who, details=details)])


def event_of(
    action: Action, event: str, *, now: datetime, who: str, details: Mapping[str, Any] | None = None
) -> audit_trail.Event:
    """An event of this action, as the trail writes it."""
    return audit_trail.Event(now, action.action_id, action.process, event, storable(who), details or {})
