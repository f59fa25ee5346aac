select
    process,
    model,
    kind,
    activity,
    cases,
    share,
    median_cycle_seconds_with,
    median_cycle_seconds_without,
    difference_seconds
from {{ ref('stg_deviation_effect') }}
where {{ is_replaced() }}
