select
    process,
    origin,
    name,
    "at",
    condition,
    reason
from {{ ref('stg_refused_rule') }}
where {{ is_replaced() }}
