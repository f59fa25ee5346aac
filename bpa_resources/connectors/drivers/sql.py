"""Databases that speak SQL: a statement of the manifest, or one row of a table, in one transaction a try.

An operation's `request` is one of two:

- `{statement: "UPDATE orders SET held = :held WHERE id = :id", parameters: {id: "${input.id}"}, most: 100}`: the text
  is the manifest's, word for word; values are only ever bound. A parameter that was not given is NULL.
- `{row: add | write | change | delete | find, table, where, values, key, key_column, most}`: see `sql_rows`.

Statuses are those HTTP would have: 401 and 403, 404 no such table or row, 409 the row of this key is there already,
400 and 422 what the database refuses. What breaks before COMMIT, and a lock or deadlock, surely had no effect (`sent`
is false); only a COMMIT whose answer is lost is ambiguous. Add a dialect to `_LINKS` once a test speaks to one. What a
row operation does stays in `sql_rows`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.drivers import DriverTools, sql_rows
from bpa_resources.connectors.hosts import LOOPBACK
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import filled, values_of
from bpa_resources.errors import InputError, one_line

if TYPE_CHECKING:
    from sqlalchemy import Connection as Session
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL
    from sqlalchemy.exc import DBAPIError

_READ_MOST = 100
_BUSY = 503

# SQLSTATE, by its first letters, longest first: PostgreSQL 15, appendix A.
_STATES = (
    ("42501", 403), ("28", 401), ("42P01", 404), ("40", _BUSY), ("53", _BUSY), ("55P03", _BUSY),
    ("57P", _BUSY), ("22", 422), ("23", 422), ("42", 400),
)  # fmt: skip
_SQLITE = {
    "SQLITE_BUSY": _BUSY, "SQLITE_LOCKED": _BUSY, "SQLITE_CONSTRAINT": 422, "SQLITE_MISMATCH": 422,
    "SQLITE_TOOBIG": 422, "SQLITE_READONLY": 403, "SQLITE_PERM": 403, "SQLITE_AUTH": 403, "SQLITE_ERROR": 400,
}  # fmt: skip


def make_driver(tools: DriverTools) -> "SqlDriver":
    """The driver; `ca_file` of a connection is relative to the home."""
    return SqlDriver(tools.home)


class SqlDriver:
    """PostgreSQL and SQLite. Each try connects anew, so nothing stale is ever kept."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def problems(self, connection: Connection, operation: Operation, given: Mapping[str, Any]) -> tuple[str, ...]:
        """A table that the connection does not list, and columns or values that no row can have."""
        request = _request(connection, operation, given, key="0")
        return sql_rows.problems(request, connection.settings) if "row" in request else ()

    def send(self, connection: Connection, operation: Operation, given: Mapping[str, Any], this: Try) -> Answer:
        """Do it in one transaction; `body`: `rows`, for a read, or how many rows were written."""
        from sqlalchemy.exc import DBAPIError

        request = _request(connection, operation, given, key=this.key)
        try:
            session = _engine(connection, self._home, this.seconds).connect()
        except InputError as error:
            return Answer("answer", sent=False, status=400, reason=str(error))
        except DBAPIError as error:
            return _no_connection(error)
        with session:
            return _in_a_transaction(session, request, reads=operation.effect == "read", seconds=this.seconds)

    def close(self) -> None:
        """Nothing is kept open."""


