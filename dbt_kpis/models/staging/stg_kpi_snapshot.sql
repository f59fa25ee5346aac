select
    process,
    run_id,
    kpi,
    as_of,
    value,
    unit,
    n
from {{ source('lake', 'kpi_snapshot') }}
