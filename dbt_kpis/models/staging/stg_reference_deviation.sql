select
    process,
    run_id,
    variant_id,
    position,
    kind,
    activity,
    cases,
    accepted_by,
    accepted_until
from {{ source('lake', 'reference_deviation') }}
