select
    process,
    run_id,
    activity,
    kind,
    cases,
    rows,
    processing_seconds,
    waiting_seconds
from {{ source('lake', 'rework') }}
