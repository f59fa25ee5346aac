select
    process,
    run_id,
    name,
    source_files,
    rows_read,
    events,
    rejected_events,
    rows_paired,
    inserted_events,
    imputed_values,
    duplicate_rows,
    reversed_rows,
    ambiguous_times,
    nonexistent_times,
    findings,
    log_attributes
from {{ source('lake', 'log_accounting') }}
