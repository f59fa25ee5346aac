select
    process,
    rank,
    factor,
    value,
    known,
    cases,
    breaches,
    breach_rate,
    breach_rate_elsewhere,
    risk_difference,
    difference_low,
    difference_high,
    p_value,
    q_value,
    attributable_breaches,
    same_cases
from {{ ref('stg_sla_breach_factors') }}
where {{ is_replaced() }}
