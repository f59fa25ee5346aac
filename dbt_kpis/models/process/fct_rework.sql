select
    process,
    activity,
    kind,
    cases,
    rows,
    processing_seconds,
    waiting_seconds
from {{ ref('stg_rework') }}
where {{ is_replaced() }}
