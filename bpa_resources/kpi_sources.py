"""The published tables of the lake as views in the KPI database: what dbt reads, and what `fct_event` looks through.

One view a table in schema `lake`, over all published processes, with `process` and `run_id` in front; the event log
of each process also as a typed view `main.event_<process>`. Statements are built from parsed syntax trees, so names
and paths are always quoted as what they are.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from bpa_resources.exact_paths import exact_path
from bpa_resources.home import Home
from bpa_resources.lake import kpi_histories, published_files
from bpa_resources.lake_tables import LAKE_TABLES
from bpa_resources.ledger.stored_table import actions_table
from bpa_resources.publication import Publication
from bpa_resources.tables.event_log import EVENT_LOG
from bpa_resources.tables.lake_table import LakeTable

if TYPE_CHECKING:
    import duckdb

_ATTRIBUTES = "MAP(VARCHAR, VARCHAR)"


def create_sources(connection: "duckdb.DuckDBPyConnection", home: Home, published: Sequence[Publication]) -> None:
    """Create or replace all source views for what is published now."""
    connection.execute("create schema if not exists lake")
    for table in LAKE_TABLES.values():
        parts = [part for one in published if (part := _part(home, one, table)) is not None]
        _create_view(connection, exp.table_(table.name, db="lake"), [_nothing(table), *parts])
    _create_actions(connection, home)
    parts = [_published(one) for one in published]
    _create_view(connection, exp.table_("published", db="lake"), [_nobody(), *parts])
    _create_typed_views(connection, home, published)


def _create_actions(connection: "duckdb.DuckDBPyConnection", home: Home) -> None:
    """`lake.executed_actions`: the actions of the ledger as they stand now, a table: the ledger may be elsewhere."""
    connection.register("actions_of_the_ledger", actions_table(home))
    connection.execute("create or replace table lake.executed_actions as from actions_of_the_ledger")
    connection.unregister("actions_of_the_ledger")


def _create_typed_views(connection: "duckdb.DuckDBPyConnection", home: Home, published: Sequence[Publication]) -> None:
    """`event_<process>`: the event log of one process with its attributes as typed columns."""
    wanted = {_typed_view(one.process): one for one in published}
    found = connection.execute(
        "select view_name from duckdb_views() where schema_name = 'main' and starts_with(view_name, 'event_') "
        "and not internal"
    ).fetchall()
    for (name,) in found:
        if name not in wanted and name not in _TAKEN:
            connection.execute(exp.Drop(this=exp.table_(name, db="main", quoted=True), kind="VIEW").sql("duckdb"))
    for name, one in wanted.items():
        files = published_files(home.lake / one.process, one, "event_log")
        if files:
            select = exp.select(exp.Star()).from_(_parquet(files))
            _create_view(connection, exp.table_(name, db="main", quoted=True), [select])


_TAKEN = ("event_log", "event_attribute")
"""Names of the contract, whatever their case: no view of a process may stand in their way."""


def _typed_view(process: str) -> str:
    name = process.replace("-", "_")
    # A key never begins with a dash: two underscores are no other process's.
    return f"event__{name}" if f"event_{name}" in _TAKEN else f"event_{name}"


def _part(home: Home, one: Publication, table: LakeTable) -> exp.Select | None:
    """The rows of one process."""
    files = _files(home, one, table)
    if not files:
        return None
    stored = _stored_columns(files)
    columns: list[exp.Expr] = [
        exp.cast(exp.column(column.name, quoted=True), column.type, dialect="duckdb").as_(column.name, quoted=True)
        if column.name in stored
        else _null(column.name, column.type)  # the run is older than the column
        for column in table.columns
    ]
    if table is EVENT_LOG:
        columns.append(_attribute_map(files).as_("attributes"))
    return exp.select(*_who(one), *columns).from_(_parquet(files))


def _files(home: Home, one: Publication, table: LakeTable) -> list[Path]:
    folder = home.lake / one.process
    if table.name != "kpi_snapshot":
        return published_files(folder, one, table.name)
    # The history is written after the run was published, and not for a run that another overtook.
    return kpi_histories(folder)[-1:]


def _attribute_map(files: Sequence[Path]) -> exp.Expr:
    """Attribute → text, absent ones left out."""
    names = [name for name in _stored_columns(files) if name not in EVENT_LOG.column_names]
    keys = exp.Array(expressions=[exp.Literal.string(name) for name in names])
    values = exp.Array(
        expressions=[exp.cast(exp.column(name, quoted=True), "VARCHAR", dialect="duckdb") for name in names]
    )
    if not names:
        return exp.cast(exp.Anonymous(this="map"), _ATTRIBUTES, dialect="duckdb")
    entries = exp.func("map_entries", exp.func("map", keys, values))
    present = parse_one("LIST_FILTER(x, LAMBDA x: x.value IS NOT NULL)", dialect="duckdb").expression
    return exp.func("map_from_entries", exp.func("list_filter", entries, present))


def _stored_columns(files: Sequence[Path]) -> list[str]:
    import pyarrow.parquet

    names: list[str] = pyarrow.parquet.read_schema(files[0]).names
    return names


def _parquet(files: Sequence[Path]) -> exp.Expr:
    paths = exp.Array(expressions=[exp.Literal.string(exact_path(file)) for file in files])
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[paths]))


def _who(one: Publication) -> list[exp.Expr]:
    return [exp.Literal.string(one.process).as_("process"), exp.Literal.string(one.run_id).as_("run_id")]


def _published(one: Publication) -> exp.Select:
    moment = exp.cast(exp.Literal.string(one.published_at), "TIMESTAMP", dialect="duckdb").as_("published_at")
    return exp.select(*_who(one), moment)


def _nobody() -> exp.Select:
    columns = ("process", "VARCHAR"), ("run_id", "VARCHAR"), ("published_at", "TIMESTAMP")
    return exp.select(*(_null(name, type_name) for name, type_name in columns)).where("false")


def _nothing(table: LakeTable) -> exp.Select:
    """No rows, but the columns and their types: for processes and tables that are not there yet."""
    columns = [("process", "VARCHAR"), ("run_id", "VARCHAR"), *((one.name, one.type) for one in table.columns)]
    if table is EVENT_LOG:
        columns.append(("attributes", _ATTRIBUTES))
    return exp.select(*(_null(name, type_name) for name, type_name in columns)).where("false")


def _null(name: str, type_name: str) -> exp.Expr:
    return exp.cast(exp.null(), type_name, dialect="duckdb").as_(name, quoted=True)


def _create_view(connection: "duckdb.DuckDBPyConnection", view: exp.Table, parts: Sequence[exp.Select]) -> None:
    union = exp.union(*parts, distinct=False, dialect="duckdb") if len(parts) > 1 else parts[0]
    connection.execute(exp.Create(this=view, kind="VIEW", replace=True, expression=union).sql("duckdb"))
