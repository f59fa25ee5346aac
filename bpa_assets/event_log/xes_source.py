"""A XES log as a source: its events as they were read, what the log declares filled in.

What the XML says is read by `xes.reader`, what its declarations mean is in `xes.declared`; here they become
expressions of the scan, so that no row is touched twice.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bpa_assets.event_log.sources import Classifier, Scan, Source, SourceColumn, columns_of
from bpa_assets.event_log.xes.declared import (
    Value,
    classifier_columns,
    filled_in,
    not_of_type,
    told,
    usable_defaults,
)
from bpa_assets.event_log.xes.reader import XesFile, read_xes
from bpa_resources.exact_paths import exact_path

if TYPE_CHECKING:
    import duckdb

_TYPES = {"int": "BIGINT", "float": "DOUBLE", "boolean": "BOOLEAN"}


def xes_source(path: Path, *, scratch: Path) -> Source:
    """Read a XES log; errors: InputError, one sentence naming the file."""
    file = read_xes(path, scratch=scratch, name=path.name)
    parts = [exact_path(part) for part in file.parquet]

    def scan(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyRelation":
        return connection.read_parquet(parts)

    columns = columns_of(scan, [column.name for column in file.columns], zoned=True)
    classifiers = classifier_columns(file.head, file.columns)
    return _with_defaults(
        Source(
            path.name,
            columns,
            scan,
            file.events,
            findings=tuple(f"{path.name}: {finding}" for finding in told(file)),
            log_attributes=file.head.attributes,
            classifiers=tuple(Classifier(name, tuple(at), tuple(missing)) for name, at, missing in classifiers),
        ),
        file,
    )


def _with_defaults(source: Source, file: XesFile) -> Source:
    """The same with the defaults that the log declares in the place of absent values, and what was filled in told."""
    defaults = list(usable_defaults(file))
    absent = _absent(source, [default.column for default in defaults if default.column is not None])
    filled: dict[int, Value] = {}
    further: list[tuple[str, Value]] = []
    findings = []
    columns = list(source.columns)
    for default in defaults:
        rows = file.events if default.column is None else absent[default.column]
        stored = _TYPES.get(default.kind, "VARCHAR") if default.column is None else columns[default.column].type
        value = default.value(stored)
        if not rows:
            continue
        findings.append(f"{source.name}: {not_of_type(default) if value is None else filled_in(default, rows=rows)}")
        if value is not None and default.column is None:
            columns.append(SourceColumn(default.name, stored, made=True))
            further.append((stored, value))
        elif value is not None and default.column is not None:
            filled[default.column] = value
    if not filled and not further:
        return replace(source, findings=(*source.findings, *findings))
    scan = _filled_scan(source, filled, further)
    return replace(source, columns=tuple(columns), scan=scan, findings=(*source.findings, *findings))


def _absent(source: Source, columns: list[int]) -> dict[int, int]:
    """How many events have no value, by column; the file is only looked at where a default is to be filled in."""
    import duckdb
    from duckdb import SQLExpression

    if not columns:
        return {}
    counts = source.scan(duckdb.connect()).aggregate([SQLExpression(f"count(*) - count(c{at})") for at in columns])
    return dict(zip(columns, counts.fetchall()[0], strict=True))


def _filled_scan(source: Source, filled: dict[int, Value], further: list[tuple[str, Value]]) -> Scan:
    def scan(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyRelation":
        return source.scan(connection).project(*_expressions(len(source.columns), filled, further))

    return scan


def _expressions(
    columns: int, filled: dict[int, Value], further: list[tuple[str, Value]]
) -> "Iterator[duckdb.Expression]":
    from duckdb import CoalesceOperator, ColumnExpression, ConstantExpression

    for at in range(columns):
        column = ColumnExpression(f"c{at}")
        yield CoalesceOperator(column, ConstantExpression(filled[at])).alias(f"c{at}") if at in filled else column
    for at, (stored, value) in enumerate(further, start=columns):
        yield ConstantExpression(value).cast(stored).alias(f"c{at}")
    yield ColumnExpression("source_row")
