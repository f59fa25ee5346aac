"""What the log says as it stands: cases, activities, transitions, variants."""

from bpa_resources.tables.lake_table import lake_table

PROCESS_PROFILE = lake_table(
    "process_profile",
    "process",
    ("cases", "BIGINT", "Cases"),
    ("open_cases", "BIGINT", "Cases not yet ended"),
    ("open_rule", "VARCHAR", "Rule that told open from closed: ends, or inferred"),
    ("activities", "BIGINT", "Activities"),
    ("variants", "BIGINT", "Variants"),
    ("resources", "BIGINT", "Resources"),
    ("first_event_at", "TIMESTAMP", "First start, UTC"),
    ("last_event_at", "TIMESTAMP", "Last end, UTC"),
    ("time_basis", "VARCHAR", "wait, gap or mixed"),
    ("currency", "VARCHAR", "Currency of the costs, null if not set"),
    ("timezone", "VARCHAR", "Zone of the calendar days"),
)

CASES = lake_table(
    "cases",
    "case",
    ("case_id", "VARCHAR", "The case"),
    ("started_at", "TIMESTAMP", "First start, UTC"),
    ("ended_at", "TIMESTAMP", "Last end, UTC; of an open case the end of its last event so far"),
    ("is_open", "BOOLEAN", "Not yet ended, by the rule in process_profile.open_rule"),
    ("events", "BIGINT", "Rows of the case"),
    ("variant_id", "VARCHAR", "Its sequence of activities"),
    ("cycle_time_seconds", "DOUBLE", "Last end less first start"),
    ("processing_time_seconds", "DOUBLE", "Length of the union of its intervals"),
    ("waiting_time_seconds", "DOUBLE", "Cycle time less processing time"),
    ("handovers", "BIGINT", "Consecutive rows with known, different resources"),
    ("rework_events", "BIGINT", "Rows whose activity was seen before in the case"),
    ("cost", "DOUBLE", "Sum of the known costs of its rows, null if none"),
    ("sla_breached", "BOOLEAN", "Any limit exceeded; null without an SLA"),
    ("automated_events", "BIGINT", "Rows done by an automated resource; null if none is declared"),
    ("attributes", "MAP(VARCHAR, VARCHAR)", "The case-level attributes"),
)

ACTIVITIES = lake_table(
    "activities",
    "activity",
    ("activity", "VARCHAR", "The step"),
    ("frequency", "BIGINT", "Rows"),
    ("cases", "BIGINT", "Cases that contain it"),
    ("resources", "BIGINT", "Resources that did it"),
    ("mean_processing_seconds", "DOUBLE", "Mean processing time"),
    ("median_processing_seconds", "DOUBLE", "Median processing time"),
    ("p90_processing_seconds", "DOUBLE", "90th percentile of the processing time"),
    ("mean_waiting_seconds", "DOUBLE", "Mean waiting before it"),
    ("median_waiting_seconds", "DOUBLE", "Median waiting before it"),
    ("p90_waiting_seconds", "DOUBLE", "90th percentile of the waiting before it"),
    ("total_waiting_seconds", "DOUBLE", "All waiting before it"),
    ("rework_events", "BIGINT", "Rows that repeat it within a case"),
    ("cost", "DOUBLE", "Sum of the known costs, null if none"),
    ("time_basis", "VARCHAR", "wait, gap or mixed"),
)

TRANSITIONS = lake_table(
    "transitions",
    "pair of activities that follow each other directly",
    ("source", "VARCHAR", "The earlier activity"),
    ("target", "VARCHAR", "The later activity"),
    ("frequency", "BIGINT", "Times it happened"),
    ("cases", "BIGINT", "Cases it happened in"),
    ("overlaps", "BIGINT", "Times the target started before the source ended"),
    ("mean_seconds", "DOUBLE", "Mean of target start less source end"),
    ("median_seconds", "DOUBLE", "Median of the same"),
    ("p90_seconds", "DOUBLE", "90th percentile of the same"),
    ("max_seconds", "DOUBLE", "Greatest of the same"),
)

VARIANTS = lake_table(
    "variants",
    "variant",
    ("variant_id", "VARCHAR", "First 12 hex digits of SHA-256 over the JSON list of its activities"),
    ("activities", "VARCHAR[]", "Its activities, in order"),
    ("cases", "BIGINT", "Cases that ran so"),
    ("share", "DOUBLE", "Share of all cases"),
    ("mean_cycle_seconds", "DOUBLE", "Mean cycle time of its closed cases, null if none"),
    ("median_cycle_seconds", "DOUBLE", "Median cycle time of its closed cases, null if none"),
    ("fits_model", "BOOLEAN", "Alignment cost 0 on the discovered model; null until there is one"),
    ("fits_reference", "BOOLEAN", "Alignment cost 0 on the reference model; null if there is none"),
)

DUE_DATES = lake_table(
    "due_dates",
    "limit that a case has to keep",
    ("case_id", "VARCHAR", "The case"),
    ("due_date", "TIMESTAMP", "By when, UTC"),
    ("actual_date", "TIMESTAMP", "When it was done, UTC; null if it is not"),
    ("due_date_name", "VARCHAR", "cycle_time, or the activity"),
)

TABLES = (PROCESS_PROFILE, CASES, ACTIVITIES, TRANSITIONS, VARIANTS, DUE_DATES)
