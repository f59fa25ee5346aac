select
    process,
    run_id,
    activity,
    resource,
    role,
    rows,
    total_processing_seconds,
    mean_processing_seconds,
    median_processing_seconds,
    total_waiting_seconds,
    mean_waiting_seconds,
    median_waiting_seconds
from {{ source('lake', 'waiting_by_resource') }}
