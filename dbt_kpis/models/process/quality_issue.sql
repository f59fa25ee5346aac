select
    process,
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
from {{ ref('stg_quality_issue') }}
where {{ is_replaced() }}
