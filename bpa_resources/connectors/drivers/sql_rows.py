"""What can be done with one row of a table: statements that SQLAlchemy builds from the table as the database tells it.

The table must be one that the connection lists, its columns must be there, and what identifies a row must be unique:
a primary key, or a unique constraint or index over just these columns. So a second try finds the first one's row.

- `add`: a new row that carries the key of the action in `key_column`; if it is there, 409.
- `write`: the row of `where` gets `values`; made if it is not there.
- `change`: as `write`, but it must be there (404). `delete`: it is not there afterwards.
- `find`: the rows of `where`, at most `most`.

Add another thing to do with a row here. Fixed statements, connecting and what errors mean stay in `sql`.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bpa_resources.connectors.driver import Answer
from bpa_resources.connectors.drivers.json_values import json_value

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, CursorResult, Table
    from sqlalchemy import Connection as Session

_READ_MOST = 100

_FROM_JSON: Mapping[type, Callable[[Any], Any]] = {
    datetime: lambda value: datetime.fromisoformat(str(value)),
    date: lambda value: date.fromisoformat(str(value)),
    time: lambda value: time.fromisoformat(str(value)),
    Decimal: lambda value: Decimal(str(value)),
}


class _RefusedError(Exception):
    """(status, why): what the table as it is cannot take."""


def problems(request: Mapping[str, Any], settings: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with a row operation before the database is asked."""
    found = []
    listed = [name.strip() for name in settings.get("tables", "").split(",") if name.strip()]
    if request.get("table") not in listed:
        found.append(f"table {request.get('table')!r} is not listed in the connection; it has {', '.join(listed)}")
    if request["row"] in ("add", "write", "change") and not request.get("values"):
        found.append("no values are given; give at least one column and its value")
    if request["row"] in ("write", "change", "delete") and not request.get("where"):
        found.append("it is not said which row; give the columns that identify it and their values")
    if request["row"] == "add" and request.get("key_column") in request.get("values", {}):
        found.append(f"column {request['key_column']!r} holds the key of the action; give it no value")
    return tuple(found)


def do(session: "Session", request: Mapping[str, Any]) -> Answer:
    """Carry a row operation out in the open transaction; commits nothing. IntegrityError: see `after_a_clash`."""
    try:
        table = _table(session, request["table"])
        return _ACTS[request["row"]](session, table, request)
    except _RefusedError as refused:
        status, why = refused.args
        return Answer("answer", status=status, reason=why)


def after_a_clash(session: "Session", request: Mapping[str, Any]) -> Answer | None:
    """What a violated constraint meant, asked in a new transaction: None when it was no other try's row."""
    if request["row"] not in ("add", "write"):
        return None
    table = _table(session, request["table"])
    where = {request["key_column"]: request["key"]} if request["row"] == "add" else request["where"]
    if not _count(session, table, where):
        return None
    if request["row"] == "add":
        return Answer("answer", status=409, body={"written": 0}, reason="the row of this action is there already")
    return Answer("no_answer", sent=False, reason="somebody wrote this row at the same moment")


def rows_answer(result: "CursorResult[Any]", most: int) -> Answer:
    """The rows of a read as JSON has them: times as ISO 8601, exact numbers as text, bytes as hex."""
    rows = result.mappings().fetchmany(most + 1)
    shown = [{name: json_value(value) for name, value in row.items()} for row in rows[:most]]
    return Answer("answer", status=200, body={"rows": shown, "more": len(rows) > most})


def _add(session: "Session", table: "Table", request: Mapping[str, Any]) -> Answer:
    column, key = request["key_column"], request["key"]
    _must_be_unique(session, table, {column})
    if _count(session, table, {column: key}):
        return Answer("answer", status=409, body={"written": 0}, reason="the row of this action is there already")
    session.execute(table.insert().values(_values(table, {**request["values"], column: key})))
    return Answer("answer", status=200, body={"written": 1, "key": key})