def _request(connection: Connection, operation: Operation, given: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    request: dict[str, Any] = filled(operation.request, values_of(connection, operation, given, key=key), absent={})
    if "statement" in operation.request:
        request["statement"] = operation.request["statement"]  # no placeholder is ever written into SQL
        nothing = dict.fromkeys(operation.request.get("parameters", {}))  # NULL for what was not given
        request["parameters"] = {**nothing, **request.get("parameters", {})}
    return request


def _in_a_transaction(session: "Session", request: dict[str, Any], *, reads: bool, seconds: float) -> Answer:
    from sqlalchemy.exc import DBAPIError, IntegrityError

    try:
        _guard(session, reads=reads, seconds=seconds)
        answer = sql_rows.do(session, request) if "row" in request else _statement(session, request)
    except IntegrityError as error:
        session.rollback()
        again = sql_rows.after_a_clash(session, request) if "row" in request else None
        return again or _refusal(error)
    except DBAPIError as error:
        return _refusal(error)
    except OverflowError as error:  # of sqlite3 itself: nothing was written
        session.rollback()
        return Answer("answer", status=422, reason=f"the database cannot hold it: {error}")
    if answer.status != 200:
        session.rollback()
        return answer
    return _committed(session, answer)


def _committed(session: "Session", answer: Answer) -> Answer:
    from sqlalchemy.exc import DBAPIError, IntegrityError

    try:
        session.commit()
    except IntegrityError as error:  # a constraint that is checked at COMMIT: rolled back
        return _refusal(error)
    except DBAPIError as error:
        return Answer("no_answer", reason=f"the database did not confirm the COMMIT: {_text(error)}")
    return answer


def _statement(session: "Session", request: dict[str, Any]) -> Answer:
    from sqlalchemy import text

    result = session.execute(text(request["statement"]), request["parameters"])
    if not result.returns_rows:
        return Answer("answer", status=200, body={"written": result.rowcount})
    return sql_rows.rows_answer(result, int(request.get("most", _READ_MOST)))


def _guard(session: "Session", *, reads: bool, seconds: float) -> None:
    """No statement takes longer than `seconds`, and what is said to read cannot write."""
    from sqlalchemy import text

    if session.dialect.name == "postgresql":
        if reads:
            session.execute(text("SET TRANSACTION READ ONLY"))
        session.execute(
            text("SELECT set_config('statement_timeout', :limit, true)"), {"limit": f"{seconds * 1000:.0f}"}
        )
    elif reads:
        session.execute(text("PRAGMA query_only = ON"))


def _engine(connection: Connection, home: Path, seconds: float) -> "Engine":
    from sqlalchemy import NullPool, create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(connection.settings["url"])
    except (ArgumentError, ValueError):
        raise InputError(f"connection {connection.name}: url is no address of a database; write {_EXAMPLE}") from None
    if url.password or url.query:
        raise InputError(
            f"connection {connection.name}: url holds a password or options; give the password as {{env: NAME}} or "
            "{file: PATH}, and no options"
        )
    link = _LINKS.get(url.get_backend_name())
    if link is None:
        raise InputError(
            f"connection {connection.name}: {url.get_backend_name()} is not supported; use {' or '.join(_LINKS)}"
        )
    url, arguments = link(url, connection, home, seconds)
    return create_engine(url, poolclass=NullPool, connect_args=arguments)


_EXAMPLE = "postgresql://USER@HOST:5432/DATABASE"


def _postgresql(url: "URL", connection: Connection, home: Path, seconds: float) -> tuple["URL", dict[str, Any]]:
    """Encrypted, and the server's certificate checked, unless it is this machine."""
    wait = max(2, round(seconds))  # libpq: whole seconds, of at least 2
    arguments: dict[str, Any] = {"connect_timeout": wait, "tcp_user_timeout": wait * 1000, "application_name": "bpa"}
    if (url.host or "localhost") not in LOOPBACK:
        named = connection.settings.get("ca_file")
        arguments |= {"sslmode": "verify-full", "sslrootcert": str(home / named) if named else "system"}
    password = connection.secrets.get("password")
    return url.set(drivername="postgresql+psycopg2", password=password), arguments


def _sqlite(url: "URL", _connection: Connection, _home: Path, seconds: float) -> tuple["URL", dict[str, Any]]:
    """A file that is there: a misspelt name makes no empty database."""
    if not url.database or not Path(url.database).is_absolute():
        raise InputError("the url of an SQLite file has four slashes and its whole path: sqlite:////srv/orders.db")
    path = f"file:{quote(url.database)}"
    return url.set(drivername="sqlite", database=path, query={"mode": "rw", "uri": "true"}), {"timeout": seconds}


_LINKS: Mapping[str, Callable[["URL", Connection, Path, float], tuple["URL", dict[str, Any]]]] = {
    "postgresql": _postgresql,
    "sqlite": _sqlite,
}


def _no_connection(error: "DBAPIError") -> Answer:
    text = _text(error)
    if "authentication failed" in text or "no password supplied" in text:  # libpq gives no SQLSTATE here
        return Answer("answer", sent=False, status=401, reason=f"the database refuses the user: {text}")
    return Answer("no_answer", sent=False, reason=f"the database cannot be reached: {text}")


def _refusal(error: "DBAPIError") -> Answer:
    """Before COMMIT: nothing of it stays, whatever went wrong."""
    state = str(getattr(error.orig, "pgcode", None) or "")
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if state == "57014":
        return Answer("no_answer", sent=False, reason="the database took too long, and the statement was given up")
    status = next((status for start, status in _STATES if state.startswith(start)), None) if state else None
    status = status or next((status for start, status in _SQLITE.items() if name.startswith(start)), None)
    if status is None and (error.connection_invalidated or not (state or name)):
        return Answer("no_answer", sent=False, reason=f"the connection to the database broke: {_text(error)}")
    if status == _BUSY:
        return Answer("no_answer", sent=False, reason=f"the database is busy: {_text(error)}")
    return Answer("answer", status=status or 500, reason=f"the database refuses it: {_text(error)}")


def _text(error: "DBAPIError") -> str:
    return one_line(str(error.orig))[:300]
