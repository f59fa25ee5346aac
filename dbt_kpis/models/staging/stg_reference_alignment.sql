select
    process,
    run_id,
    variant_id,
    cost
from {{ source('lake', 'reference_alignment') }}
