"""One source file as columns that can be scanned: CSV, XES and Parquet look alike from here on.

A column is called c0, c1, … in the scan, so that no name of a user's stands in a query. Add a file format here; what
the columns mean is in `columns.py`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bpa_assets.event_log.absent_texts import is_absent
from bpa_assets.event_log.limits import check_columns, shown_names
from bpa_assets.event_log.plain_files import kind_of, plain_copy

if TYPE_CHECKING:
    import duckdb

Scan = Callable[["duckdb.DuckDBPyConnection"], "duckdb.DuckDBPyRelation"]
_BATCH = 200_000


@dataclass(frozen=True)
class SourceColumn:
    """One column of a source: its name there, its DuckDB type in the scan.

    `zoned`: a TIMESTAMP that is UTC already; other times are local to `source.timezone`. `made`: it is not in the
    file, but made of other columns or of what the file declares.
    """

    name: str
    type: str
    zoned: bool = False
    made: bool = False


@dataclass(frozen=True)
class Classifier:
    """How a log says that events are named: by the values of these columns; `missing`: its keys that no event has."""

    name: str
    columns: tuple[int, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One source file; `scan` gives c0…cn and source_row (number of the data record, 1-based) in file order.

    A scan may be a stream: it is executed once. `stored`: the same as Arrow batches, where they lie as such already.
    `records`: how many there are; `records_a_row`: a row of the file is so many of them, numbered on in `source_row`
    (one, but for milestones). `refused` is a Parquet file (reason, source_row, record) of records that could not be
    read as records. `delimiter`: of delimited text. `log_attributes`: what a log says about itself, `classifiers`: of
    its events, as XES does.
    """

    name: str
    columns: tuple[SourceColumn, ...]
    scan: Scan
    records: int
    refused: Path | None = None
    findings: tuple[str, ...] = ()
    ends_whole: bool = True
    stored: Callable[[], pa.RecordBatchReader] | None = None
    records_a_row: int = 1
    delimiter: str | None = None
    log_attributes: Mapping[str, str] = field(default_factory=dict)
    classifiers: tuple[Classifier, ...] = ()

    def row(self, source_row: int) -> int:
        """The number of the row in the file, from that of the record."""
        return (source_row - 1) // self.records_a_row + 1

    def batches(self, connection: "duckdb.DuckDBPyConnection") -> Iterator[pa.RecordBatch]:
        """All records as Arrow batches; a column of texts may come as a dictionary. The connection stays free."""
        if self.stored:
            yield from self.stored()
            return
        with connection.cursor() as reading:
            yield from self.scan(reading).to_arrow_reader(_BATCH)

    def record_json(self, *, sort: bool = False) -> "duckdb.Expression":
        """A record of the scan as a JSON object: column name → text; `sort`: the same in any order of the columns."""
        from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

        numbered = sorted(enumerate(self.columns), key=lambda one: one[1].name if sort else "")
        numbered = [(index, column) for index, column in numbered if not column.made]
        parts = [
            part
            for index, column in numbered
            for part in (ConstantExpression(column.name), ColumnExpression(f"c{index}").cast("VARCHAR"))
        ]
        return FunctionExpression("json_object", *parts).cast("VARCHAR")

    def as_texts(self, indexes: Collection[int]) -> "Source":
        """The same with some columns as text: numbers that stand for times are read as what they look like."""

        def scan(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyRelation":
            from duckdb import ColumnExpression

            rows = self.scan(connection)
            texts = {f"c{index}" for index in indexes}
            columns = [ColumnExpression(name) for name in rows.columns]
            return rows.project(
                *(
                    column.cast("VARCHAR").alias(name) if name in texts else column
                    for name, column in zip(rows.columns, columns, strict=True)
                )
            )

        columns = tuple(
            SourceColumn(column.name, "VARCHAR") if index in indexes else column
            for index, column in enumerate(self.columns)
        )
        return replace(self, columns=columns, scan=scan, stored=None)

    def without_absent(self, indexes: Collection[int]) -> "Source":
        """The same with no value in these columns of names where a text stands for none."""

        def scan(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyRelation":
            from duckdb import ColumnExpression, SQLExpression

            rows = self.scan(connection)
            texts = {f"c{index}" for index in indexes}
            return rows.project(
                *(
                    SQLExpression(f"case when not {is_absent(name, 'names')} then {name} end").alias(name)
                    if name in texts
                    else ColumnExpression(name)
                    for name in rows.columns
                )
            )

        return replace(self, scan=scan, stored=None)

    def with_joined(self, groups: Sequence[Sequence[int]], *, sign: str = " ") -> "Source":
        """The same with further columns of text: of each group of columns the texts, `sign` between them.

        Null where the first is null.
        """

        def scan(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyRelation":
            from duckdb import CaseExpression, ColumnExpression, ConstantExpression, FunctionExpression, StarExpression

            def made(group: Sequence[int]) -> "duckdb.Expression":
                texts = [ColumnExpression(f"c{index}").cast("VARCHAR") for index in group]
                joined = FunctionExpression("concat_ws", ConstantExpression(sign), *texts)
                return CaseExpression(texts[0].isnotnull(), joined)

            added = (made(group).alias(f"c{at}") for at, group in enumerate(groups, start=len(self.columns)))
            return self.scan(connection).project(StarExpression(), *added)

        names = (sign.join(self.columns[index].name for index in group) for group in groups)
        made = (SourceColumn(name, "VARCHAR", made=True) for name in names)
        return replace(self, columns=(*self.columns, *made), scan=scan, stored=None)

    def names(self) -> str:
        """The column names, for messages."""
        return shown_names([column.name for column in self.columns if not column.made])


def open_source(path: Path, *, scratch: Path, delimiter: str | None = None) -> Source:
    """Open a log file of any kind that is read; errors: InputError, one sentence naming the file."""
    source = _opened(path, scratch=scratch / path.name, delimiter=delimiter)
    check_columns([column.name for column in source.columns if not column.made], name=source.name)
    return source


def _opened(path: Path, *, scratch: Path, delimiter: str | None) -> Source:
    kind = kind_of(path)
    scratch.mkdir(parents=True, exist_ok=True)
    if kind == "xes":
        from bpa_assets.event_log.xes_source import xes_source

        return xes_source(path, scratch=scratch)
    plain = plain_copy(path, scratch=scratch, name=path.name)
    if kind == "parquet":
        from bpa_assets.event_log.parquet_source import parquet_source

        return parquet_source(plain, name=path.name)
    return _delimited(plain, scratch=scratch, name=path.name, delimiter=delimiter)


def _delimited(path: Path, *, scratch: Path, name: str, delimiter: str | None) -> Source:
    from bpa_assets.event_log.delimited.reader import read_delimited

    file = read_delimited(path, scratch=scratch, name=name, delimiter=delimiter)
    columns = tuple(SourceColumn(column, "VARCHAR") for column in file.columns)
    return Source(
        name,
        columns,
        file.scan,
        file.records,
        refused=file.refused,
        findings=file.findings,
        ends_whole=file.ends_in_newline,
        stored=file.batches,
        delimiter=file.delimiter,
    )


def columns_of(scan: Scan, names: Sequence[str], *, zoned: bool) -> tuple[SourceColumn, ...]:
    """The columns c0, c1, … of a scan, with their names in the source."""
    import duckdb

    rows = scan(duckdb.connect())
    types = dict(zip(rows.columns, map(str, rows.types), strict=True))
    return tuple(SourceColumn(name, types[f"c{index}"], zoned=zoned) for index, name in enumerate(names))
