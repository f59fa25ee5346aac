select
    process,
    run_id,
    rule_id,
    case_id,
    event_index,
    came_true,
    later
from {{ source('lake', 'rule_example') }}