def _write(session: "Session", table: "Table", request: Mapping[str, Any]) -> Answer:
    where, values = request["where"], request["values"]
    _must_be_unique(session, table, set(where))
    changed = session.execute(table.update().where(*_conditions(table, where)).values(_values(table, values))).rowcount
    if not changed:
        session.execute(table.insert().values(_values(table, {**where, **values})))
    return Answer("answer", status=200, body={"written": 1, "made": not changed})


def _change(session: "Session", table: "Table", request: Mapping[str, Any]) -> Answer:
    where = request["where"]
    _must_be_unique(session, table, set(where))
    statement = table.update().where(*_conditions(table, where)).values(_values(table, request["values"]))
    if not session.execute(statement).rowcount:
        raise _RefusedError(404, f"{table.name} has no such row")
    return Answer("answer", status=200, body={"written": 1})


def _delete(session: "Session", table: "Table", request: Mapping[str, Any]) -> Answer:
    where = request["where"]
    _must_be_unique(session, table, set(where))
    return Answer(
        "answer",
        status=200,
        body={"written": session.execute(table.delete().where(*_conditions(table, where))).rowcount},
    )


def _find(session: "Session", table: "Table", request: Mapping[str, Any]) -> Answer:
    most = int(request.get("most", _READ_MOST))
    statement = table.select().where(*_conditions(table, request.get("where", {}))).limit(most + 1)
    return rows_answer(session.execute(statement.order_by(*table.primary_key.columns)), most)


_ACTS: Mapping[str, Callable[["Session", "Table", Mapping[str, Any]], Answer]] = {
    "add": _add,
    "write": _write,
    "change": _change,
    "delete": _delete,
    "find": _find,
}


def _table(session: "Session", name: str) -> "Table":
    from sqlalchemy import MetaData, Table
    from sqlalchemy.exc import NoSuchTableError

    schema, _, short = name.rpartition(".")
    try:
        return Table(short, MetaData(), schema=schema or None, autoload_with=session, resolve_fks=False)
    except NoSuchTableError:
        raise _RefusedError(404, f"there is no table {name!r}") from None


def _must_be_unique(session: "Session", table: "Table", columns: set[str]) -> None:
    """Raises _RefusedError unless the database itself allows one row of these columns only."""
    from sqlalchemy import inspect

    inspector = inspect(session)
    unique = [set(table.primary_key.columns.keys())]
    unique += (set(found["column_names"]) for found in inspector.get_unique_constraints(table.name, table.schema))
    unique += (
        {name for name in found["column_names"] if name}
        for found in inspector.get_indexes(table.name, table.schema)
        if found["unique"] and not _is_partial(found)
    )
    if columns not in unique:
        names = ", ".join(sorted(columns))
        raise _RefusedError(400, f"{table.name} may hold several rows of one {names}; make it unique there")


def _is_partial(index: Mapping[str, Any]) -> bool:
    options = index.get("dialect_options", {})
    return None in index["column_names"] or any(
        name.endswith("_where") and options[name] is not None for name in options
    )


def _conditions(table: "Table", where: Mapping[str, Any]) -> list["ColumnElement[bool]"]:
    return [table.c[name] == value for name, value in _values(table, where).items()]


def _count(session: "Session", table: "Table", where: Mapping[str, Any]) -> int:
    return len(session.execute(table.select().where(*_conditions(table, where)).limit(1)).all())


def _values(table: "Table", given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as their columns take them. Raises _RefusedError for a column or value that cannot be."""
    for name in given:
        if name not in table.c:
            raise _RefusedError(400, f"{table.name} has no column {name!r}; it has {', '.join(table.c.keys())}")
    return {name: _as_column(table, name, value) for name, value in given.items()}


def _as_column(table: "Table", name: str, value: Any) -> Any:
    try:
        kind = table.c[name].type.python_type
    except NotImplementedError:
        return value
    if value is None or kind not in _FROM_JSON:
        return value
    try:
        return _FROM_JSON[kind](value)
    except (ValueError, ArithmeticError):
        raise _RefusedError(400, f"{table.name}.{name}: {value!r} is no {kind.__name__.lower()}") from None
