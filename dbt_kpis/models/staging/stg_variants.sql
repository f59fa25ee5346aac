select
    process,
    run_id,
    variant_id,
    activities,
    cases,
    share,
    mean_cycle_seconds,
    median_cycle_seconds,
    fits_model,
    fits_reference
from {{ source('lake', 'variants') }}
