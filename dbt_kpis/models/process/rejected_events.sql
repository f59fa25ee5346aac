select
    process,
    reason,
    source_file,
    source_row,
    record
from {{ ref('stg_rejected_events') }}
where {{ is_replaced() }}
