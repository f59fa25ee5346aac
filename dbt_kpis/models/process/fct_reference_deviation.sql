select
    process,
    variant_id,
    position,
    kind,
    activity,
    cases,
    accepted_by,
    accepted_until
from {{ ref('stg_reference_deviation') }}
where {{ is_replaced() }}
