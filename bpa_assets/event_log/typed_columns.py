"""The raw columns of a source as those of a bucket: texts, times, numbers; and which records cannot be used.

DuckDB defines what a text means. It is not asked where the answer is plain: for texts that stay texts, for columns
that have their type already, and for those of a large file that compiled code can read. To move 10M records through
DuckDB and back costs 5 CPU-seconds, and these spare all of it for most files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.absent_texts import is_absent
from bpa_assets.event_log.attributes import AttributeType, carried
from bpa_assets.event_log.column_expressions import (
    FIRST,
    LAST,
    amount,
    any_of,
    as_type,
    is_no_amount,
    why_refused,
    within_reach,
)
from bpa_assets.event_log.column_names import TIMES, Role
from bpa_assets.event_log.columns import ColumnMapping
from bpa_assets.event_log.number_texts import number
from bpa_assets.event_log.profile import Profile
from bpa_assets.event_log.sources import Source
from bpa_assets.event_log.times import ISO, is_local, parsed

if TYPE_CHECKING:
    import duckdb

LARGE = 500_000
"""Records of a file from which on compiled code is used: importing it costs about what it spares there."""
TEXTS: tuple[Role, ...] = ("case_id", "activity", "lifecycle", "instance", "resource", "role")
ARROW: dict[AttributeType, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
}


@dataclass(frozen=True)
class MappedSource:
    """A source with what its columns are and hold; `attributes`: final column name → index in the source."""

    source: Source
    columns: ColumnMapping
    profile: Profile
    attributes: dict[str, int]


@dataclass(frozen=True)
class _Column:
    """A column of the buckets: its type there, and its index in the source (None: it has no such column)."""

    name: str
    type: AttributeType
    index: int | None


class TypedColumns:
    """How the records of one source become rows of the buckets.

    `mark_local`: tell of each time, in a column `…:local`, whether it is a local one.
    """

    def __init__(self, mapped: MappedSource, attribute_types: Mapping[str, AttributeType], *, mark_local: bool) -> None:
        self._source = mapped.source
        self._roles = mapped.columns.roles
        self._ways = mapped.profile.ways
        self._costs = mapped.columns.cost
        self._styles = mapped.profile.numbers.styles
        self._compiled = mapped.source.records >= LARGE
        self._mark_local = mark_local
        self._attributes = [
            _Column(carried(name), kind, mapped.attributes.get(name)) for name, kind in attribute_types.items()
        ]

    def of(self, batch: pa.RecordBatch, connection: "duckdb.DuckDBPyConnection") -> pa.RecordBatch:
        """The typed columns of a batch of the source, rows in the same order.

        After them: source_row, reason (null: it can be used), record (a refused one as JSON), misfit (an attribute is
        not of its type), no_amount (a cost is no amount), no_time (an attribute is a time that nothing can hold).
        """
        known: dict[str, pa.Array] = {}
        left: dict[str, duckdb.Expression] = {}
        for column in self._columns():
            plain = self._plain(column, batch)
            known |= plain
            left |= {} if plain else self._computed(column)
        if left or _may_be_refused(known):
            known |= self._by_duckdb(batch, known, left, connection)
        else:
            nothing, no = pa.nulls(len(batch), pa.string()), pa.repeat(False, len(batch))
            known |= {"reason": nothing, "record": nothing, "misfit": no, "no_amount": no, "no_time": no}
        known["source_row"] = batch.column("source_row")
        names = [*self._names(), "source_row", "reason", "record", "misfit", "no_amount", "no_time"]
        return pa.RecordBatch.from_arrays([known[name] for name in names], names)

    def _columns(self) -> Iterator[_Column]:
        """All columns of a bucket that a source fills; in the same order for every file of a log."""
        yield from (_Column(role, "VARCHAR", self._roles.get(role)) for role in TEXTS)
        yield from (_Column(role, "TIMESTAMP", self._roles.get(role)) for role in TIMES)
        yield from self._attributes
        yield _Column("cost", "DOUBLE", self._costs[0] if self._costs else None)

    def _names(self) -> Iterator[str]:
        for column in self._columns():
            yield column.name
            if self._mark_local and column.type == "TIMESTAMP":
                yield f"{column.name}:local"

    def _plain(self, column: _Column, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """The column where its values are plain; else nothing."""
        if column.index is None:
            return self._marked(column, pa.nulls(len(batch), ARROW[column.type]), pa.repeat(False, len(batch)))
        raw, source = batch.column(f"c{column.index}"), self._source.columns[column.index]
        if column.name == "cost" and (len(self._costs) > 1 or source.type != "VARCHAR"):
            return {}
        if source.type == column.type == "TIMESTAMP":
            limits = pc.min_max(raw.cast(pa.int64())).as_py()
            if len(batch) > raw.null_count and not FIRST <= limits["min"] <= limits["max"] <= LAST:
                return {}
            return self._marked(column, raw, pa.repeat(not source.zoned, len(batch)))
        if source.type == column.type:
            return {column.name: raw}
        return self._read_by_compiled_code(column, raw) if source.type == "VARCHAR" and self._compiled else {}

    def _read_by_compiled_code(self, column: _Column, texts: pa.Array) -> dict[str, pa.Array]:
        """The column if every value is written plainly; else nothing."""
        if column.type == "TIMESTAMP" and self._ways.get(column.index or 0, ISO) == ISO:
            from bpa_assets.event_log.compiled.iso_times import iso_times

            times = iso_times(texts)
            return self._marked(column, *times) if times else {}
        if column.type in ("DOUBLE", "BIGINT") and column.index not in self._styles:
            from bpa_assets.event_log.compiled.plain_numbers import plain_numbers

            numbers = plain_numbers(texts, whole=column.type == "BIGINT")
            return {} if numbers is None else {column.name: numbers}
        return {}

    def _marked(self, column: _Column, values: pa.Array, is_local: pa.Array) -> dict[str, pa.Array]:
        if self._mark_local and column.type == "TIMESTAMP":
            return {column.name: values, f"{column.name}:local": is_local}
        return {column.name: values}

    def _computed(self, column: _Column) -> "dict[str, duckdb.Expression]":
        """The column by DuckDB; one that the source lacks is plain."""
        from duckdb import ColumnExpression, ConstantExpression

        if column.index is None:
            return {}
        source, raw = self._source.columns[column.index], f"c{column.index}"
        if column.name == "cost":
            return {"cost": amount(list(self._amounts().values()))}
        if column.type != "TIMESTAMP":
            style = self._styles.get(column.index)
            return {column.name: as_type(raw, column.type, is_text=source.type == "VARCHAR", style=style)}
        if source.type == "VARCHAR":
            way = self._ways.get(column.index, ISO)
            time, local = within_reach(parsed(raw, way)), is_local(raw, way)
        else:
            time, local = within_reach(ColumnExpression(raw)), ConstantExpression(not source.zoned)
        return {column.name: time, f"{column.name}:local": local} if self._mark_local else {column.name: time}

    def _amounts(self) -> dict[str, str]:
        """The raw columns of the costs, and each as SQL reads the number."""
        return {f"c{index}": number(f"c{index}", self._styles.get(index)) for index in self._costs}

    def _by_duckdb(
        self,
        batch: pa.RecordBatch,
        known: Mapping[str, pa.Array],
        left: "Mapping[str, duckdb.Expression]",
        connection: "duckdb.DuckDBPyConnection",
    ) -> dict[str, pa.Array]:
        """The columns that are left, and what is to be said of each record."""
        from duckdb import CaseExpression, ColumnExpression, StarExpression

        reason = why_refused(self._roles)
        judged = {
            "reason": reason,
            # Written out for refused records only: it is dear.
            "record": CaseExpression(reason.isnotnull(), self._source.record_json()),
            "misfit": any_of([*self._misfits()]),
            "no_amount": is_no_amount(self._amounts()),
            "no_time": any_of([*self._lost(set(left))]),
        }
        raw = pa.table(dict(zip(batch.schema.names, batch.columns, strict=True)) | dict(known))
        made = (
            connection.from_arrow(raw)
            .project(StarExpression(), *(expression.alias(name) for name, expression in left.items()))
            .project(
                *(ColumnExpression(name) for name in left),
                *(expression.alias(name) for name, expression in judged.items()),
            )
            .to_arrow_table()
        )
        return {name: _one(made[name]) for name in made.column_names}

    def _misfits(self) -> "Iterator[duckdb.Expression]":
        """Of each attribute: whether a record has a value there that is not of the attribute's type."""
        from duckdb import ColumnExpression, SQLExpression

        for column in self._attributes:
            if column.index is None or column.type == "VARCHAR":
                continue
            if self._source.columns[column.index].type == "VARCHAR":  # a declared type is kept
                raw = f"c{column.index}"
                is_value = SQLExpression(f"{raw} is not null and not {is_absent(raw, 'numbers')}")
                yield is_value & ColumnExpression(column.name).isnull()

    def _lost(self, computed: set[str]) -> "Iterator[duckdb.Expression]":
        """Of each attribute that is a time by its type: whether a record has one beyond the years that are held."""
        from duckdb import ColumnExpression

        for column in self._attributes:
            if column.name in computed and self._source.columns[column.index or 0].type == column.type == "TIMESTAMP":
                yield ColumnExpression(f"c{column.index}").isnotnull() & ColumnExpression(column.name).isnull()


def _may_be_refused(known: Mapping[str, pa.Array]) -> bool:
    """Whether a record may lack its case, its activity or any time; all else was plain to read."""
    texts = known["case_id"].null_count + known["activity"].null_count
    return bool(texts) or bool(known["start_time"].null_count and known["end_time"].null_count)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
