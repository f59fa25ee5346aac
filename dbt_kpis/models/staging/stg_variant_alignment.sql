select
    process,
    run_id,
    variant_id,
    model,
    cost
from {{ source('lake', 'variant_alignment') }}
