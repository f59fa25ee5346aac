"""Resources that work as no person can."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from bpa_assets.event_log.quality.catalog import OVERLOADED_RESOURCES, TIRELESS_RESOURCES
from bpa_assets.event_log.quality.one_pass import DAY_STEP
from bpa_assets.event_log.quality.patterns import Issue, Pattern
from bpa_assets.event_log.quality.stored_log import EXAMPLES, Row, StoredLog

_FULL_DAY = 24 * 3600 - 1
"""Seconds; one less, as the sum of a counter may be rounded otherwise than that of a day alone."""
# By day, the hours at work as 24 bits, of those who have 20 different hours on any days: a log has some hundred times
# as many days of resources as resources.
_DAYS = """
create temp table resource_day as
select resource, date_trunc('day', start_time) as day, bit_or(1::bigint << hour(start_time)) as hours, count(*) as n
from event semi join (from resource_total where bit_count(hours) >= 20 and n >= 60) using (resource)
group by all
"""
# A day of 20 different hours leaves no night's rest; three such days are no exception. A resource with less to do is
# told by its nights: of at least 200 hours at work every hour of the day has a fiftieth or more (a twenty-fourth would
# be even).
_TIRELESS = """
with busy as (
    select resource, count(*) as days, count_if(bit_count(hours) >= 20) as long_days,
        sum(bit_count(hours))::bigint as hours, sum(n)::bigint as events, bit_count(bit_or(hours)) = 24 as at_all_hours
    from resource_day
    group by resource
),
clock as (
    select resource, hour, count_if(hours & (1::bigint << hour) <> 0) as days
    from resource_day semi join (from busy where hours >= 200 and at_all_hours) using (resource),
        (select unnest(range(24)) as hour)
    group by all
),
even as (
    select resource from clock join busy using (resource)
    group by resource
    having min(clock.days) * 50 >= any_value(busy.hours)
)
select resource, long_days, days, events from busy
where long_days >= 3 or resource in (from even)
order by events desc, resource
"""
# Only days whose counter is full (`OnePass.worked`) can be.
_OVERLOADED = """
with worked as (
    select resource, sum(round(processing_seconds * 1000000)::hugeint) / 1000000 as seconds
    from event
    where resource is not null and start_time::date = end_time::date
        and ((hash(resource) & $mask::ubigint)::bigint + (start_time::date - date '1970-01-01') * $step) & $mask::bigint
            in (from full_counter)
    group by resource, start_time::date
)
select resource, count(*) as days, max(seconds) / 3600 as hours
from worked
where seconds > 24 * 3600
group by resource
order by days desc, resource
"""
_EXAMPLES = """
with first as (
    select resource, min((case_code::bigint << 32) + event_index) as place
    from event
    where list_contains($names::varchar[], resource)
    group by resource
)
select place >> 32 as case_code, place & 4294967295 as event_index, resource as value
from first
order by resource
"""


def resource_patterns(log: StoredLog) -> Iterator[Issue]:
    """Resources that never rest (machines that are declared are left out), and those with days of over 24 hours."""
    log.need("resource_total")
    log.connection.execute(_DAYS)
    tireless = [one for one in log.rows(_TIRELESS) if one["resource"] not in log.automated]
    if tireless:
        told = f"at work day and night: {_names(tireless)}; name machines in automation.resources"
        yield _issue(log, TIRELESS_RESOURCES, tireless, told)
    overloaded = [one for one in _overloaded(log) if one["resource"] not in log.automated]
    if overloaded:
        told = f"more than 24 hours of work on one day, so on several cases at once: {_names(overloaded)}"
        yield _issue(log, OVERLOADED_RESOURCES, overloaded, told)


def _overloaded(log: StoredLog) -> list[Row]:
    full = np.flatnonzero(log.one_pass.worked > _FULL_DAY)
    if not len(full):
        return []
    log.connection.from_arrow(pa.table({"counter": full})).to_table("full_counter")
    return log.rows(_OVERLOADED, mask=len(log.one_pass.worked) - 1, step=DAY_STEP)


def _names(found: list[Row]) -> str:
    shown = ", ".join(f"'{one['resource']}'" for one in found[:3])
    return shown if len(found) <= 3 else f"{shown} and {len(found) - 3:,} more"


def _issue(log: StoredLog, pattern: Pattern, found: list[Row], told: str) -> Issue:
    ((all_of_them,),) = log.connection.execute("select count(*) from resource_total").fetchall()
    names = [one["resource"] for one in found[:EXAMPLES]]
    return Issue(pattern, "resource", len(found), all_of_them, told, log.examples_at(_EXAMPLES, names=names))
