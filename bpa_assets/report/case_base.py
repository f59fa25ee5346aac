"""The cases of the run as a small table in DuckDB that the figures of the report are counted from.

One row a case: the number of its variant (null if the report does not carry that), the periods in which it starts and
ends, what it took. Definitions: docs/contracts.md; days are those of `calendar.timezone`, as in `kpi_process_daily`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bpa_assets.report.run_tables import RunTables

if TYPE_CHECKING:
    import duckdb

MOST_DAYS, MOST_WEEKS = 200, 220
"""A longer log is counted by week, and a still longer one by month: more bars than that are no bars."""

# Clocks once went back over midnight: no case may end on a day before it starts.
_LOCAL = """
create temp table local_case as
select
    case_id, variant_id, started_at, is_open, events, cycle_time_seconds, waiting_time_seconds, handovers,
    rework_events, cost, sla_breached, automated_events,
    cast(timezone($zone, started_at at time zone 'UTC') as date) as started_on,
    greatest(started_on, cast(timezone($zone, ended_at at time zone 'UTC') as date)) as ended_on
from read_parquet($files)
"""
_BASE = """
create temp table base as
select
    kept.number,
    cast(date_diff($unit, cast($first as date), started_on) as integer) as started_in,
    cast(date_diff($unit, cast($first as date), ended_on) as integer) as ended_in,
    local_case.*
from local_case left join kept using (variant_id)
"""


@dataclass(frozen=True)
class Periods:
    """The periods that cases are counted in: `unit` is day, week (from Monday) or month."""

    unit: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """Calendar days from the first to the last, both counted."""
        return (self.last - self.first).days + 1

    @property
    def count(self) -> int:
        """Number of periods."""
        if self.unit == "month":
            return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        begins = [day.toordinal() - (day.weekday() if self.unit == "week" else 0) for day in (self.first, self.last)]
        return (begins[1] - begins[0]) // (7 if self.unit == "week" else 1) + 1

    @property
    def starts(self) -> list[date]:
        """The first day of each period."""
        if self.unit == "month":
            months = (self.first.year * 12 + self.first.month - 1 + number for number in range(self.count))
            return [date(month // 12, month % 12 + 1, 1) for month in months]
        step = 7 if self.unit == "week" else 1
        begin = self.first.toordinal() - (self.first.weekday() if step == 7 else 0)
        return [date.fromordinal(begin + step * number) for number in range(self.count)]


def open_base(tables: RunTables, variant_ids: Sequence[str]) -> "tuple[duckdb.DuckDBPyConnection, Periods]":
    """A connection with the table `base`, and its periods; `variant_ids`: the variants that the report carries.

    One thread: sums of seconds must not depend on how threads share the rows.
    """
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect(config={"threads": 1})
    zone = tables.row("process_profile").get("timezone") or "UTC"
    connection.execute(_LOCAL, {"zone": zone, "files": tables.paths("cases")})
    kept = pa.table({"variant_id": pa.array(variant_ids, pa.string()), "number": pa.array(range(len(variant_ids)))})
    connection.register("kept", kept)
    ((first, last),) = connection.execute("select min(started_on), max(ended_on) from local_case").fetchall()
    periods = _periods(first, last)
    connection.execute(_BASE, {"unit": periods.unit, "first": first})
    connection.execute("drop table local_case")
    return connection, periods


def _periods(first: date, last: date) -> Periods:
    days = Periods("day", first, last)
    if days.count <= MOST_DAYS:
        return days
    weeks = Periods("week", first, last)
    return weeks if weeks.count <= MOST_WEEKS else Periods("month", first, last)
