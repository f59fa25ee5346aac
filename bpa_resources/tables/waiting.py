"""Where, when and why work waits, and who hands it to whom."""

from bpa_resources.tables.lake_table import lake_table

BOTTLENECKS = lake_table(
    "bottlenecks",
    "place where cases wait",
    ("rank", "INTEGER", "1 is the greatest total; places with a preceding activity come after those without"),
    ("activity", "VARCHAR", "What is waited for"),
    ("preceding_activity", "VARCHAR", "After which activity; null: all"),
    ("cases", "BIGINT", "Cases that passed it"),
    ("total_waiting_seconds", "DOUBLE", "All waiting there"),
    ("mean_waiting_seconds", "DOUBLE", "Mean waiting a row"),
    ("p90_waiting_seconds", "DOUBLE", "90th percentile of the waiting a row"),
    ("share_of_waiting", "DOUBLE", "Share of all waiting of the process"),
    ("cases_over_threshold", "BIGINT", "Cases that waited there longer than bottleneck.waiting_time at least once"),
    ("time_basis", "VARCHAR", "wait, gap or mixed"),
    ("total_business_waiting_seconds", "DOUBLE", "The part of the waiting in calendar.hours; null without them"),
    ("mean_business_waiting_seconds", "DOUBLE", "Mean of the same a row"),
)

WAITING_CAUSES = lake_table(
    "waiting_causes",
    "cause of the queue time before an activity",
    ("activity", "VARCHAR", "What is waited for"),
    ("cause", "VARCHAR", "batching, contention, prioritization, unavailability, extraneous, or unknown"),
    ("total_seconds", "DOUBLE", "Queue time before it by this cause"),
    ("share", "DOUBLE", "Share of the activity's queue time"),
    ("queue_seconds", "DOUBLE", "All queue time before the activity: start less enabled time"),
)

WAITING_TIME_OF_WEEK = lake_table(
    "waiting_time_of_week",
    "activity and hour of the week in which the waiting before it began",
    ("activity", "VARCHAR", "What is waited for"),
    ("weekday", "INTEGER", "1 is Monday, 7 Sunday, by the clocks of calendar.timezone"),
    ("hour", "INTEGER", "0 to 23, by the same clocks"),
    ("rows", "BIGINT", "Rows whose waiting began then; of rows that did not wait, that started then"),
    ("total_waiting_seconds", "DOUBLE", "All their waiting"),
    ("mean_waiting_seconds", "DOUBLE", "Mean waiting a row"),
)

WAITING_BY_RESOURCE = lake_table(
    "waiting_by_resource",
    "activity and who did it",
    ("activity", "VARCHAR", "The step"),
    ("resource", "VARCHAR", "Who did it, null if unknown"),
    ("role", "VARCHAR", "In which role, null if unknown"),
    ("rows", "BIGINT", "Rows"),
    ("total_processing_seconds", "DOUBLE", "All processing time"),
    ("mean_processing_seconds", "DOUBLE", "Mean processing time"),
    ("median_processing_seconds", "DOUBLE", "Median processing time"),
    ("total_waiting_seconds", "DOUBLE", "All waiting before these rows"),
    ("mean_waiting_seconds", "DOUBLE", "Mean waiting before a row"),
    ("median_waiting_seconds", "DOUBLE", "Median waiting before a row"),
)

HANDOVERS = lake_table(
    "handovers",
    "pair of resources of which one hands work on to the other",
    ("source_resource", "VARCHAR", "Who did the row before"),
    ("target_resource", "VARCHAR", "Who took over"),
    ("rows", "BIGINT", "Times it happened"),
    ("cases", "BIGINT", "Cases it happened in"),
    ("total_waiting_seconds", "DOUBLE", "All waiting of the rows that were taken over"),
    ("mean_waiting_seconds", "DOUBLE", "Mean of the same"),
    ("ping_pong", "BIGINT", "Times the case went straight back to who had just handed it over"),
)

REWORK = lake_table(
    "rework",
    "activity that is done again within a case, and how",
    ("activity", "VARCHAR", "What is done again"),
    ("kind", "VARCHAR", "repeated at once, or returned to (after another activity)"),
    ("cases", "BIGINT", "Cases with such a repetition"),
    ("rows", "BIGINT", "Repetitions"),
    ("processing_seconds", "DOUBLE", "Processing time of the repetitions"),
    ("waiting_seconds", "DOUBLE", "Waiting before the repetitions"),
)

SLA_BREACH_FACTORS = lake_table(
    "sla_breach_factors",
    "trait of cases with which limits are broken more, or less, often",
    (
        "rank",
        "INTEGER",
        "By the correlation with breaches; traits that go with fewer come last",
    ),
    (
        "factor",
        "VARCHAR",
        "What is looked at: an attribute, first resource, first role, start weekday, contains, repeats or waits before",
    ),
    ("value", "VARCHAR", "Its value, limit or activity"),
    ("known", "VARCHAR", "at the start of the case, or only in the case"),
    ("cases", "BIGINT", "Closed cases that have it"),
    ("breaches", "BIGINT", "Of these, cases that broke a limit"),
    ("breach_rate", "DOUBLE", "breaches / cases"),
    ("breach_rate_elsewhere", "DOUBLE", "The same of all other closed cases"),
    ("risk_difference", "DOUBLE", "breach_rate less breach_rate_elsewhere"),
    ("difference_low", "DOUBLE", "Lower end of its 95 % interval"),
    ("difference_high", "DOUBLE", "Upper end of its 95 % interval"),
    ("p_value", "DOUBLE", "Chance of such a difference if the trait told nothing"),
    ("q_value", "DOUBLE", "The same, corrected for the number of traits that were looked at"),
    ("attributable_breaches", "DOUBLE", "breaches less cases × breach_rate_elsewhere"),
    ("same_cases", "VARCHAR[]", "Other traits that the very same cases have"),
)

TABLES = (BOTTLENECKS, WAITING_CAUSES, WAITING_TIME_OF_WEEK, WAITING_BY_RESOURCE, HANDOVERS, REWORK, SLA_BREACH_FACTORS)
