select
    process,
    case_id,
    started_at,
    ended_at,
    is_open,
    events,
    variant_id,
    cycle_time_seconds,
    processing_time_seconds,
    waiting_time_seconds,
    handovers,
    rework_events,
    cost,
    sla_breached,
    attributes
from {{ ref('stg_cases') }}
where {{ is_replaced() }}
