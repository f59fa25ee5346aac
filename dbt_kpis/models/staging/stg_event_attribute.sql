select
    process,
    run_id,
    source_name,
    column_name,
    type,
    level
from {{ source('lake', 'event_attribute') }}
