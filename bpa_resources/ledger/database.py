"""Where the ledger lies and how it is read and changed: one writer at a time, on SQLite and on Postgres alike.

Add here what is said of connections and transactions. Every change takes the head of the audit trail first, so that the
trail has one order and no two changes can wait for each other; none is held while a request is under way.
"""

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bpa_resources.errors import InputError, LedgerError, one_line
from bpa_resources.home import Home
from bpa_resources.ledger import tables
from bpa_resources.publication import replace_file

WAIT_SECONDS = 60
"""How long a change waits for the one before it; each takes milliseconds, so a minute means that something hangs."""


class Database:
    """The connections of one process; a process that is forked opens its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with self.read() as connection:
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


def open_database(home: Home, url: str | None) -> Database:
    """`ledger.db` in the home, or the Postgres that `url` names. Raises InputError where it cannot be opened."""
    if url is None:
        home.folder.mkdir(parents=True, exist_ok=True)
        return Database(_sqlite(home.ledger))
    database = Database(_postgres(url))
    _check_is_ours(database, home)
    return database


def _check_is_ours(database: Database, home: Home) -> None:
    """Two homes on one ledger would send each other's actions over their own connections. It moves with the home."""
    note = home.folder / "ledger.name"
    with database.change() as change:
        if not note.exists():
            replace_file(note, secrets.token_hex(8).encode())
        name = note.read_text(encoding="utf-8")
        owner: str = change.execute(sa.select(tables.about.c.home)).scalar_one()
        if owner == "":
            change.execute(tables.about.update().values(home=name))
        elif owner != name:
            raise InputError(
                f"the database of BPA_LEDGER_URL holds the ledger of another home than {home.folder}; name another one"
            )


def _sqlite(file: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(file)),
        connect_args={"timeout": WAIT_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    def set_up(connection: Any, record: object) -> None:  # noqa: ARG001
        # A byte that is no UTF-8 any more is to be found out by `verify`, not to stop the reader.
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        _use_write_ahead_log(connection)
        for pragma in ("foreign_keys=on", "trusted_schema=off"):
            connection.execute(f"pragma {pragma}")

    def begin(connection: sa.Connection) -> None:
        # A claim that a loss of power takes back would let a request be sent twice. Said each time, because
        # `instance.wait_when_locked` says less to every connection of the process.
        connection.exec_driver_sql("pragma synchronous=full")
        reads = connection.get_execution_options().get("bpa_reads")
        connection.exec_driver_sql("begin" if reads else "begin immediate")

    sa.event.listen(engine, "connect", set_up)
    sa.event.listen(engine, "begin", begin)
    return engine


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """For this alone SQLite does not wait by itself: of many that open a new file at once one would be refused."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


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
    except sa.exc.DBAPIError as error:
        if type(error) not in (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.DatabaseError):
            raise
        raise LedgerError(f"the ledger cannot be read or changed: {one_line(str(error.orig))}") from error
