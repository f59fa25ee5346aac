"""What all runs share of a connection: its pace, when its server wants to be left alone, and its circuit.

Add here what one process has to tell the others about a connection. Which answers count as failures, and what is done
while a circuit is open, is the engine's. The circuit after M. Nygard, *Release It!* (2007): closed; open after
`FAILURES` in a row; half open after `OPEN_SECONDS`, when one probe is let through.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bpa_resources.connectors.call import Limits
from bpa_resources.ledger.canonical import utc
from bpa_resources.ledger.database import Database
from bpa_resources.ledger.tables import connection_state as states

FAILURES = 5
OPEN_SECONDS = 30
PROBE_SECONDS = 60
"""How long a probe is waited for, before its worker counts as lost."""
ASK_AGAIN_SECONDS = 5
"""When others ask again while a probe is under way."""


class ConnectionStates:
    """`SharedState` on rows of the ledger. Moments come back with the zone UTC.

    How many requests may be under way at once is not kept here: the pools of Dagster hold that, a pool a system.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_token(self, connection: str, limits: Limits, now: datetime) -> datetime | None:
        """Take the right to one request; else when to ask again.

        Requests keep a distance of `per_seconds` / `rate`, so no window of `per_seconds` holds more than `rate`.
        """
        now = utc(now)
        waits = _later(self._state(connection).get("limit_until"), now)
        if waits or limits.rate <= 0:
            return waits
        with self._database.change() as change:
            state = _row(change, connection)
            waits = _later(state.get("limit_until"), now) or _later(state.get("next_token_at"), now)
            if not waits:
                distance = timedelta(seconds=limits.per_seconds / limits.rate)
                _store(change, connection, state, next_token_at=now + distance)
            return waits

    def limit_until(self, connection: str, until: datetime) -> None:
        """No request before `until`: the server said so. An earlier moment than the one that holds changes nothing."""
        with self._database.change() as change:
            state = _row(change, connection)
            if not _later(state.get("limit_until"), until):
                _store(change, connection, state, limit_until=utc(until))

    def circuit_allows(self, connection: str, now: datetime) -> datetime | None:
        """None: closed, or this is the one probe of a half-open circuit; else when to ask again."""
        now = utc(now)
        if self._state(connection).get("open_until") is None:
            return None
        with self._database.change() as change:
            state = _row(change, connection)
            if state.get("open_until") is None:
                return None
            if waits := _later(state["open_until"], now):
                return waits
            if _later(state["probe_until"], now):
                return now + timedelta(seconds=ASK_AGAIN_SECONDS)
            _store(change, connection, state, probe_until=now + timedelta(seconds=PROBE_SECONDS))
            return None

    def circuit_record(self, connection: str, *, ok: bool, now: datetime) -> None:
        """Count a success, or a failure of the classes transient and timeout; five in a row open it for 30 s."""
        now = utc(now)
        if ok and not self._state(connection).get("failures"):
            return
        with self._database.change() as change:
            state = _row(change, connection)
            if ok:
                _store(change, connection, state, failures=0, open_until=None, probe_until=None)
                return
            failures = (state.get("failures") or 0) + 1
            opened = {}
            if failures >= FAILURES and not _later(state.get("open_until"), now):
                opened = {"open_until": now + timedelta(seconds=OPEN_SECONDS), "probe_until": None}
            _store(change, connection, state, failures=failures, **opened)

    def _state(self, connection: str) -> dict[str, Any]:
        with self._database.read() as read:
            return _row(read, connection)


def _row(connection: sa.Connection, name: str) -> dict[str, Any]:
    row = connection.execute(sa.select(states).where(states.c.connection == name)).mappings().one_or_none()
    return dict(row) if row else {}


def _store(connection: sa.Connection, name: str, state: dict[str, Any], **changed: Any) -> None:
    if state:
        connection.execute(states.update().where(states.c.connection == name).values(**changed))
    else:
        connection.execute(states.insert().values({"connection": name, "failures": 0, **changed}))


def _later(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment if it is still to come."""
    return moment if moment is not None and moment > utc(now) else None
