select
    process,
    run_id,
    model,
    kind,
    activity,
    cases,
    share,
    median_cycle_seconds_with,
    median_cycle_seconds_without,
    difference_seconds
from {{ source('lake', 'deviation_effect') }}
