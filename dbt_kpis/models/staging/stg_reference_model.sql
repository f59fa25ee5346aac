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
    aligned_share,
    activities_accuracy,
    relations_accuracy
from {{ source('lake', 'reference_model') }}
