select
    process,
    reference_label,
    activity,
    how
from {{ ref('stg_label_match') }}
where {{ is_replaced() }}
