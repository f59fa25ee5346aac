select
    process,
    rank,
    activity,
    preceding_activity,
    cases,
    total_waiting_seconds,
    mean_waiting_seconds,
    p90_waiting_seconds,
    share_of_waiting,
    cases_over_threshold,
    time_basis,
    total_business_waiting_seconds,
    mean_business_waiting_seconds
from {{ ref('stg_bottlenecks') }}
where {{ is_replaced() }}
