select
    process,
    run_id,
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
from {{ source('lake', 'plan_effect') }}
