select
    process,
    run_id,
    reason,
    source_file,
    source_row,
    record
from {{ source('lake', 'rejected_events') }}
