select
    process,
    run_id,
    case_id,
    due_date,
    actual_date,
    due_date_name
from {{ source('lake', 'due_dates') }}
