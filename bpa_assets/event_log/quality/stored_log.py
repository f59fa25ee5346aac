"""The stored log as the finders of patterns see it: a few small tables, each from one streaming pass.

Add a table here when several finders need it; what one finder needs alone it asks for itself, and only where a cheap
figure says that there is something to find. Every query is over columns that are short to read; `lag` without a
partition streams over the stored order. 10M events: about a second of CPU a pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpa_assets.event_log.quality.patterns import Example
from bpa_resources.exact_paths import exact_path

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

EXAMPLES = 5
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

_STEPS = """
create temp table step as
with pair as (
    select
        case_code, activity_code, start_time, end_time, source_row, coalesce(start_source_row, source_row) as start_row,
        lag(case_code) over () as before_case,
        lag(activity_code) over () as before_activity,
        lag(start_time) over () as before_start,
        lag(end_time) over () as before_end,
        lag(source_row) over () as before_row,
        lag(coalesce(start_source_row, source_row)) over () as before_start_row
    from event
)
select
    before_activity, activity_code,
    count(*) as n,
    count_if(start_time = before_start and end_time = before_end) as ties,
    count_if(start_time > before_start and start_time <= before_start + interval 10 seconds) as within_10,
    count_if(start_time > before_start + interval 10 seconds and start_time <= before_start + interval 60 seconds)
        as within_60,
    count_if(start_time > before_start and end_time > before_end
        and start_row < before_start_row and source_row < before_row) as against_source
from pair
where case_code = before_case
group by all
"""

# A variant is told by which activity stands where: no order is needed to add that up. Both are hashed as one number:
# DuckDB joins the hashes of two by xor, and a variant would be that with two steps swapped.
_CASES = """
create temp table case_shape as
select
    case_code,
    bit_xor(hash((event_index::bigint << 32) + activity_code)) as variant,
    count(*) as events,
    min(start_time) as started_at,
    max(end_time) as ended_at
from event
group by case_code
"""
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

# By day, the hours at work as 24 bits; the work counts where it starts and ends on the day.
_RESOURCE_DAYS = """
create temp table resource_day as
select
    resource, date_trunc('day', start_time) as day,
    bit_or(1::bigint << hour(start_time)) as hours,
    count(*) as n,
    sum(processing_seconds) filter (start_time::date = end_time::date) as worked_seconds
from event
where resource is not null
group by all
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
    rejected: "pa.Table"
    imputation: Sequence[Row]
    read_at: datetime
    automated: frozenset[str] = frozenset()
    timezone: str | None = None
    _made: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        import duckdb

        stored = self.connection.read_parquet([exact_path(file) for file in self.files])
        stored.create_view("stored_event")
        # Queries name columns of their own, which no attribute of a log may be mistaken for.
        fixed = [duckdb.ColumnExpression(name) for name in stored.columns if name not in self.attributes]
        stored.select(*fixed).create_view("event")

    def rows(self, query: str, **parameters: object) -> list[Row]:
        """The answer of a small query, a dictionary a row."""
        result = self.connection.execute(query, parameters or None)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def examples(self, query: str, **parameters: object) -> list[Example]:
        """Example rows by a query over `event` that gives source_file, source_row, case_id, activity and value."""
        return [Example(**row) for row in self.rows(query, **parameters)]

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

    @cached_property
    def days(self) -> list[tuple[datetime, int]]:
        """Events that start, by day, in order."""
        query = "select date_trunc('day', start_time)::timestamp as day, count(*) from event group by day order by day"
        return self.connection.execute(query).fetchall()

    def need(self, *tables: str) -> None:
        """Make the temp tables of these names (`_TABLES`) that are not there yet."""
        for table in tables:
            if table in self._made:
                continue
            for before in _BUILT_ON.get(table, ()):
                self.need(before)
            self.connection.execute(_TABLES[table])
            self._made.add(table)


_TABLES = {
    "step": _STEPS,
    "case_shape": _CASES,
    "variant": _VARIANTS,
    "variant_step": _VARIANT_STEPS,
    "resource_day": _RESOURCE_DAYS,
}
_BUILT_ON = {"variant": ("case_shape",), "variant_step": ("variant",)}
