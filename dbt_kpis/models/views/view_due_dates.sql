{{ config(alias='Due_dates') }}

select
    process as "Process",
    case_id as "Case_ID",
    due_date as "Due_date",
    actual_date as "Actual_date",
    due_date_name as "Due_date_name"
from {{ ref('stg_due_dates') }}
