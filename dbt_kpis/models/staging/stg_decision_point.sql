select
    process,
    run_id,
    decision_point,
    kind,
    cases,
    passages,
    options,
    option_shares,
    majority,
    majority_share,
    decided_share,
    rules,
    not_decided_because,
    element
from {{ source('lake', 'decision_point') }}
