"""The audit trail: what happened to every action, in one order, each row bound to the one before it by its hash.

Add here what is said of the trail as a whole. A row is written in the transaction that changes the action; nothing ever
changes one. The hash of a row is the SHA-256 of the hash before it and of the row's own canonical JSON, so one altered
letter breaks the chain from there on; the head lies in a table of its own, so a trail that lost its end is told too.
Not to be found out from within: somebody who may write to the database, and makes every hash after an altered row and
the head anew. So `head` is there to be noted somewhere else, and `verify` compares it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bpa_resources.ledger.action import State
from bpa_resources.ledger.canonical import canonical_json, storable, written
from bpa_resources.ledger.tables import action, audit, audit_head

STATE_AFTER: dict[str, State] = {
    "proposed": "proposed",
    "changed": "proposed",
    "approved": "approved",
    "sending": "sending",
    "sending again": "sending",
    "postponed": "approved",
    "done": "done",
    "failed": "failed",
    "unknown": "unknown",
    "retried": "approved",
    "found done": "done",
    "found not sent": "approved",
    "rejected": "rejected",
    "expired": "expired",
    "withdrawn": "withdrawn",
    "asked for again": "proposed",
}
"""The events after which an action is in another state. `approval given`, `late answer` and `reminded` change none."""


@dataclass(frozen=True)
class Event:
    """What is to be written of one action. `event`: of `STATE_AFTER`, or one that changes no state."""

    at: datetime
    action_id: str
    process: str
    event: str
    who: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditRow:
    """What happened to one action, as the trail holds it."""

    seq: int
    at: datetime
    event: str
    who: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Head:
    """The last row of the trail: its number (0: none yet) and its hash."""

    seq: int
    hash: str


@dataclass(frozen=True)
class AuditFault:
    """The first row of the trail that is not as it was written, and how that shows."""

    seq: int
    reason: str


def append(connection: sa.Connection, events: Sequence[Event]) -> None:
    """Write them at the end of the trail, in the caller's transaction (`Database.change` has locked the head)."""
    if not events:
        return
    head = read_head(connection)
    seq, before = head.seq, head.hash
    rows = []
    for one in events:
        seq += 1
        texts = (written(one.at), one.action_id, one.process, one.event, one.who, canonical_json(one.details))
        at, action_id, process, event, who, details = (storable(text) for text in texts)
        before = chain(before, (seq, at, action_id, process, event, who, details))
        rows.append(
            {
                "seq": seq,
                "at": at,
                "action_id": action_id,
                "process": process,
                "event": event,
                "who": who,
                "details": details,
                "hash": before,
            }
        )
    connection.execute(audit.insert(), rows)
    connection.execute(audit_head.update().values(seq=seq, hash=before))


def chain(before: str, content: Sequence[object]) -> str:
    """The hash of a row (`content`: its columns but the hash), after the row with the hash `before`; "" for none."""
    return hashlib.sha256((before + canonical_json(list(content))).encode()).hexdigest()


def read_head(connection: sa.Connection) -> Head:
    """The last row, as the ledger notes it apart from the trail."""
    row = connection.execute(sa.select(audit_head)).mappings().one()
    return Head(row["seq"], row["hash"])


def verify(connection: sa.Connection, noted: Head | None = None) -> AuditFault | None:
    """The first row that was altered, removed or added; None if the trail is whole.

    `noted`: a head that was noted somewhere else; the trail must still go through it.
    """
    seq, before = 0, ""
    for row in _rows(connection):
        seq += 1
        if row[0] != seq:
            return AuditFault(seq, f"row {seq} is not there")
        of_its_kind = type(row[0]) is int and all(type(text) is str for text in row[1:])
        if not of_its_kind or row[-1] != chain(before, row[:-1]):
            return AuditFault(seq, f"row {seq}, or its hash, is not what was written")
        before = row[-1]
        if noted and noted.seq == seq and noted.hash != before:
            return AuditFault(seq, f"row {seq} is not the one that was noted: the trail up to here was written anew")
    return _verify_end(read_head(connection), noted, Head(seq, before))


def _verify_end(head: Head, noted: Head | None, found: Head) -> AuditFault | None:
    if noted and noted.seq > found.seq:
        return AuditFault(found.seq + 1, f"the trail ends with row {found.seq}, row {noted.seq} was noted")
    if head.seq > found.seq:
        return AuditFault(found.seq + 1, f"the trail ends with row {found.seq} and had {head.seq}")
    if head.seq < found.seq:
        return AuditFault(head.seq + 1, f"row {head.seq + 1} was added behind the end, or the end's note was altered")
    if head.hash != found.hash:
        return AuditFault(found.seq, f"row {found.seq} is not the one that is noted as the last")
    return None


def verify_states(connection: sa.Connection) -> AuditFault | None:
    """The first action whose state is not the one that the trail tells, by the row that tells it; None: all agree."""
    query = sa.select(audit).where(audit.c.event.in_(STATE_AFTER)).order_by(audit.c.seq)
    told = {row.action_id: (row.seq, STATE_AFTER[row.event]) for row in connection.execute(query)}
    stored = {row.action_id: row.status for row in connection.execute(sa.select(action.c.action_id, action.c.status))}
    for action_id, (seq, state) in sorted(told.items(), key=lambda item: item[1]):
        if stored.pop(action_id, None) != state:
            return AuditFault(seq, f"{action_id} is not as row {seq} left it, that is {state}")
    return AuditFault(0, f"{min(stored)} is in the ledger and not in the trail") if stored else None


def _rows(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    """The rows in order, columns as `audit` has them; of a trail of any length a thousand at a time."""
    query = sa.select(audit).order_by(audit.c.seq)
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:
        yield from rows


def history(connection: sa.Connection, action_id: str) -> list[AuditRow]:
    """The rows of one action, in order."""
    query = sa.select(audit).where(audit.c.action_id == action_id).order_by(audit.c.seq)
    return [
        AuditRow(row["seq"], datetime.fromisoformat(row["at"]), row["event"], row["who"], json.loads(row["details"]))
        for row in connection.execute(query).mappings()
    ]
