select
    process,
    rule_id,
    measure,
    switched_on_at,
    follow_up_seconds,
    cases_before,
    cases_since,
    acted_on,
    value_before,
    value_since,
    difference,
    difference_low,
    difference_high,
    finding
from {{ ref('stg_rule_effect') }}
where {{ is_replaced() }}
