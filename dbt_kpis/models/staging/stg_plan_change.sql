select
    process,
    run_id,
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
from {{ source('lake', 'plan_change') }}
