{{ config(alias='Cases') }}

-- Through a CTE: DuckDB 2.0 would else describe the first two columns by the table's names for them, in lower case.
with cases as (
    select process, case_id, started_at, ended_at, is_open
    from {{ ref('fct_case') }}
)

select
    process as "Process",
    case_id as "Case_ID",
    started_at as "Case_start",
    ended_at as "Case_end",
    case when is_open then 'open' else 'closed' end as "Case_status"
from cases
