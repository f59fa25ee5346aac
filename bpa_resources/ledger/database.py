"""Where the ledger lies and how it is read and changed: one writer at a time, on SQLite and on Postgres alike.

Add here what is said of connections and transactions. Every change takes the head of the audit trail first, so that the
trail has one order and no two changes can wait for each other; none is held while a request is under way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bpa_resources.errors import InputError, one_line
from bpa_resources.ledger import tables

WAIT_SECONDS = 60
"""How long a change waits for the one before it; each takes milliseconds, so a minute means that something hangs."""


class Database:
    """The connections of one process; a process that is forked opens its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with _told(), engine.connect() as connection:
            ready = tables.stored_version(connection) == tables.VERSION
        if not ready:
            with _told(), engine.begin() as connection:
                tables.prepare_schema(connection)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the ledger and waits for nobody."""
        options: dict[str, Any] = {"bpa_reads": True}
        if self._engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"
        with _told(), self._engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def change(self) -> Iterator[sa.Connection]:
        """A transaction in which nobody else changes anything: all of it is kept, or nothing."""
        with _told(), self._engine.begin() as connection:
            connection.execute(sa.select(tables.audit_head.c.seq).with_for_update())
            yield connection

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def open_database(home: Path, url: str | None) -> Database:
    """`<home>/ledger.db`, or the Postgres that `url` names. Raises InputError where it cannot be opened."""
    if url is None:
        home.mkdir(parents=True, exist_ok=True)
        return Database(_sqlite(home / "ledger.db"))
    return Database(_postgres(url))


def _sqlite(file: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(file)),
        connect_args={"timeout": WAIT_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    def set_up(connection: Any, record: object) -> None:  # noqa: ARG001
        # FULL: a claim that a loss of power takes back would let a request be sent twice.
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "trusted_schema=off"):
            connection.execute(f"pragma {pragma}")

    def begin(connection: sa.Connection) -> None:
        reads = connection.get_execution_options().get("bpa_reads")
        connection.exec_driver_sql("begin" if reads else "begin immediate")

    sa.event.listen(engine, "connect", set_up)
    sa.event.listen(engine, "begin", begin)
    return engine


def _postgres(url: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"connect_timeout": 10}, pool_size=2, pool_pre_ping=True)

    def set_up(connection: Any, record: object) -> None:  # noqa: ARG001
        with connection.cursor() as cursor:
            for setting in ("lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute("select set_config(%s, %s, false)", (setting, f"{WAIT_SECONDS}s"))
        connection.commit()

    sa.event.listen(engine, "connect", set_up)
    return engine


@contextmanager
def _told() -> Iterator[None]:
    """What a person can put right of the database, in one sentence; never with the address, that holds a password."""
    try:
        yield
    except sa.exc.OperationalError as error:
        raise InputError(f"the ledger cannot be reached or changed: {one_line(str(error.orig))}") from error
