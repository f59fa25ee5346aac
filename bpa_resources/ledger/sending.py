"""A worker takes an approved action, sends it outside of any transaction, and tells what became of it.

Add here what happens between "approved" and an end. How a call is made is the connectors'.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bpa_resources.connectors.call import BROKEN, Outcome
from bpa_resources.ledger import stored_actions
from bpa_resources.ledger.action import Action, State
from bpa_resources.ledger.approval import PIPELINE, is_approved
from bpa_resources.ledger.canonical import storable, utc
from bpa_resources.ledger.stored_actions import move, note
from bpa_resources.ledger.tables import action as actions

POSTPONED_SECONDS = 60
LONGEST_POSTPONED_SECONDS = 3600
"""How long an action whose tries all failed waits at least, before its next call: twice as long after each three of
them, so that a system that is out of order for days is not asked every minute. It ends with the deadline."""

MOST_LOSSES = 5
"""So often may workers be lost or break with one action; then it is the action, and a person has to look."""


@dataclass(frozen=True)
class Wanted:
    """What a worker may take: None leaves it open."""

    connections: Collection[str] | None = None
    processes: Collection[str] | None = None
    action_id: str | None = None


def claim(connection: sa.Connection, worker: str, now: datetime, lease_seconds: float, wanted: Wanted) -> Action | None:
    """The next action that may be sent, now this worker's until `now` + `lease_seconds`; None: nothing waits.

    First one whose worker's lease lapsed and that may be sent again with the same key (one that may not, or that too
    many workers were lost with, becomes `unknown`), then the oldest that is approved and before its deadline. What is
    not what was approved is never sent.
    """
    now = utc(now)
    while (row := _next(connection, now, wanted)) is not None:
        action = stored_actions.action_of(row)
        lapsed = action.status == "sending"
        if lapsed and (not action.repeatable or action.losses + 1 >= MOST_LOSSES):
            give_up(connection, action, now)
        elif not _is_what_was_approved(connection, action):
            to: State = "unknown" if lapsed else "rejected"
            stop(connection, action, to, "what is stored is not what was approved", now)
        else:
            return _lease(connection, action, worker, now, lease_seconds)
    return None


def _next(connection: sa.Connection, now: datetime, wanted: Wanted) -> sa.RowMapping | None:
    due = sa.or_(actions.c.next_at.is_(None), actions.c.next_at <= now)
    lapsed = (actions.c.status == "sending") & (actions.c.lease_until <= now)
    approved = (actions.c.status == "approved") & (actions.c.deadline_at > now) & due
    action_ids = None if wanted.action_id is None else [wanted.action_id]
    may = {"connection": wanted.connections, "process": wanted.processes, "action_id": action_ids}
    of_these = [actions.c[name].in_(sorted(names)) for name, names in may.items() if names is not None]
    for waits in (lapsed, approved):  # two questions, each along the index: of 10,000 that wait, one sorts them all
        query = sa.select(actions).where(waits, *of_these).order_by(actions.c.created_at, actions.c.action_id).limit(1)
        if (row := connection.execute(query).mappings().one_or_none()) is not None:
            return row
    return None


def _is_what_was_approved(connection: sa.Connection, action: Action) -> bool:
    names = stored_actions.names_of(connection, action)
    approved = is_approved(action.policy, action.risk, action.proposed_by, names)
    return approved and action.call.request_hash == action.request_hash


def _lease(connection: sa.Connection, action: Action, worker: str, now: datetime, lease_seconds: float) -> Action:
    held: dict[str, Any] = {"worker": worker, "lease_until": now + timedelta(seconds=lease_seconds), "next_at": None}
    held |= {"sent_at": now, "losses": losses_of(action)}
    held |= {"first_sent_at": _first_sent(action) if action.status == "sending" else action.first_sent_at}
    details = {"key": action.key, "request_hash": action.request_hash}
    if action.status == "approved":
        return move(connection, action, "sending", now=now, who=worker, details=details, **held)
    again = stored_actions.change(connection, action, **held)
    note(connection, again, "sending again", now=now, who=worker, details=details | {"lost_worker": action.worker})
    return again


def _first_sent(action: Action) -> datetime | None:
    """Of one whose last send may have had its effect: the first such."""
    return action.first_sent_at or action.sent_at


def losses_of(action: Action) -> int:
    """How often nobody knew how far it came, the worker that holds it counted: it is to be taken from that one."""
    return action.losses + (action.status == "sending")


def give_up(connection: sa.Connection, action: Action, now: datetime) -> None:
    """A worker, or an answer, was lost with a call that may not be sent again: a person has to look."""
    lost = "was lost while it sent this" if action.status == "sending" else "got no answer, and its deadline has passed"
    if action.repeatable and action.status == "sending":
        lost += f", the last of {losses_of(action)} workers"
    stop(connection, action, "unknown", f"{action.worker} {lost}: nobody knows whether it had its effect", now)


def stop(connection: sa.Connection, action: Action, to: State, reason: str, now: datetime) -> None:
    """Nobody sends it any more, and why."""
    changed: dict[str, Any] = {"reason": reason, "lease_until": None, "losses": losses_of(action)}
    move(connection, action, to, now=now, who=PIPELINE, details={"reason": reason}, **changed)


def renew(connection: sa.Connection, action_id: str, worker: str, now: datetime, lease_seconds: float) -> bool:
    """Whether it is still this worker's, who then has it for so long from `now` on: asked right before it is sent."""
    held = (actions.c.action_id == action_id) & (actions.c.worker == worker) & (actions.c.status == "sending")
    lease = {"lease_until": utc(now) + timedelta(seconds=lease_seconds)}
    return connection.execute(actions.update().where(held).values(lease)).rowcount == 1


