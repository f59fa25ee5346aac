select
    process,
    variant_id,
    position,
    kind,
    activity,
    cases
from {{ ref('stg_deviation') }}
where {{ is_replaced() }}
