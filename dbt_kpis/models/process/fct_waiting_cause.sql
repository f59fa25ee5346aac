select
    process,
    activity,
    cause,
    total_seconds,
    share
from {{ ref('stg_waiting_causes') }}
where {{ is_replaced() }}
