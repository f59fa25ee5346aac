select
    process,
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
from {{ ref('stg_decision_point') }}
where {{ is_replaced() }}
