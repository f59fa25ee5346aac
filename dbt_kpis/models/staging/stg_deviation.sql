select
    process,
    run_id,
    variant_id,
    position,
    kind,
    activity,
    cases
from {{ source('lake', 'deviation') }}
