"""What is read: the event log, what was refused of it, and what was filled in."""

from bpa_resources.tables.lake_table import lake_table

EVENT_LOG = lake_table(
    "event_log",
    "activity instance",
    ("case_id", "VARCHAR", "The case, as the source names it"),
    ("event_index", "INTEGER", "Position in the case, from 0: by start, end, then the order in the source"),
    ("activity", "VARCHAR", "The step"),
    ("start_time", "TIMESTAMP", "Start, UTC; equal to the end where only one is known"),
    ("end_time", "TIMESTAMP", "End, UTC"),
    ("has_duration", "BOOLEAN", "Start and end are both known"),
    ("is_open", "BOOLEAN", "A start without a completion"),
    ("enabled_time", "TIMESTAMP", "When the work could have begun, UTC; null if unknown"),
    ("waiting_seconds", "DOUBLE", "Start less the greatest end of all earlier rows of the case, at least 0"),
    ("processing_seconds", "DOUBLE", "End less start"),
    ("resource", "VARCHAR", "Who did it"),
    ("role", "VARCHAR", "The role of who did it"),
    ("cost", "DOUBLE", "From the cost columns, else processing hours × rate, else null"),
    ("imputed", "VARCHAR[]", "Columns whose value is not the source's"),
    ("source_file", "VARCHAR", "File the record is from"),
    ("source_row", "BIGINT", "Number of the data record, 1-based; of a pair the completing one"),
    ("start_source_row", "BIGINT", "Of a pair the record that started it"),
    ("case_code", "INTEGER", "The case as a number; rows are sorted by it"),
    ("activity_code", "INTEGER", "The activity as a number"),
    open_ended=True,
)

REJECTED_EVENTS = lake_table(
    "rejected_events",
    "source record that was refused",
    ("reason", "VARCHAR", "Why"),
    ("source_file", "VARCHAR", "File the record is from"),
    ("source_row", "BIGINT", "Number of the data record, 1-based"),
    ("record", "VARCHAR", "The record, as JSON"),
)

EVENT_ATTRIBUTE = lake_table(
    "event_attribute",
    "attribute of the log",
    ("source_name", "VARCHAR", "Name in the source"),
    ("column_name", "VARCHAR", "Name in event_log"),
    ("type", "VARCHAR", "DuckDB type"),
    ("level", "VARCHAR", "case: constant within every case; event: changes"),
)

IMPUTATION = lake_table(
    "imputation",
    "column with absent values that were expected",
    ("column_name", "VARCHAR", "The column; time stands for start_time and end_time"),
    ("kind", "VARCHAR", "activity, time, category (a mode is filled in) or number (a median)"),
    ("rows_absent", "BIGINT", "Absent values in rows of activities that have it in at least half of their rows"),
    ("filled", "BIGINT", "How many of them were filled in"),
    ("context", "VARCHAR", "What was filled in, in the order in which it was tried"),
    ("accuracy", "DOUBLE", "Expected share right of what was filled in, by hiding known values; null if nothing was"),
    ("plain_accuracy", "DOUBLE", "The same share for the plain mode or median in the same places"),
    ("drift", "DOUBLE", "Total variation distance between the distributions before and after"),
    ("abstained_because", "VARCHAR", "Why nothing was filled in"),
)

LOG_ACCOUNTING = lake_table(
    "log_accounting",
    "process",
    ("name", "VARCHAR", "The process, for people"),
    ("source_files", "VARCHAR[]", "Files read, in order"),
    ("rows_read", "BIGINT", "Records read = events - inserted_events + rejected_events + rows_paired"),
    ("events", "BIGINT", "Rows of event_log"),
    ("rejected_events", "BIGINT", "Records refused, each with its reason"),
    ("rows_paired", "BIGINT", "Records merged into the row of another (start, schedule, assign, suspend, resume)"),
    ("inserted_events", "BIGINT", "Rows of event_log that no record stands for: missing events, inserted on request"),
    ("imputed_values", "BIGINT", "Values that are not the source's"),
    ("duplicate_rows", "BIGINT", "Records equal to an earlier one of the same file: kept"),
    ("reversed_rows", "BIGINT", "Rows whose end was before their start: kept at their end, without duration"),
    ("ambiguous_times", "BIGINT", "Local times that happened twice: the first taken"),
    ("nonexistent_times", "BIGINT", "Local times that never happened: moved forward"),
    ("findings", "VARCHAR[]", "What was inferred or assumed, in sentences"),
    ("log_attributes", "MAP(VARCHAR, VARCHAR)", "What the log says about itself (XES); empty for other files"),
)

TABLES = (EVENT_LOG, REJECTED_EVENTS, EVENT_ATTRIBUTE, IMPUTATION, LOG_ACCOUNTING)
