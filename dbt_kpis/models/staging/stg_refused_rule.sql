select
    process,
    run_id,
    origin,
    name,
    "at" as moment,
    condition,
    reason
from {{ source('lake', 'refused_rule') }}
