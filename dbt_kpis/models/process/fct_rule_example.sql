select
    process,
    rule_id,
    case_id,
    event_index,
    came_true,
    later
from {{ ref('stg_rule_example') }}
where {{ is_replaced() }}
