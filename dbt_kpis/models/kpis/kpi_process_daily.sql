{{ config(pre_hook=["{{ name_replaced_processes() }}", "{{ forget_replaced_processes() }}"]) }}

with zones as (
    select process, timezone
    from {{ ref('stg_process_profile') }}
    where {{ is_replaced() }}
),

local_cases as (
    select
        cases.process,
        cases.is_open,
        cases.events,
        cases.cycle_time_seconds,
        cases.cost,
        cases.sla_breached,
        cases.automated_events,
        cast(timezone(coalesce(zones.timezone, 'UTC'), cases.started_at at time zone 'UTC') as date) as started_on,
        cast(timezone(coalesce(zones.timezone, 'UTC'), cases.ended_at at time zone 'UTC') as date) as ended_on
    from {{ ref('stg_cases') }} as cases
    left join zones on cases.process = zones.process
    where {{ is_replaced('cases.process') }}
),

-- Clocks once went back from 00:01 to the day before (St. John's): no case may end on a day before it starts.
ordered_cases as (
    select
        process,
        is_open,
        events,
        cycle_time_seconds,
        cost,
        sla_breached,
        automated_events,
        started_on,
        greatest(started_on, ended_on) as ended_on
    from local_cases
),

spans as (
    select process, min(started_on) as first_day, max(ended_on) as last_day
    from ordered_cases
    group by process
),

calendar as (
    select process, cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day
    from spans
),

arrivals as (
    select process, started_on as day, count(*) as arrivals
    from ordered_cases
    group by process, started_on
),

-- The mean is taken in order of value: its last digit must not depend on how threads split the rows.
completions as (
    select
        process,
        ended_on as day,
        count(*) as completions,
        quantile_cont(cycle_time_seconds, 0.5) as median_cycle_seconds,
        quantile_cont(cycle_time_seconds, 0.9) as p90_cycle_seconds,
        avg(cast(sla_breached as integer)) as sla_breach_rate,
        sum(automated_events) / nullif(sum(events) filter (where automated_events is not null), 0) as automation_rate,
        avg(cost order by cost) as cost_per_case
    from ordered_cases
    where not is_open
    group by process, ended_on
),

movements as (
    select
        calendar.process,
        calendar.day,
        coalesce(arrivals.arrivals, 0) as arrivals,
        coalesce(completions.completions, 0) as completions,
        completions.median_cycle_seconds,
        completions.p90_cycle_seconds,
        completions.sla_breach_rate,
        completions.automation_rate,
        completions.cost_per_case
    from calendar
    left join arrivals on calendar.process = arrivals.process and calendar.day = arrivals.day
    left join completions on calendar.process = completions.process and calendar.day = completions.day
)

select
    process,
    day,
    arrivals,
    completions,
    -- Started and not ended at the day's last instant, as running sums: a join of days and cases would not scale.
    cast(sum(arrivals - completions) over (partition by process order by day) as bigint) as wip,
    median_cycle_seconds,
    p90_cycle_seconds,
    sla_breach_rate,
    automation_rate,
    cost_per_case
from movements
order by process, day
