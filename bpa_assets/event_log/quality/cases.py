"""Cases that are not whole: cut off where the log begins or ends, or of one event only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bpa_assets.event_log.quality.catalog import CASES_WITHOUT_BEGINNING, CASES_WITHOUT_END, SINGLE_EVENT_CASES
from bpa_assets.event_log.quality.chance import is_no_chance
from bpa_assets.event_log.quality.patterns import Issue, Pattern
from bpa_assets.event_log.quality.stored_log import EXAMPLES, Row, StoredLog
from bpa_assets.event_log.quality.times import plausible_range

_FEWEST_CASES = 30
_USUAL = 0.01
"""Share of the cases in the middle of the log from which on an activity is a usual beginning (or end)."""

_ENDS = """
create temp table case_ends as
with ends as (
    select variant,
        min_by(activity_code, position) as first_activity,
        max_by(activity_code, position) as last_activity
    from variant_step
    group by variant
)
select case_code, events, started_at, ended_at, first_activity, last_activity
from case_shape join ends using (variant)
where started_at >= $low and ended_at <= $high
"""
_LENGTHS = """
select min(started_at) as first, max(ended_at) as last, count(*) as cases,
    quantile_disc(ended_at - started_at, 0.9) as long
from case_ends
"""
_BEGINNINGS = """
select first_activity as activity_code,
    count_if(started_at <= $edge) as at_the_edge, count_if(started_at > $edge) as in_the_middle
from case_ends
group by all
"""
_ENDINGS = """
select last_activity as activity_code,
    count_if(ended_at >= $edge) as at_the_edge, count_if(ended_at < $edge) as in_the_middle
from case_ends
group by all
"""
_BEGINNING_EXAMPLES = """
select case_code, 0 as event_index, 'first step of the case' as value
from case_ends
where started_at <= $edge and list_contains($codes::integer[], first_activity)
order by started_at, case_code
limit $most
"""
_ENDING_EXAMPLES = """
select case_code, events - 1 as event_index, 'last step of the case' as value
from case_ends
where ended_at >= $edge and list_contains($codes::integer[], last_activity)
order by ended_at desc, case_code
limit $most
"""
_SINGLE_EXAMPLES = """
select case_code, 0 as event_index, null::varchar as value
from case_shape
where events = 1
order by case_code
limit $most
"""


@dataclass(frozen=True)
class _Edge:
    """One end of the log: up to where it reaches, who is asked, and how it is said."""

    pattern: Pattern
    counts: str
    examples: str
    at: datetime
    told: str


def truncated_cases(log: StoredLog) -> Iterator[Issue]:
    """Cases near an end of the log whose first (last) step is none that cases in its middle begin (end) with.

    Near: within the 90th percentile of the cases' lengths, at most a quarter of the log. Reported if more than the
    unusual beginnings (ends) in the middle explain.
    """
    log.need("variant_step")
    low, high = plausible_range(log)
    log.connection.execute(_ENDS, {"low": low, "high": high})
    log_span = log.rows(_LENGTHS)[0]
    if log_span["cases"] < _FEWEST_CASES:
        return
    near = min(log_span["long"], (log_span["last"] - log_span["first"]) / 4)
    for edge in _edges(log_span, near):
        yield from _cut_off(log, edge, log_span["cases"])


def _edges(span: Row, near: timedelta) -> tuple[_Edge, _Edge]:
    begin, end = span["first"] + near, span["last"] - near
    return (
        _Edge(CASES_WITHOUT_BEGINNING, _BEGINNINGS, _BEGINNING_EXAMPLES, begin, "begin in the middle of the process"),
        _Edge(CASES_WITHOUT_END, _ENDINGS, _ENDING_EXAMPLES, end, "have not come to an end"),
    )


def _cut_off(log: StoredLog, edge: _Edge, cases: int) -> Iterator[Issue]:
    counts = log.rows(edge.counts, edge=edge.at)
    middle = sum(one["in_the_middle"] for one in counts)
    if middle < _FEWEST_CASES:
        return
    unusual = [one for one in counts if one["in_the_middle"] < _USUAL * middle]
    found = sum(one["at_the_edge"] for one in unusual)
    chance = sum(one["in_the_middle"] for one in unusual) / middle * sum(one["at_the_edge"] for one in counts)
    if is_no_chance(found, chance):
        where = "before" if edge.pattern is CASES_WITHOUT_BEGINNING else "after"
        told = f"{found:,} cases {edge.told}: their other steps were {where} the log"
        codes = [one["activity_code"] for one in unusual]
        examples = log.examples_at(edge.examples, edge=edge.at, codes=codes, most=EXAMPLES)
        yield Issue(edge.pattern, "case_id", found, cases, told, examples)


def single_event_cases(log: StoredLog) -> Iterator[Issue]:
    """Cases with one event."""
    cases = log.one_pass.cases
    ((single,),) = log.connection.execute("select count(*) from case_shape where events = 1").fetchall()
    if single:
        told = f"{single:,} of {cases:,} cases have one event only"
        if single == cases > 1:
            told += ": nothing follows anything; is the case column the right one (source.case_id)?"
        examples = log.examples_at(_SINGLE_EXAMPLES, most=EXAMPLES)
        yield Issue(SINGLE_EVENT_CASES, "case_id", single, cases, told, examples)
