select
    process,
    run_id,
    model,
    candidate,
    fitness,
    precision,
    f1,
    generalization,
    simplicity,
    sound,
    aligned_share
from {{ source('lake', 'process_model') }}
