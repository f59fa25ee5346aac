"""How far the log can be believed."""

from bpa_resources.tables.lake_table import lake_table

QUALITY_PATTERNS = (
    *("one_instant", "rejected_records", "duplicate_events", "polluted_labels", "distorted_labels"),
    *("implausible_times", "future_times", "negative_durations", "order_violations", "reversed_steps"),
    *("missing_values", "missing_events", "whole_day_times", "mixed_precision", "same_instant_events"),
    *("batch_bursts", "near_duplicate_events", "recording_gaps", "cases_without_beginning", "cases_without_end"),
    *("single_event_cases", "outlying_durations", "distorted_resources", "tireless_resources", "overloaded_resources"),
    *("ambiguous_local_times", "nonexistent_local_times", "constant_columns"),
)
"""What a log is judged by (docs/contracts.md, "Quality"): two columns each of `log_profile`."""

LOG_PROFILE = lake_table(
    "log_profile",
    "process",
    ("measured_at", "TIMESTAMP", "When the log was judged, UTC"),
    ("events", "BIGINT", "Rows of event_log"),
    ("cases", "BIGINT", "Cases"),
    ("activities", "BIGINT", "Activities"),
    ("first_event_at", "TIMESTAMP", "First start, UTC"),
    ("last_event_at", "TIMESTAMP", "Last end, UTC"),
    ("issues", "BIGINT", "Rows of quality_issue"),
    ("warnings", "BIGINT", "Of these, with severity warning"),
    ("errors", "BIGINT", "Of these, with severity error"),
    *(
        column
        for pattern in QUALITY_PATTERNS
        for column in (
            (f"{pattern}_rows", "BIGINT", f"How many show {pattern}, over all columns"),
            (f"{pattern}_share", "DOUBLE", f"Greatest share of a column that shows {pattern}"),
        )
    ),
)

QUALITY_ISSUE = lake_table(
    "quality_issue",
    "pattern of imperfection found in a column of the log",
    ("check_name", "VARCHAR", "The pattern"),
    ("column_name", "VARCHAR", "The column it was found in; record: the record as a whole"),
    ("severity", "VARCHAR", "error (stops the run), warning or info"),
    ("rows", "BIGINT", "How many show it, in the unit"),
    ("share", "DOUBLE", "Their share of all"),
    ("action", "VARCHAR", "What became of them: kept, imputed or rejected"),
    ("imputation_accuracy", "DOUBLE", "Share of hidden known values the imputation gave back, null if none was made"),
    ("unit", "VARCHAR", "What is counted: rows, cases, days, resources or columns"),
    ("description", "VARCHAR", "What was found, in words"),
    ("meaning", "VARCHAR", "What the pattern is"),
    (
        "examples",
        "STRUCT(source_file VARCHAR, source_row BIGINT, case_id VARCHAR, activity VARCHAR, value VARCHAR)[]",
        "Up to five rows that show it, by their place in the source",
    ),
)

TABLES = (LOG_PROFILE, QUALITY_ISSUE)
