select
    process,
    run_id,
    reference_label,
    activity,
    how
from {{ source('lake', 'label_match') }}
