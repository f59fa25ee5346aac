select
    process,
    run_id,
    activity,
    cause,
    total_seconds,
    share,
    queue_seconds
from {{ source('lake', 'waiting_causes') }}
