"""The order of the steps: against the order of the records, against the usual order, and steps that are missing."""

from collections.abc import Iterator

from bpa_assets.event_log.quality.catalog import MISSING_EVENTS, ORDER_VIOLATIONS, REVERSED_STEPS
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, StoredLog

_SORTED_SHARE = 0.8
"""Neighbours of a case in the source's order, below which the source is not in the order of its times at all."""

_AGAINST_SOURCE = """
select case_code, event_index,
    start_time::varchar || ', after row ' || before_row || ' of ' || before_start as value
from against_source
order by case_code, event_index
limit $most
"""

# Steps that a variant has once, side by side: a repeated one has its own reason to come again.
_REVERSED = """
create temp table reversed_pair as
with once as (
    select variant, cases, activity_code, min(position) as position
    from variant_step
    group by all
    having count(*) = 1
),
pair as (
    select one.activity_code as first, two.activity_code as second, sum(one.cases)::bigint as cases
    from once as one join once as two on two.variant = one.variant and two.position = one.position + 1
    group by all
)
select usual.first, usual.second, usual.cases as usual_cases, rare.cases
from pair as usual join pair as rare on rare.first = usual.second and rare.second = usual.first
where usual.cases >= 20 and usual.cases >= 0.95 * (usual.cases + rare.cases)
"""
_REVERSED_EXAMPLES = """
with step as (
    select variant, position, activity_code, lead(activity_code) over (partition by variant order by position) as next
    from variant_step
),
shown as (
    select distinct on (first, second) variant.case_code, step.position as event_index, first, second
    from step
    join reversed_pair on step.activity_code = second and step.next = first
    join variant using (variant)
    order by first, second, variant.cases, variant.case_code, step.position
    limit $most
)
select case_code, event_index, 'usually after the step that follows it here' as value
from shown
order by first, second
"""

# For every pair of neighbours: the step that most often stands between them, and how often nothing does in a case
# that never has that step.
_MISSING = """
create temp table missing_step as
with step as (
    select
        variant, cases, position, activity_code as source,
        lead(activity_code, 1) over each_variant as middle,
        lead(activity_code, 2) over each_variant as target
    from variant_step
    window each_variant as (partition by variant order by position)
),
whole as (
    select source, middle, target, sum(cases)::bigint as times
    from step
    where target is not null and middle <> source and middle <> target
    group by all
    having times >= 20
),
without as (
    select step.source, step.middle as target, whole.middle, whole.times, sum(step.cases)::bigint as cases,
        min(row(step.cases, variant.case_code, step.position)) as rarest
    from step
    join variant using (variant)
    join whole on whole.source = step.source and whole.target = step.middle
    where not exists (
        from variant_step as other where other.variant = step.variant and other.activity_code = whole.middle
    )
    group by all
)
select distinct on (source, target) * from without
where times >= 0.95 * (times + cases)
order by source, target, times desc, middle
"""
_MISSING_EXAMPLES = """
select rarest[2] as case_code, rarest[3] + 1 as event_index, activity || ' is expected before it' as value
from missing_step join activity on activity_code = middle
order by source, target
limit $most
"""


def order_violations(log: StoredLog) -> Iterator[Issue]:
    """Neighbours of a case whose records stand the other way round, in a source that is otherwise in order.

    Rows overlap in time where people work in parallel: only a row that both starts and ends later counts.
    """
    against = log.one_pass.against
    if not against or against > (1 - _SORTED_SHARE) * log.one_pass.steps:
        return
    query = "select count(*), count(distinct case_code) from against_source"
    ((rows, cases),) = log.connection.execute(query).fetchall()
    if rows:
        told = f"{rows:,} events of {cases:,} cases come later by their time than records that stand behind them"
        examples = log.examples_at(_AGAINST_SOURCE, most=EXAMPLES)
        yield Issue(ORDER_VIOLATIONS, "start_time", rows, log.total["rows"], told, examples)


def reversed_steps(log: StoredLog) -> Iterator[Issue]:
    """Pairs of steps that a few cases do the other way round, where at least 95 % of 20 or more have one order."""
    log.need("variant_step")
    log.connection.execute(_REVERSED)
    found = log.rows(
        "select reversed_pair.*, one.activity as one, two.activity as two from reversed_pair "
        "join activity as one on one.activity_code = first join activity as two on two.activity_code = second "
        "order by reversed_pair.cases desc, first, second"
    )
    if found:
        most, cases = found[0], sum(row["cases"] for row in found)
        told = (
            f"{cases:,} times a usual order is reversed, most often '{most['two']}' before '{most['one']}' "
            f"({most['cases']:,} cases against {most['usual_cases']:,})"
        )
        examples = log.examples_at(_REVERSED_EXAMPLES, most=EXAMPLES)
        yield Issue(REVERSED_STEPS, "activity", cases, log.one_pass.cases, told, examples)


def missing_events(log: StoredLog) -> Iterator[Issue]:
    """Steps that a case lacks between two others, where at least 95 % of 20 or more have them. Rows: lacking steps."""
    log.need("variant_step")
    log.connection.execute(_MISSING)
    found = log.rows(
        "select missing_step.*, activity from missing_step join activity on activity_code = middle "
        "order by cases desc, source, target"
    )
    imputed = next((row for row in log.imputation if row["kind"] == "event" and row["filled"]), None)
    lacking = sum(row["cases"] for row in found)
    filled = imputed["filled"] if imputed else 0
    if lacking + filled:
        most = f", most often '{found[0]['activity']}' ({found[0]['cases']:,} times)" if found else ""
        told = f"a step that belongs between two others is missing {lacking + filled:,} times{most}"
        if filled:
            told += f"; {filled:,} were inserted"
        yield Issue(
            MISSING_EVENTS, "activity", lacking + filled, log.one_pass.cases, told,
            log.examples_at(_MISSING_EXAMPLES, most=EXAMPLES),
            action="imputed" if filled else "kept",
            imputation_accuracy=imputed["accuracy"] if imputed else None,
        )  # fmt: skip
