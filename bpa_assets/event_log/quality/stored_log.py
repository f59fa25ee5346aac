"""The stored log as the finders of patterns see it: a few small tables, each from one streaming pass.

Add a table here when several finders need it; what one finder needs alone it asks for itself, and only where a cheap
figure says that there is something to find. Every query is over columns that are short to read, and has few groups;
what needs neighbours or cases is in `one_pass.py`. 10M events: half a second of CPU a pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bpa_assets.event_log.quality.one_pass import OnePass
from bpa_assets.event_log.quality.patterns import Example
from bpa_resources.exact_paths import exact_path

if TYPE_CHECKING:
    import duckdb

EXAMPLES = 5
PLACE = ("file_row_number", "file_index")
"""Where a row lies in the stored files. In this order DuckDB finds the first rows in a few row groups of each file."""
Row = dict[str, Any]

_UNITS = {"days": 86_400_000_000, "hours": 3_600_000_000, "minutes": 60_000_000, "seconds": 1_000_000}
# By activity: how exactly its times are written, and what else one pass can tell.
_ACTIVITY = {
    "activity": "any_value(activity)",
    "n": "count(*)",
    "durations": "count_if(has_duration)",
    "opens": "count_if(is_open)",
    "first_start": "min(start_time)",
    "last_end": "max(end_time)",
} | {
    f"{side}_{name}": f"count_if(epoch_us({side}_time) % {micros} = 0)"
    for side in ("start", "end")
    for name, micros in _UNITS.items()
}

_VARIANTS = """
create temp table variant as
select variant, count(*) as cases, any_value(events) as events, min(case_code) as case_code
from case_shape
group by variant
"""
_VARIANT_STEPS = """
create temp table variant_step as
select variant, cases, events, event_index as position, activity_code
from event join variant using (case_code)
"""

# The few rows of temp table `shown`.
_SHOWN = """
select source_file, source_row, event.case_id, event.activity, example.value
from event join (
    select value, place, file_index, first_row + event_index as file_row_number
    from shown join case_shape using (case_code)
) as example using (file_row_number, file_index)
order by place
"""

_RESOURCES = """
create temp table resource_total as
select resource, count(*) as n, bit_or(1::bigint << hour(start_time)) as hours
from event
where resource is not null
group by resource
"""


@dataclass
class StoredLog:
    """A stored event log, and what was noted when it was read.

    `attributes`: column → level (case or event); `accounts`: the row of `log_accounting`; `rejected`: the refused
    records; `imputation`: what was filled in, by column; `automated`: resources that are machines.
    """

    connection: "duckdb.DuckDBPyConnection"
    files: Sequence[Path]
    attributes: Mapping[str, str]
    accounts: Mapping[str, Any]
    rejected: pa.Table
    imputation: Sequence[Row]
    read_at: datetime
    automated: frozenset[str] = frozenset()
    timezone: str | None = None
    _made: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        import duckdb

        stored = self.connection.read_parquet([exact_path(file) for file in self.files])
        columns = [*stored.columns, *PLACE]
        stored.select(*map(duckdb.ColumnExpression, columns)).create_view("stored_event")
        # Queries name columns of their own, which no attribute of a log may be mistaken for.
        fixed = [duckdb.ColumnExpression(name) for name in columns if name not in self.attributes]
        self.stored.select(*fixed).create_view("event")

    def rows(self, query: str, **parameters: object) -> list[Row]:
        """The answer of a small query, a dictionary a row."""
        result = self.connection.execute(query, parameters or None)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def examples(self, query: str, **parameters: object) -> list[Example]:
        """Example rows by a query over `event` that gives source_file, source_row, case_id, activity and value.

        A `limit` needs an order that is total: without one, DuckDB's threads decide which rows come first.
        """
        return [Example(**row) for row in self.rows(query, **parameters)]

    def examples_at(self, query: str, **parameters: object) -> list[Example]:
        """Example rows by a query, in its order, that gives case_code, event_index and value of at most `$most`."""
        found = self.connection.sql(query, params=parameters).to_arrow_table()
        numbered = found.append_column("place", pa.array(range(found.num_rows), pa.int64()))
        self.connection.execute("drop table if exists shown")
        self.connection.from_arrow(numbered).to_table("shown")
        return self.examples(_SHOWN)

    @cached_property
    def activities(self) -> "duckdb.DuckDBPyRelation":
        """Temp table `activity`: a row an activity; `filled_<i>`: rows with a value in the i-th of `columns`."""
        from duckdb import ColumnExpression, FunctionExpression, SQLExpression

        code = ColumnExpression("activity_code")
        facts = [SQLExpression(how).alias(name) for name, how in _ACTIVITY.items()]
        filled = [
            FunctionExpression("count", ColumnExpression(name)).alias(f"filled_{place}")
            for place, name in enumerate(self.columns)
        ]
        self.stored.aggregate([code, *facts, *filled], "activity_code").to_table("activity")
        return self.connection.table("activity")

    @property
    def stored(self) -> "duckdb.DuckDBPyRelation":
        """All columns of the log, attributes too; table `event` in queries has none of these."""
        return self.connection.table("stored_event")

    @property
    def columns(self) -> list[str]:
        """The columns whose absence is asked for."""
        return ["resource", "role", "cost", *self.attributes]

    @cached_property
    def total(self) -> Row:
        """Rows, first and last time, and how exactly times are written, of the whole log."""
        _ = self.activities  # the table is made
        return self.rows(
            "select sum(n)::bigint as rows, count(*) as activities, min(first_start) as first, max(last_end) as last,"
            " sum(durations)::bigint as durations, sum(opens)::bigint as opens,"
            " sum(start_minutes)::bigint as minutes, sum(start_seconds)::bigint as seconds from activity"
        )[0]

    @property
    def days(self) -> list[tuple[datetime, int]]:
        """Events that start, by day, in order."""
        return self.one_pass.by_day

    @cached_property
    def one_pass(self) -> OnePass:
        """What neighbours and cases tell; its temp tables are there from now on."""
        return OnePass(self.connection, self.files)

    def need(self, *tables: str) -> None:
        """Make the temp tables of these names (`_TABLES`) that are not there yet."""
        for table in tables:
            if table in self._made:
                continue
            if table == "variant":
                _ = self.one_pass  # its table of cases
            elif table == "variant_step":
                self.need("variant")
            self.connection.execute(_TABLES[table])
            self._made.add(table)


_TABLES = {
    "variant": _VARIANTS,
    "variant_step": _VARIANT_STEPS,
    "resource_total": _RESOURCES,
}
