select
    process,
    run_id,
    origin,
    name,
    "at",
    condition,
    reason
from {{ source('lake', 'refused_rule') }}
