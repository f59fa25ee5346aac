select
    process,
    source_name,
    column_name,
    type,
    level
from {{ ref('stg_event_attribute') }}
where {{ is_replaced() }}
