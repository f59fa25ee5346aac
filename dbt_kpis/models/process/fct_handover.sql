select
    process,
    source_resource,
    target_resource,
    rows,
    cases,
    total_waiting_seconds,
    mean_waiting_seconds,
    ping_pong
from {{ ref('stg_handovers') }}
where {{ is_replaced() }}
