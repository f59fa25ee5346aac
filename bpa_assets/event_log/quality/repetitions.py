"""Events that are recorded twice, or at one and the same instant as others of their case."""

from collections.abc import Iterator

from bpa_assets.event_log.quality.catalog import DUPLICATE_EVENTS, NEAR_DUPLICATE_EVENTS, SAME_INSTANT_EVENTS
from bpa_assets.event_log.quality.chance import is_no_chance
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, StoredLog

# Only the columns that are asked for: with all of
# them, 10M rows took 1.8 CPU-seconds more.
_TIES = """
create temp table tied as
select
    case_code, event_index, activity_code, start_time, end_time, resource, source_file, source_row, case_id, activity,
    epoch_us(start_time) % 3600000000 = 0 as whole_hour
from event semi join instant using (case_code, start_time, end_time)
"""

_COPIES = """
create temp table copy as
select * from (
    select
        case_code, event_index, source_file, source_row, case_id, activity, start_time,
        row_number() over (
            partition by case_code, activity_code, start_time, end_time, resource, case when whole_hour then content end
            order by event_index
        ) as occurrence
    from tied left join tied_content using (case_code, event_index)
)
where occurrence > 1
"""

_INSTANTS = """
with instant as (
    select case_code, start_time, end_time, count(distinct activity_code) as activities
    from tied anti join copy using (case_code, event_index)
    where not whole_hour
    group by all
    having activities >= 3
)
select source_file, source_row, case_id, activity, start_time::varchar as value
from tied semi join instant using (case_code, start_time, end_time) anti join copy using (case_code, event_index)
order by case_code, event_index
"""

_SECONDS = """
with pair as (
    select
        case_code, activity_code, resource, start_time, source_file, source_row, case_id, activity,
        lag(case_code) over () as before_case,
        lag(activity_code) over () as before_activity,
        lag(resource) over () as before_resource,
        lag(start_time) over () as before_start
    from event
)
select
    activity_code, activity, source_file, source_row, case_id,
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
    _make_ties(log)
    yield from _duplicates(log)
    yield from _same_instants(log)


def _make_ties(log: StoredLog) -> None:
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

    log.connection.execute(_TIES)
    key = ("case_code", "event_index")
    attributes = [ColumnExpression(name) for name in log.attributes] or [ConstantExpression(0)]
    content = FunctionExpression("hash", *attributes).alias("content")
    whole_hours = log.connection.table("tied").filter("whole_hour").select(*map(ColumnExpression, key))
    tied = log.stored.join(whole_hours, ", ".join(key), how="semi")
    tied.select(*map(ColumnExpression, key), content).to_table("tied_content")
    log.connection.execute(_COPIES)


def _duplicates(log: StoredLog) -> Iterator[Issue]:
    ((rows, cases),) = log.connection.execute("select count(*), count(distinct case_code) from copy").fetchall()
    if rows:
        query = "select source_file, source_row, case_id, activity, start_time::varchar as value from copy limit $most"
        told = f"{rows:,} events of {cases:,} cases are copies of another with the same activity, times and resource"
        yield Issue(DUPLICATE_EVENTS, "activity", rows, log.total["rows"], told, log.examples(query, most=EXAMPLES))


def _same_instants(log: StoredLog) -> Iterator[Issue]:
    log.connection.execute("create temp table instant_event as " + _INSTANTS)
    ((rows, cases),) = log.connection.execute("select count(*), count(distinct case_id) from instant_event").fetchall()
    if rows:
        told = f"{rows:,} events of {cases:,} cases share their exact time with at least two other steps of the case"
        examples = log.examples("from instant_event limit $most", most=EXAMPLES)
        yield Issue(SAME_INSTANT_EVENTS, "end_time", rows, log.total["rows"], told, examples)


def near_duplicates(log: StoredLog) -> Iterator[Issue]:
    """An activity after itself within 10 s by the same resource, where its later repetitions do not explain as many.

    Repetitions of 10 to 60 s after give the rate that is usual: a fifth of them are expected within 10 s.
    """
    later = log.one_pass.within_60
    candidates = [code for code, n in sorted(log.one_pass.within_10.items()) if is_no_chance(n, later[code] / 5)]
    if not candidates:
        return
    log.connection.execute("create temp table soon as " + _SECONDS)
    counts = {
        row["activity_code"]: row["n"] for row in log.rows("select activity_code, count(*) as n from soon group by 1")
    }
    codes = [code for code in candidates if is_no_chance(counts.get(code, 0), later[code] / 5)]
    rows = sum(counts[code] for code in codes)
    if rows:
        query = (
            "select source_file, source_row, case_id, activity, value from soon "
            "where list_contains($codes::integer[], activity_code) limit $most"
        )
        told = f"{rows:,} events repeat the one before them within 10 seconds, by the same resource"
        examples = log.examples(query, codes=codes, most=EXAMPLES)
        yield Issue(NEAR_DUPLICATE_EVENTS, "start_time", rows, log.total["rows"], told, examples)
