select
    process,
    measure,
    value,
    real,
    simulated,
    passed
from {{ ref('stg_simulation_quality') }}
where {{ is_replaced() }}
