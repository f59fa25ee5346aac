select
    process,
    run_id,
    source,
    target,
    frequency,
    cases,
    "overlaps",
    mean_seconds,
    median_seconds,
    p90_seconds,
    max_seconds
from {{ source('lake', 'transitions') }}
