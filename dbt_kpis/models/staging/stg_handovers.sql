select
    process,
    run_id,
    source_resource,
    target_resource,
    rows,
    cases,
    total_waiting_seconds,
    mean_waiting_seconds,
    ping_pong
from {{ source('lake', 'handovers') }}
