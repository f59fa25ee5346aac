"""Figures over all cases: the KPIs of the header, the cycle-time histogram, what happened in each period.

The KPIs are those of `kpi_process` (docs/contracts.md), from the same columns; a test compares them.
"""

from math import ceil, log10
from typing import TYPE_CHECKING

from bpa_assets.report.case_base import Periods
from bpa_assets.report.compact_numbers import compact_all
from bpa_assets.report.run_tables import Row, RunTables

if TYPE_CHECKING:
    import duckdb

MOST_BARS = 40

# Sums are taken as kpi_process takes them; a day is one of calendar.timezone.
_KPIS = """
select
    count(*) as cases,
    count(*) filter (where is_open) as open_cases,
    count(*) filter (where not is_open) as closed_cases,
    avg(cycle_time_seconds order by cycle_time_seconds) filter (where not is_open) as mean_cycle_seconds,
    quantile_cont(cycle_time_seconds, 0.5) filter (where not is_open) as median_cycle_seconds,
    quantile_cont(cycle_time_seconds, 0.9) filter (where not is_open) as p90_cycle_seconds,
    sum(waiting_time_seconds order by waiting_time_seconds) filter (where not is_open)
        / nullif(sum(cycle_time_seconds order by cycle_time_seconds) filter (where not is_open), 0) as waiting_share,
    count(*) filter (where rework_events > 0) / nullif(count(*), 0) as rework_rate,
    avg(handovers) as handovers_per_case,
    count(*) filter (where sla_breached) / nullif(count(sla_breached), 0) as sla_breach_rate,
    count(*) filter (where not is_open and rework_events = 0)
        / nullif(count(*) filter (where not is_open), 0) as first_time_right,
    avg(cost order by cost) filter (where not is_open) as cost_per_case,
    sum(automated_events) / nullif(sum(events) filter (where automated_events is not null), 0) as automation_rate
from base
"""
_PERIODS = """
select
    ended_in as period,
    count(*) as completions,
    quantile_cont(cycle_time_seconds, 0.5) as median_cycle_seconds,
    quantile_cont(cycle_time_seconds, 0.9) as p90_cycle_seconds
from base where not is_open group by ended_in
"""
_ARRIVALS = "select started_in as period, count(*) as arrivals from base group by started_in"
_BARS = """
select least(cast(floor(cycle_time_seconds / $width) as integer), $last) as bar, count(*) as cases
from base where not is_open group by bar
"""
_SPREAD = "select quantile_cont(cycle_time_seconds, 0.99), max(cycle_time_seconds) from base where not is_open"

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
# Widths of a bar that a person can say.
_WIDTHS = [
    *(1, 2, 5, 10, 30),
    *(_MINUTE * number for number in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * number for number in (1, 2, 4, 6, 12)),
    *(_DAY * number for number in (1, 2, 5, 7, 10, 14, 28, 50, 100, 200, 500)),
]


def kpi_payload(connection: "duckdb.DuckDBPyConnection", tables: RunTables, periods: Periods) -> Row:
    """Every KPI of `kpi_process` by name; null where this log does not define it."""
    kpis = _rows(connection, _KPIS)[0]
    accounts = tables.row("log_accounting")
    closed = kpis["closed_cases"]
    return {
        **kpis,
        "days": periods.days,
        "events": accounts["events"],
        "throughput_per_day": closed / periods.days if periods.days else None,
        "rejected_rate": _share(accounts["rejected_events"], accounts["rows_read"]),
        "imputed_rate": _share(accounts["imputed_values"], accounts["events"]),
    }


def time_payload(connection: "duckdb.DuckDBPyConnection", periods: Periods) -> Row:
    """Of each period: arrivals, completions, cases in progress at its end, median and p90 of the completed ones."""
    ended = {row["period"]: row for row in _rows(connection, _PERIODS)}
    began = {row["period"]: row["arrivals"] for row in _rows(connection, _ARRIVALS)}
    numbers = range(periods.count)
    completions = [ended[number]["completions"] if number in ended else 0 for number in numbers]
    return {
        "unit": periods.unit,
        "starts": [day.isoformat() for day in periods.starts],
        "arrivals": [began.get(number, 0) for number in numbers],
        "completions": completions,
        **{
            name: compact_all([ended[number][name] if number in ended else None for number in numbers])
            for name in ("median_cycle_seconds", "p90_cycle_seconds")
        },
    }


def cycle_payload(connection: "duckdb.DuckDBPyConnection") -> Row:
    """The histogram: `width` of a bar in seconds, `cases` of each; the last one, if `open_ended`, holds all beyond.

    The 99th percentile decides how far it goes: a few endless cases would make one bar of all others.
    """
    ((p99, longest),) = connection.execute(_SPREAD).fetchall()
    if longest is None:
        return {"width": 1, "cases": [], "open_ended": False}
    width = bar_width(p99)
    last = max(ceil(p99 / width), 1)
    open_ended = longest >= width * (last + 1)
    bars = dict(connection.execute(_BARS, {"width": width, "last": last}).fetchall())
    highest = last if open_ended else max(bars)
    return {"width": width, "cases": [bars.get(bar, 0) for bar in range(highest + 1)], "open_ended": open_ended}


def bar_width(seconds: float) -> int:
    """The least width of a bar that a person can say with which at most `MOST_BARS` reach so far."""
    wanted = seconds / MOST_BARS
    fitting = [width for width in _WIDTHS if width >= wanted]
    return fitting[0] if fitting else int(10 ** ceil(log10(wanted / _DAY)) * _DAY)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _rows(connection: "duckdb.DuckDBPyConnection", query: str) -> list[Row]:
    result = connection.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
