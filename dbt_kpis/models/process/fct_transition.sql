select
    process,
    source,
    target,
    frequency,
    cases,
    "overlaps",
    mean_seconds,
    median_seconds,
    p90_seconds,
    max_seconds
from {{ ref('stg_transitions') }}
where {{ is_replaced() }}
