select
    process,
    plan_id,
    scenario,
    measure,
    before,
    after,
    value,
    low,
    high,
    limit_seconds,
    needed,
    kept
from {{ ref('stg_plan_effect') }}
where {{ is_replaced() }}
