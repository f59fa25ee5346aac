select
    process,
    run_id,
    check_name,
    column_name,
    severity,
    rows,
    share,
    action,
    imputation_accuracy,
    unit,
    description,
    meaning,
    examples
from {{ source('lake', 'quality_issue') }}
