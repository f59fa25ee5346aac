select
    process,
    origin,
    name,
    moment,
    condition,
    reason
from {{ ref('stg_refused_rule') }}
where {{ is_replaced() }}
