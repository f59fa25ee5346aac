"""Resources that work as no person can."""

from collections.abc import Iterator

from bpa_assets.event_log.quality.catalog import OVERLOADED_RESOURCES, TIRELESS_RESOURCES
from bpa_assets.event_log.quality.patterns import Issue, Pattern
from bpa_assets.event_log.quality.stored_log import EXAMPLES, Row, StoredLog

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
_OVERLOADED = """
select resource, count(*) as days, max(worked_seconds) / 3600 as hours
from resource_day
where worked_seconds > 24 * 3600
group by resource
order by days desc, resource
"""
_EXAMPLES = """
select distinct on (resource) source_file, source_row, case_id, activity, resource as value
from event
where list_contains($names::varchar[], resource)
order by resource
"""


def resource_patterns(log: StoredLog) -> Iterator[Issue]:
    """Resources that never rest (machines that are declared are left out), and those with days of over 24 hours."""
    log.need("resource_day")
    tireless = [one for one in log.rows(_TIRELESS) if one["resource"] not in log.automated]
    if tireless:
        told = f"at work day and night: {_names(tireless)}; name machines in automation.resources"
        yield _issue(log, TIRELESS_RESOURCES, tireless, told)
    overloaded = [one for one in log.rows(_OVERLOADED) if one["resource"] not in log.automated]
    if overloaded:
        told = f"more than 24 hours of work on one day, so on several cases at once: {_names(overloaded)}"
        yield _issue(log, OVERLOADED_RESOURCES, overloaded, told)


def _names(found: list[Row]) -> str:
    shown = ", ".join(f"'{one['resource']}'" for one in found[:3])
    return shown if len(found) <= 3 else f"{shown} and {len(found) - 3:,} more"


def _issue(log: StoredLog, pattern: Pattern, found: list[Row], told: str) -> Issue:
    ((all_of_them,),) = log.connection.execute("select count(distinct resource) from resource_day").fetchall()
    names = [one["resource"] for one in found[:EXAMPLES]]
    return Issue(pattern, "resource", len(found), all_of_them, told, log.examples(_EXAMPLES, names=names))
