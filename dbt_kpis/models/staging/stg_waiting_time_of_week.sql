select
    process,
    run_id,
    activity,
    weekday,
    hour,
    rows,
    total_waiting_seconds,
    mean_waiting_seconds
from {{ source('lake', 'waiting_time_of_week') }}
