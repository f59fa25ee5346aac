select
    process,
    activity,
    frequency,
    cases,
    resources,
    mean_processing_seconds,
    median_processing_seconds,
    p90_processing_seconds,
    mean_waiting_seconds,
    median_waiting_seconds,
    p90_waiting_seconds,
    total_waiting_seconds,
    rework_events,
    cost,
    time_basis
from {{ ref('stg_activities') }}
where {{ is_replaced() }}
