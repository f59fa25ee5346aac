select
    process,
    run_id,
    cases,
    open_cases,
    open_rule,
    activities,
    variants,
    resources,
    first_event_at,
    last_event_at,
    time_basis,
    currency,
    timezone
from {{ source('lake', 'process_profile') }}
