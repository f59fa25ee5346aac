{{ config(materialized='view') }}

with latest_runs as (
    select snapshots.process, max(snapshots.as_of) as as_of
    from {{ ref('kpi_process') }} as snapshots
    semi join {{ ref('dim_process') }} as published using (process)
    group by snapshots.process
)

select
    snapshots.process,
    snapshots.kpi,
    snapshots.as_of,
    snapshots.value,
    snapshots.unit,
    snapshots.n
from {{ ref('kpi_process') }} as snapshots
semi join latest_runs using (process, as_of)
