with published as (
    select process, run_id, published_at
    from {{ ref('stg_published') }}
    where {{ is_replaced() }}
),

accounting as (
    select
        process,
        name,
        source_files,
        rows_read,
        events,
        rejected_events,
        rows_paired,
        inserted_events,
        imputed_values,
        log_attributes
    from {{ ref('stg_log_accounting') }}
    where {{ is_replaced() }}
),

profile as (
    select
        process,
        cases,
        open_cases,
        open_rule,
        activities,
        variants,
        resources,
        first_event_at,
        last_event_at,
        time_basis
    from {{ ref('stg_process_profile') }}
    where {{ is_replaced() }}
)

-- A published process without accounting or profile stays, with nulls: a test finds it, a join would hide it.
select
    published.process,
    accounting.name,
    published.run_id,
    accounting.source_files,
    accounting.rows_read,
    accounting.events,
    accounting.rejected_events,
    accounting.rows_paired,
    accounting.inserted_events,
    accounting.imputed_values,
    profile.cases,
    profile.open_cases,
    profile.open_rule,
    profile.activities,
    profile.variants,
    profile.resources,
    profile.first_event_at,
    profile.last_event_at,
    profile.time_basis,
    published.published_at as refreshed_at,
    accounting.log_attributes
from published
left join accounting on published.process = accounting.process
left join profile on published.process = profile.process
