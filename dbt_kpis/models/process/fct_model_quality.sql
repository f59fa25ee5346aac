select
    process,
    model,
    fitness,
    precision,
    f1,
    generalization,
    simplicity,
    sound,
    aligned_share,
    -- Of a reference model only: until there is one, null.
    cast(null as double) as activities_accuracy,
    cast(null as double) as relations_accuracy,
    candidate
from {{ ref('stg_process_model') }}
where {{ is_replaced() }}
