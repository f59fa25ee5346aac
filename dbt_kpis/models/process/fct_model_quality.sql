with models as (
    select
        *,
        -- Of a reference model only: how much of it the discovered model has.
        cast(null as double) as activities_accuracy,
        cast(null as double) as relations_accuracy
    from {{ ref('stg_process_model') }}
    union all by name
    select * from {{ ref('stg_reference_model') }}
)

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
    activities_accuracy,
    relations_accuracy,
    candidate
from models
where {{ is_replaced() }}
