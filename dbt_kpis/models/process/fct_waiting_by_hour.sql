select
    process,
    activity,
    weekday,
    hour,
    rows,
    total_waiting_seconds,
    mean_waiting_seconds
from {{ ref('stg_waiting_time_of_week') }}
where {{ is_replaced() }}