def finish(connection: sa.Connection, action_id: str, worker: str, outcome: Outcome, now: datetime) -> bool:
    """Keep what became of the call; False if it is not this worker's any more (the trail keeps what it says).

    A worker whose lease lapsed is still believed while nobody else has the action: also where it became `unknown` in
    the meantime, or a person took it for not sent, and the worker knows better.
    """
    now = utc(now)
    action = stored_actions.read_action(connection, action_id)
    told = {name: value for name, value in asdict(outcome).items() if value not in (None, "")}
    knows_better = {"unknown": ("done", "failed"), "approved": ("done",), "withdrawn": ("done",)}
    may_be_said = action.status == "sending" or outcome.status in knows_better.get(action.status, ())
    event, to, changed = _meaning(action, outcome, now)
    if action.worker != worker or not may_be_said or to == action.status:
        note(connection, action, "late answer", now=now, who=worker, details=told)
        return False
    attempts, losses = action.attempts + outcome.attempts, action.losses + (outcome.error_class == BROKEN)
    changed = {
        **{"attempts": attempts, "losses": losses, "reason": storable(outcome.reason), "lease_until": None},
        **changed,
    }
    move(connection, action, to, event=event, now=now, who=worker, details=told, **changed)
    return True


def _pause(action: Action, outcome: Outcome) -> timedelta:
    """What its tries so far ask for; nothing where none was made and the outcome says when: circuit, limit."""
    if outcome.attempts == 0 and outcome.not_before:
        return timedelta()
    doubled = min((action.attempts + outcome.attempts) // 3 - 1, 10)
    return timedelta(seconds=min(POSTPONED_SECONDS * 2 ** max(doubled, 0), LONGEST_POSTPONED_SECONDS))


def _meaning(action: Action, outcome: Outcome, now: datetime) -> tuple[str, State, dict[str, Any]]:
    """The word for the trail, the state after it, and the fields that this kind of outcome changes.

    A refusal says of this send that it did nothing, and nothing of one before it whose answer was lost.
    """
    if outcome.status == "done":
        return "done", "done", {"result": dict(outcome.result), "done_at": now}
    if outcome.status == "later" and outcome.error_class == BROKEN and action.losses + 1 >= MOST_LOSSES:
        to: State = "unknown" if outcome.maybe_done or action.first_sent_at else "failed"
        return to, to, {"reason": storable(f"it broke {action.losses + 1} times, at last: {outcome.reason}")}
    if outcome.status == "later":
        again = max(utc(outcome.not_before or now), now + _pause(action, outcome))
        lost = {"first_sent_at": _first_sent(action)} if outcome.maybe_done else {}
        return "postponed", "approved", {"next_at": again, **lost}
    if outcome.status == "failed" and action.first_sent_at is not None:
        return (
            "unknown",
            "unknown",
            {"reason": storable(f"an earlier try was not answered, and then: {outcome.reason}")},
        )
    return outcome.status, outcome.status, {}
