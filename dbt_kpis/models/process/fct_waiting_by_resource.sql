select
    process,
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
from {{ ref('stg_waiting_by_resource') }}
where {{ is_replaced() }}
