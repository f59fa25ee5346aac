"""Wide files: a row a case and a column a milestone, such as `Created; Approved; Paid`.

They are recognised and offered, never read so unasked: `source.milestones` says which columns are milestones. Each date
in one becomes an event with the name of the column. What the other columns are is for `columns.py`.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.absent_texts import is_absent
from bpa_assets.event_log.column_names import normalised, role_of
from bpa_assets.event_log.sources import Source, SourceColumn
from bpa_assets.event_log.time_columns import times_in
from bpa_resources.errors import InputError

if TYPE_CHECKING:
    import duckdb

_ID = re.compile(r"^(id|no|nr)|(id|no|nr|num|key|code|number|nummer|numero)$")
_FEWEST = 3
"""So many columns of dates beside a column that is different in every row: with two it may be a start and an end."""


class WideFileError(InputError):
    """A file that looks like a wide one, with the settings under which it would be read as such."""

    def __init__(self, source: Source, case: int, milestones: Sequence[int]) -> None:
        key, *dates = (source.columns[index].name for index in (case, *milestones))
        self.settings: dict[str, str | list[str]] = {"case_id": key, "milestones": dates}
        written = ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in self.settings.items())
        super().__init__(
            f"{source.name} has no column of activities, but a row a case and a column of dates a milestone; if each "
            f"of these dates is an event, say so in process.yaml: source: {{{written}}}"
        )


def with_milestones(source: Source, milestones: Sequence[int]) -> Source:
    """The same with a record a milestone: two further columns, the activity (the column's name) and its time.

    A milestone without a date is no record; a row without any is one, without activity and time, so that it is counted
    and refused. Records of a row follow each other in the order of `milestones`.
    """
    columns = [source.columns[index] for index in milestones]
    alike = len({(column.type, column.zoned) for column in columns}) == 1
    kind = SourceColumn("milestone time", columns[0].type, columns[0].zoned) if alike else SourceColumn("", "VARCHAR")

    def scan(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyRelation":
        from duckdb import CoalesceOperator, ColumnExpression, ConstantExpression, FunctionExpression, SQLExpression

        rows = source.scan(connection)
        times = [
            _reached(f"c{index}", column).cast(kind.type) for index, column in zip(milestones, columns, strict=True)
        ]
        names = [ConstantExpression(column.name) for column in columns]
        cells = rows.project(
            *(ColumnExpression(name) for name in rows.columns),
            CoalesceOperator(*times).alias("any_time"),
            FunctionExpression("unnest", FunctionExpression("list_value", *names)).alias("milestone"),
            FunctionExpression("unnest", FunctionExpression("list_value", *times)).alias("reached"),
            SQLExpression(f"unnest(range({len(milestones)}))").alias("place"),
        )
        records = cells.filter("reached is not null or (any_time is null and place = 0)")
        first, second = len(source.columns), len(source.columns) + 1
        return records.project(
            *(ColumnExpression(f"c{index}") for index in range(first)),
            SQLExpression("case when reached is not null then milestone end").alias(f"c{first}"),
            ColumnExpression("reached").alias(f"c{second}"),
            SQLExpression(f"(source_row - 1) * {len(milestones)} + place + 1").alias("source_row"),
        )

    made = (SourceColumn("milestone", "VARCHAR", made=True), replace(kind, name="milestone time", made=True))
    return replace(
        source,
        columns=(*source.columns, *made),
        scan=scan,
        stored=None,
        records=source.records * len(milestones),
        records_a_row=len(milestones),
    )


def _reached(cell: str, column: SourceColumn) -> "duckdb.Expression":
    """A milestone's cell; null where a text stands there for no time."""
    from duckdb import ColumnExpression, SQLExpression

    if column.type != "VARCHAR":
        return ColumnExpression(cell)
    return SQLExpression(f"case when not {is_absent(cell, 'times')} then {cell} end")


def rows_of_file(numbers: pa.Array, records_a_row: int) -> pa.Array:
    """The numbers of the rows in the file, from those of the records."""
    if records_a_row == 1:
        return numbers
    return pc.add(pc.divide(pc.subtract(numbers, 1), records_a_row), 1)


def seen_milestones(
    head: "duckdb.DuckDBPyRelation", source: Source, columns: Collection[int]
) -> tuple[int, tuple[int, ...]] | None:
    """The column that is different in every row and those that hold dates, if the file looks like a wide one."""
    from duckdb import SQLExpression

    times = tuple(sorted(times_in(head, source, columns)))
    others = [index for index in columns if index not in times]
    if len(times) < _FEWEST or not others:
        return None
    distinct = [SQLExpression(f"count(distinct c{index}) = count(*)") for index in others]
    unique = head.aggregate(distinct).fetchall()[0]
    keys = [index for index, is_key in zip(others, unique, strict=True) if is_key]
    case = min(keys, key=lambda index: _unlike_an_id(source.columns[index].name), default=None)
    return None if case is None else (case, times)


def _unlike_an_id(name: str) -> int:
    """0: it has the name of a case, 1: of some id; 2: a title that happens to be different in every row."""
    return 0 if role_of(name) == "case_id" else 1 if _ID.search(normalised(name)) else 2
