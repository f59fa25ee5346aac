"""Events that are recorded twice, or at one and the same instant as others of their case."""

from collections.abc import Iterator

from bpa_assets.event_log.quality.catalog import DUPLICATE_EVENTS, NEAR_DUPLICATE_EVENTS, SAME_INSTANT_EVENTS
from bpa_assets.event_log.quality.chance import is_no_chance
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, StoredLog

_COPIES = """
create temp table copy as
select * from (
    select
        case_code, event_index, start_time,
        row_number() over (
            partition by instant, activity_code, resource, case when whole_hour then content end
            order by event_index
        ) as occurrence
    from tied left join tied_content using (case_code, event_index)
)
where occurrence > 1
"""

_INSTANTS = """
create temp table instant_event as
with instant_of_several as (
    select instant
    from tied anti join copy using (case_code, event_index)
    where not whole_hour
    group by instant
    having count(distinct activity_code) >= 3
)
select case_code, event_index, start_time
from tied semi join instant_of_several using (instant) anti join copy using (case_code, event_index)
"""
_COPY_EXAMPLES = """
select case_code, event_index, start_time::varchar as value from copy order by case_code, event_index limit $most
"""
_INSTANT_EXAMPLES = """
select case_code, event_index, start_time::varchar as value
from instant_event
order by case_code, event_index
limit $most
"""
# The same activity by the same resource at a whole hour: their attributes tell whether they are copies.
_ALIKE = """
create temp table alike as
select case_code, event_index from tied
where whole_hour
qualify count(*) over (partition by instant, activity_code, resource) > 1
"""

_SECONDS = """
with pair as (
    select
        case_code, event_index, activity_code, resource, start_time,
        lag(case_code) over () as before_case,
        lag(activity_code) over () as before_activity,
        lag(resource) over () as before_resource,
        lag(start_time) over () as before_start
    from event
)
select
    case_code, event_index, activity_code,
    round(epoch(start_time - before_start), 3)::varchar || ' s after the one before' as value
from pair
where case_code = before_case and activity_code = before_activity
    and resource is not distinct from before_resource
    and start_time > before_start and start_time <= before_start + interval 10 seconds
"""


def duplicates_and_same_instants(log: StoredLog) -> Iterator[Issue]:
    """Events recorded twice (`duplicate_events`), and groups of a case at one instant (`same_instant_events`)."""
    if not log.one_pass.ties:
        return
    _find_copies(log)
    yield from _duplicates(log)
    yield from _same_instants(log)


def _find_copies(log: StoredLog) -> None:
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

    log.connection.execute(_ALIKE)
    key = ("case_code", "event_index")
    attributes = [ColumnExpression(name) for name in log.attributes] or [ConstantExpression(0)]
    content = FunctionExpression("hash", *attributes).alias("content")
    alike = log.stored.join(log.connection.table("alike"), ", ".join(key), how="semi")
    alike.select(*map(ColumnExpression, key), content).to_table("tied_content")
    log.connection.execute(_COPIES)


def _duplicates(log: StoredLog) -> Iterator[Issue]:
    ((rows, cases),) = log.connection.execute("select count(*), count(distinct case_code) from copy").fetchall()
    if rows:
        told = f"{rows:,} events of {cases:,} cases are copies of another with the same activity, times and resource"
        examples = log.examples_at(_COPY_EXAMPLES, most=EXAMPLES)
        yield Issue(DUPLICATE_EVENTS, "activity", rows, log.total["rows"], told, examples)


def _same_instants(log: StoredLog) -> Iterator[Issue]:
    log.connection.execute(_INSTANTS)
    query = "select count(*), count(distinct case_code) from instant_event"
    ((rows, cases),) = log.connection.execute(query).fetchall()
    if rows:
        told = f"{rows:,} events of {cases:,} cases share their exact time with at least two other steps of the case"
        examples = log.examples_at(_INSTANT_EXAMPLES, most=EXAMPLES)
        yield Issue(SAME_INSTANT_EVENTS, "end_time", rows, log.total["rows"], told, examples)


def near_duplicates(log: StoredLog) -> Iterator[Issue]:
    """An activity after itself within 10 s by the same resource, where its later repetitions do not explain as many.

    Repetitions of 10 to 60 s after give the rate that is usual: a fifth of them are expected within 10 s.
    """
    within_10, within_60 = log.one_pass.within_10.tolist(), log.one_pass.within_60.tolist()
    usual = {code: n / 5 for code, n in enumerate(within_60)}
    candidates = [code for code, n in enumerate(within_10) if is_no_chance(n, usual.get(code, 0.0))]
    if not candidates:
        return
    log.connection.execute("create temp table soon as " + _SECONDS)
    counts = {
        row["activity_code"]: row["n"] for row in log.rows("select activity_code, count(*) as n from soon group by 1")
    }
    codes = [code for code in candidates if is_no_chance(counts.get(code, 0), usual.get(code, 0.0))]
    rows = sum(counts[code] for code in codes)
    if rows:
        query = (
            "select case_code, event_index, value from soon where list_contains($codes::integer[], activity_code) "
            "order by case_code, event_index limit $most"
        )
        told = f"{rows:,} events repeat the one before them within 10 seconds, by the same resource"
        examples = log.examples_at(query, codes=codes, most=EXAMPLES)
        yield Issue(NEAR_DUPLICATE_EVENTS, "start_time", rows, log.total["rows"], told, examples)
