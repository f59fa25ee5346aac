select
    process,
    run_id,
    measure,
    value,
    real,
    simulated,
    passed
from {{ source('lake', 'simulation_quality') }}
