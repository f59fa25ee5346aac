{{ config(pre_hook=["{{ name_replaced_processes() }}"]) }}

with published as (
    select process, published_at as as_of
    from {{ ref('stg_published') }}
    where {{ is_replaced() }}
),

accounting as (
    select process, rows_read, events, rejected_events, imputed_values
    from {{ ref('stg_log_accounting') }}
    where {{ is_replaced() }}
),

currencies as (
    select process, coalesce(currency, 'currency') as currency
    from {{ ref('stg_process_profile') }}
    where {{ is_replaced() }}
),

calendar as (
    select process, count(*) as days
    from {{ ref('kpi_process_daily') }}
    where {{ is_replaced() }}
    group by process
),

-- Sums and means are taken in order of value: their last digit must not depend on how threads split the rows.
closed_cases as (
    select
        process,
        count(*) as cases,
        avg(cycle_time_seconds order by cycle_time_seconds) as mean_cycle_seconds,
        quantile_cont(cycle_time_seconds, 0.5) as median_cycle_seconds,
        quantile_cont(cycle_time_seconds, 0.9) as p90_cycle_seconds,
        sum(cycle_time_seconds order by cycle_time_seconds) as cycle_seconds,
        sum(waiting_time_seconds order by waiting_time_seconds) as waiting_seconds,
        count(*) filter (where rework_events = 0) as cases_without_rework,
        count(cost) as cases_with_cost,
        avg(cost order by cost) as mean_cost
    from {{ ref('stg_cases') }}
    where not is_open and {{ is_replaced() }}
    group by process
),

all_cases as (
    select
        process,
        count(*) as cases,
        count(*) filter (where is_open) as open_cases,
        count(*) filter (where rework_events > 0) as cases_with_rework,
        avg(handovers) as mean_handovers,
        count(sla_breached) as cases_with_sla,
        count(*) filter (where sla_breached) as cases_in_breach,
        sum(automated_events) as automated_events,
        sum(events) filter (where automated_events is not null) as events_of_known_automation
    from {{ ref('stg_cases') }}
    where {{ is_replaced() }}
    group by process
),

-- One row a process, also one without any case.
totals as (
    select
        published.process,
        published.as_of,
        accounting.rows_read,
        accounting.events,
        accounting.rejected_events,
        accounting.imputed_values,
        currencies.currency,
        coalesce(calendar.days, 0) as days,
        coalesce(all_cases.cases, 0) as cases,
        coalesce(all_cases.open_cases, 0) as open_cases,
        coalesce(all_cases.cases_with_rework, 0) as cases_with_rework,
        all_cases.mean_handovers,
        coalesce(all_cases.cases_with_sla, 0) as cases_with_sla,
        coalesce(all_cases.cases_in_breach, 0) as cases_in_breach,
        all_cases.automated_events,
        coalesce(all_cases.events_of_known_automation, 0) as events_of_known_automation,
        coalesce(closed_cases.cases, 0) as closed_cases,
        closed_cases.mean_cycle_seconds,
        closed_cases.median_cycle_seconds,
        closed_cases.p90_cycle_seconds,
        closed_cases.cycle_seconds,
        closed_cases.waiting_seconds,
        coalesce(closed_cases.cases_without_rework, 0) as cases_without_rework,
        coalesce(closed_cases.cases_with_cost, 0) as cases_with_cost,
        closed_cases.mean_cost
    from published
    left join accounting on published.process = accounting.process
    left join currencies on published.process = currencies.process
    left join calendar on published.process = calendar.process
    left join all_cases on published.process = all_cases.process
    left join closed_cases on published.process = closed_cases.process
),

-- What each KPI means stands in kpis.md.
measures as (
    select
        process,
        as_of,
        unnest([
            {{ kpi('cases', 'cases', "'cases'", 'cases') }},
            {{ kpi('open_cases', 'open_cases', "'cases'", 'cases') }},
            {{ kpi('mean_cycle_seconds', 'mean_cycle_seconds', "'seconds'", 'closed_cases') }},
            {{ kpi('median_cycle_seconds', 'median_cycle_seconds', "'seconds'", 'closed_cases') }},
            {{ kpi('p90_cycle_seconds', 'p90_cycle_seconds', "'seconds'", 'closed_cases') }},
            {{ kpi('waiting_share', 'waiting_seconds / nullif(cycle_seconds, 0)', "'ratio'", 'closed_cases') }},
            {{ kpi('rework_rate', 'cases_with_rework / nullif(cases, 0)', "'ratio'", 'cases') }},
            {{ kpi('handovers_per_case', 'mean_handovers', "'handovers'", 'cases') }},
            {{ kpi('sla_breach_rate', 'cases_in_breach / nullif(cases_with_sla, 0)', "'ratio'", 'cases_with_sla') }},
            {{ kpi('first_time_right', 'cases_without_rework / nullif(closed_cases, 0)', "'ratio'", 'closed_cases') }},
            {{ kpi('throughput_per_day', 'closed_cases / nullif(days, 0)', "'cases/day'", 'days') }},
            {{ kpi('cost_per_case', 'mean_cost', 'currency', 'cases_with_cost') }},
            {{ kpi('rejected_rate', 'rejected_events / nullif(rows_read, 0)', "'ratio'", 'rows_read') }},
            {{ kpi('imputed_rate', 'imputed_values / nullif(events, 0)', "'ratio'", 'events') }},
            {{ kpi('automation_rate', 'automated_events / nullif(events_of_known_automation, 0)', "'ratio'",
                   'events_of_known_automation') }}
        ]) as measure
    from totals
),

current_rows as (
    select process, measure.kpi, as_of, measure.value, measure.unit, measure.n
    from measures
),

earlier_rows as (
    select process, kpi, as_of, value, unit, n
    from {{ ref('stg_kpi_snapshot') }}
    where {{ is_replaced() }}
),

{% if is_incremental() -%}
-- What was published once is never rewritten, neither by a stored copy nor by computing it again.
existing_runs as (
    select distinct process, as_of from {{ this }}
),
{%- else -%}
existing_runs as (
    select process, as_of from earlier_rows where false
),
{%- endif %}

earlier_runs as (
    select distinct process, as_of from earlier_rows
),

new_rows as (
    select process, kpi, as_of, value, unit, n
    from earlier_rows
    anti join existing_runs using (process, as_of)
    union all
    select process, kpi, as_of, value, unit, n
    from current_rows
    anti join existing_runs using (process, as_of)
    anti join earlier_runs using (process, as_of)
)

select process, kpi, as_of, value, unit, n
from new_rows
