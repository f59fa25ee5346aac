select
    process,
    plan_id,
    position,
    kind,
    subject,
    from_value,
    to_value,
    expected_change,
    change_low,
    change_high,
    reason,
    cost_change
from {{ ref('stg_plan_change') }}
where {{ is_replaced() }}
