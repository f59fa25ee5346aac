"""The columns of every table that lies in the lake.

Add a table here when a stage starts to write one: the lake checks what is written against it, the Dagster UI shows
it as the column schema, and the KPI database uses it to give a process whose last run is older than the table an
empty one. Contract: docs/contracts.md. What the numbers mean is defined there; how they are computed is the stage's.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name, DuckDB type and the sentence a reader sees."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class LakeTable:
    """One table of the lake; `open_ended` tables carry further columns (the attributes of the log)."""

    name: str
    one_row: str
    columns: tuple[Column, ...]
    open_ended: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """The fixed columns, in order."""
        return tuple(column.name for column in self.columns)


def _table(name: str, one_row: str, *columns: tuple[str, str, str], open_ended: bool = False) -> LakeTable:
    return LakeTable(name, one_row, tuple(Column(*column) for column in columns), open_ended)


EVENT_LOG = _table(
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

REJECTED_EVENTS = _table(
    "rejected_events",
    "source record that was refused",
    ("reason", "VARCHAR", "Why"),
    ("source_file", "VARCHAR", "File the record is from"),
    ("source_row", "BIGINT", "Number of the data record, 1-based"),
    ("record", "VARCHAR", "The record, as JSON"),
)

EVENT_ATTRIBUTE = _table(
    "event_attribute",
    "attribute of the log",
    ("source_name", "VARCHAR", "Name in the source"),
    ("column_name", "VARCHAR", "Name in event_log"),
    ("type", "VARCHAR", "DuckDB type"),
    ("level", "VARCHAR", "case: constant within every case; event: changes"),
)

IMPUTATION = _table(
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

LOG_ACCOUNTING = _table(
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

QUALITY_PATTERNS = (
    *("one_instant", "rejected_records", "duplicate_events", "polluted_labels", "distorted_labels"),
    *("implausible_times", "future_times", "negative_durations", "order_violations", "reversed_steps"),
    *("missing_values", "missing_events", "whole_day_times", "mixed_precision", "same_instant_events"),
    *("batch_bursts", "near_duplicate_events", "recording_gaps", "cases_without_beginning", "cases_without_end"),
    *("single_event_cases", "outlying_durations", "distorted_resources", "tireless_resources", "overloaded_resources"),
    *("ambiguous_local_times", "nonexistent_local_times", "constant_columns"),
)
"""What a log is judged by (docs/contracts.md, "Quality"): two columns each of `log_profile`."""

LOG_PROFILE = _table(
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

QUALITY_ISSUE = _table(
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

PROCESS_PROFILE = _table(
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

CASES = _table(
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

ACTIVITIES = _table(
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

TRANSITIONS = _table(
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

VARIANTS = _table(
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

_MODEL_FIGURES = (
    ("fitness", "DOUBLE", "Mean over cases of 1 − cost / (length + shortest model path)"),
    ("precision", "DOUBLE", "1 − escaping / allowed activities over the prefixes of the aligned cases"),
    ("f1", "DOUBLE", "Harmonic mean of fitness and precision"),
    ("generalization", "DOUBLE", "1 − mean over its activities of 1 / √(times done)"),
    ("simplicity", "DOUBLE", "1 / (1 + mean arcs of a node of the Petri net beyond two)"),
    ("aligned_share", "DOUBLE", "Share of the cases whose variant was aligned; the figures are of these"),
)

PROCESS_MODEL = _table(
    "process_model",
    "model of the process",
    ("model", "VARCHAR", "discovered"),
    ("candidate", "VARCHAR", "The miner and its settings"),
    *_MODEL_FIGURES,
    ("sound", "BOOLEAN", "Proven by walking through all its states"),
    ("activities", "BIGINT", "Activities in it"),
    ("places", "BIGINT", "Places of its Petri net"),
    ("transitions", "BIGINT", "Transitions of its Petri net, silent ones included"),
)

MODEL_CANDIDATE = _table(
    "model_candidate",
    "model that was tried",
    ("candidate", "VARCHAR", "The miner and its settings"),
    ("taken", "BOOLEAN", "It is the discovered model"),
    *_MODEL_FIGURES,
    ("nodes", "BIGINT", "Places and transitions of its Petri net"),
    ("seconds", "DOUBLE", "How long it took"),
    ("refused_because", "VARCHAR", "Why no model came of it that could be taken; null if one did"),
)

VARIANT_ALIGNMENT = _table(
    "variant_alignment",
    "variant and model",
    ("variant_id", "VARCHAR", "The variant"),
    ("model", "VARCHAR", "discovered"),
    ("cost", "BIGINT", "Moves on one side only in an optimal alignment; null if it was not aligned"),
)

DEVIATION = _table(
    "deviation",
    "place where a variant leaves the model",
    ("variant_id", "VARCHAR", "The variant"),
    ("position", "BIGINT", "Place in its alignment, from 0; silent moves are not counted"),
    ("kind", "VARCHAR", "skipped (the model wants it), inserted (it does not) or swapped (both, in other places)"),
    ("activity", "VARCHAR", "The activity concerned"),
    ("cases", "BIGINT", "Cases that ran so"),
)

REFERENCE_MODEL = _table(
    "reference_model",
    "reference model of the process",
    ("model", "VARCHAR", "reference"),
    ("candidate", "VARCHAR", "The name of its process or pool"),
    *_MODEL_FIGURES,
    ("sound", "BOOLEAN", "Proven by walking through all its states"),
    ("activities", "BIGINT", "Activities in it"),
    ("places", "BIGINT", "Places of its Petri net"),
    ("transitions", "BIGINT", "Transitions of its Petri net, silent ones included"),
    ("matched_activities", "BIGINT", "Activities in it that the log has"),
    ("activities_accuracy", "DOUBLE", "Activities of both it and the discovered model, of those of either"),
    (
        "relations_accuracy",
        "DOUBLE",
        "F1 of the pairs that follow each other directly in it and in the discovered model",
    ),
    ("assumptions", "VARCHAR", "What was assumed to read it, in sentences; null if nothing"),
)

REFERENCE_ALIGNMENT = _table(
    "reference_alignment",
    "variant, where there is a reference model",
    ("variant_id", "VARCHAR", "The variant"),
    ("cost", "BIGINT", "Moves on one side only in an optimal alignment; null if it was not aligned"),
)

REFERENCE_DEVIATION = _table(
    "reference_deviation",
    "place where a variant leaves the reference model",
    ("variant_id", "VARCHAR", "The variant"),
    ("position", "BIGINT", "Place in its alignment, from 0; silent moves are not counted"),
    ("kind", "VARCHAR", "skipped (the model wants it), inserted (it does not) or swapped (both, in other places)"),
    ("activity", "VARCHAR", "The activity concerned"),
    ("cases", "BIGINT", "Cases that ran so"),
    ("accepted_by", "VARCHAR", "Who has accepted it; null if nobody has, or no longer"),
    ("accepted_until", "DATE", "Last day on which it is accepted"),
)

LABEL_MATCH = _table(
    "label_match",
    "label of the reference model",
    ("reference_label", "VARCHAR", "The label of an activity, or of an event that the log may know"),
    ("activity", "VARCHAR", "The activity of the log it means; null if none"),
    ("how", "VARCHAR", "exact, folded, spelling or process.yaml; null if no activity is like it"),
)

DEVIATION_EFFECT = _table(
    "deviation_effect",
    "kind of deviation of an activity from a model",
    ("model", "VARCHAR", "discovered or reference"),
    ("kind", "VARCHAR", "skipped, inserted or swapped"),
    ("activity", "VARCHAR", "The activity concerned"),
    ("cases", "BIGINT", "Cases with it"),
    ("share", "DOUBLE", "Share of the aligned cases"),
    ("median_cycle_seconds_with", "DOUBLE", "Median cycle time of the closed cases with it, null if none"),
    ("median_cycle_seconds_without", "DOUBLE", "Median cycle time of the other closed cases, null if none"),
    ("difference_seconds", "DOUBLE", "With less without: what it goes along with, which need not be its effect"),
)

BOTTLENECKS = _table(
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

WAITING_CAUSES = _table(
    "waiting_causes",
    "cause of the queue time before an activity",
    ("activity", "VARCHAR", "What is waited for"),
    ("cause", "VARCHAR", "batching, contention, prioritization, unavailability, extraneous, or unknown"),
    ("total_seconds", "DOUBLE", "Queue time before it by this cause"),
    ("share", "DOUBLE", "Share of the activity's queue time"),
    ("queue_seconds", "DOUBLE", "All queue time before the activity: start less enabled time"),
)

WAITING_TIME_OF_WEEK = _table(
    "waiting_time_of_week",
    "activity and hour of the week in which the waiting before it began",
    ("activity", "VARCHAR", "What is waited for"),
    ("weekday", "INTEGER", "1 is Monday, 7 Sunday, by the clocks of calendar.timezone"),
    ("hour", "INTEGER", "0 to 23, by the same clocks"),
    ("rows", "BIGINT", "Rows whose waiting began then; of rows that did not wait, that started then"),
    ("total_waiting_seconds", "DOUBLE", "All their waiting"),
    ("mean_waiting_seconds", "DOUBLE", "Mean waiting a row"),
)

WAITING_BY_RESOURCE = _table(
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

HANDOVERS = _table(
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

REWORK = _table(
    "rework",
    "activity that is done again within a case, and how",
    ("activity", "VARCHAR", "What is done again"),
    ("kind", "VARCHAR", "repeated at once, or returned to (after another activity)"),
    ("cases", "BIGINT", "Cases with such a repetition"),
    ("rows", "BIGINT", "Repetitions"),
    ("processing_seconds", "DOUBLE", "Processing time of the repetitions"),
    ("waiting_seconds", "DOUBLE", "Waiting before the repetitions"),
)

SLA_BREACH_FACTORS = _table(
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

SIMULATION_MODEL = _table(
    "simulation_model",
    "number that was calibrated for the simulation, or sentence on what the log does not tell",
    ("parameter", "VARCHAR", "The number, or note 1, 2, …"),
    ("value", "DOUBLE", "What it is; null for a note"),
    ("low", "DOUBLE", "Lower end of its 95 % bootstrap interval"),
    ("high", "DOUBLE", "Upper end"),
    ("note", "VARCHAR", "The sentence"),
)

SIMULATION_QUALITY = _table(
    "simulation_quality",
    "measure of how near the simulation is to the log",
    ("measure", "VARCHAR", "What is compared"),
    ("value", "DOUBLE", "How far apart: a share of the log's figure, a difference of shares, or a distance in hours"),
    ("real", "DOUBLE", "The log's figure"),
    ("simulated", "DOUBLE", "The simulation's"),
    ("passed", "BOOLEAN", "Near enough; null where it decides nothing"),
)

PLAN_SEARCH = _table(
    "plan_search",
    "search of plans",
    ("recommended", "VARCHAR", "The accepted plan to take first, null if none is accepted"),
    ("breaks_at", "DOUBLE", "Demand (1.1: +10 %) from which it breaks a goal or an SLA; null if not up to 2"),
    ("cost_goal", "DOUBLE", "Share of the cost that a plan has to take away at least"),
    ("cycle_time_goal", "DOUBLE", "Share of the mean cycle time that a plan has to take away at least"),
    ("cost_unit", "VARCHAR", "What costs are counted in: the currency of process.yaml, or hours"),
    ("proof", "VARCHAR[]", "Where no plan can reach the goals: why"),
    ("assumptions", "VARCHAR[]", "What process.yaml does not say and was taken instead"),
    ("said", "VARCHAR[]", "What people should know, such as why there is no plan"),
)

PLAN = _table(
    "plan",
    "plan that was judged: the process as it is, choices and controls",
    ("plan_id", "VARCHAR", "The plan: p- and 12 hex digits made from its decisions"),
    ("accepted", "BOOLEAN", "It reached every goal and kept every SLA at the bounds of its intervals"),
    ("reason", "VARCHAR", "Why it was accepted, or the first thing that it misses"),
    ("cost_before", "DOUBLE", "Cost a week as it is"),
    ("cost_after", "DOUBLE", "Cost a week by the plan"),
    ("cost_change_low", "DOUBLE", "Lower end of the 95 % interval of cost_change"),
    ("cost_change_high", "DOUBLE", "Upper end"),
    ("cycle_time_before", "DOUBLE", "Mean cycle time as it is, seconds"),
    ("cycle_time_after", "DOUBLE", "Mean cycle time by the plan, seconds"),
    ("cycle_time_change_low", "DOUBLE", "Lower end of the 95 % interval of cycle_time_change"),
    ("cycle_time_change_high", "DOUBLE", "Upper end"),
    ("gap", "DOUBLE", "(objective - bound) / objective of the optimization; null of a plan that was not optimized"),
    ("bound", "DOUBLE", "Best objective that the optimization has not ruled out"),
    ("simulated_cases", "BIGINT", "Cases simulated"),
    ("simulator_error", "DOUBLE", "Simulated less real mean cycle time of the process as it is, as a share"),
    ("name", "VARCHAR", "Its name for people"),
    ("standing", "VARCHAR", "as_is, choice (a point of the Pareto front) or control"),
    ("recommended", "BOOLEAN", "It is the accepted plan to take first"),
    ("cost_change", "DOUBLE", "Share by which the cost changes (-0.2: a fifth less)"),
    ("cycle_time_change", "DOUBLE", "Share by which the mean cycle time changes"),
    ("p90_change", "DOUBLE", "Share by which the 90th percentile of the cycle time changes"),
    ("waiting_change", "DOUBLE", "Share by which the waiting changes"),
    ("changes", "BIGINT", "Lines of the plan"),
    ("objective", "DOUBLE", "What the optimization found"),
    ("solver_status", "VARCHAR", "optimal, feasible or infeasible"),
    ("decisions", "VARCHAR", "What the plan sets, as JSON"),
)

PLAN_CHANGE = _table(
    "plan_change",
    "line of a plan",
    ("plan_id", "VARCHAR", "The plan"),
    ("position", "BIGINT", "Place in the plan, from 1"),
    ("kind", "VARCHAR", "headcount, hours, reassign, automate, skip, merge, parallelize or dispatch"),
    ("subject", "VARCHAR", "The role, the activity, or the two activities"),
    ("from_value", "VARCHAR", "As it is"),
    ("to_value", "VARCHAR", "By the plan"),
    ("expected_change", "DOUBLE", "What it alone does to the mean cycle time, as a share"),
    ("change_low", "DOUBLE", "Lower end of its 95 % interval"),
    ("change_high", "DOUBLE", "Upper end"),
    ("reason", "VARCHAR", "Why, with figures"),
    ("cost_change", "DOUBLE", "What it alone does to the cost a week"),
)

PLAN_EFFECT = _table(
    "plan_effect",
    "figure of a plan in a scenario",
    ("plan_id", "VARCHAR", "The plan"),
    ("scenario", "VARCHAR", "calibration, demand +10 %, held-out weeks"),
    ("measure", "VARCHAR", "cost, cycle_time, p90_cycle_time, waiting_time, or sla and what it limits"),
    ("before", "DOUBLE", "As it is: amount a week, seconds, or share of the cases that keep the SLA"),
    ("after", "DOUBLE", "By the plan"),
    ("value", "DOUBLE", "Change as a share of the process as it is; of an SLA the share of the cases that keep it"),
    ("low", "DOUBLE", "Lower end of the 95 % interval of value"),
    ("high", "DOUBLE", "Upper end"),
    ("limit_seconds", "DOUBLE", "The limit of an SLA, else null"),
    ("needed", "DOUBLE", "Share of the cases that have to keep it, else null"),
    ("kept", "BOOLEAN", "Whether low reaches what is needed, else null"),
)

DUE_DATES = _table(
    "due_dates",
    "limit that a case has to keep",
    ("case_id", "VARCHAR", "The case"),
    ("due_date", "TIMESTAMP", "By when, UTC"),
    ("actual_date", "TIMESTAMP", "When it was done, UTC; null if it is not"),
    ("due_date_name", "VARCHAR", "cycle_time, or the activity"),
)

RULE_SET = _table(
    "rule_set",
    "rule",
    ("rule_id", "VARCHAR", "The rule: r- and 12 hex digits made from when, if, then and what it foretells"),
    ("name", "VARCHAR", "Its name for people, null if nobody gave it one"),
    ("kind", "VARCHAR", "decision, sla_breach, outcome or rework"),
    ("at", "VARCHAR", "When it is asked: a decision point, start, or after an activity"),
    ("condition", "VARCHAR", "When it fires, in the language of conditions"),
    ("action", "VARCHAR", "What it asks for, as JSON: the name of the action and its parameters"),
    ("foretells", "VARCHAR", "What happens then: an option of the decision point, sla_breach, bad_outcome or rework"),
    ("origin", "VARCHAR", "tree, language_model or analyst"),
    ("explanation", "VARCHAR", "In words"),
    ("status", "VARCHAR", "proposed, accepted or refused"),
    ("decided_by", "VARCHAR", "Who accepted or refused it, null if nobody did"),
    ("decided_reason", "VARCHAR", "Why, in their words"),
    ("change", "VARCHAR", "Since the published run before: new, same or changed; null if that had no rules"),
    ("replaces", "VARCHAR", "The rule that is gone and that this one is a newer form of, null if none"),
    ("cases", "BIGINT", "Moments at which it is asked"),
    ("support", "BIGINT", "Of these, moments at which it fires"),
    ("confidence", "DOUBLE", "Share of the moments at which it fires where what it foretells came true; null if none"),
    ("base_rate", "DOUBLE", "The same share of all moments at which it is asked"),
    ("lift", "DOUBLE", "confidence / base_rate"),
    ("coverage", "DOUBLE", "support / cases"),
    ("holdout_support", "BIGINT", "Moments of later cases at which it fires"),
    ("holdout_precision", "DOUBLE", "Its confidence on cases it was not learned from, null if it never fires there"),
    ("holdout_precision_low", "DOUBLE", "Lower end of the 95 % interval of holdout_precision (Wilson)"),
    ("holdout_recall", "DOUBLE", "Share of what it foretells, in later cases, at which it fires"),
    ("holdout_base_rate", "DOUBLE", "base_rate on later cases"),
    ("q_value", "DOUBLE", "Chance of so many right on later cases if it told nothing, corrected for all candidates"),
    ("stability", "DOUBLE", "Share of the refits on resampled cases that have an equivalent rule; null if not mined"),
    ("first_fired_at", "TIMESTAMP", "First moment at which it fires, UTC; null if it never does"),
    ("last_fired_at", "TIMESTAMP", "Last moment at which it fires, UTC"),
    ("never_fires", "BOOLEAN", "It fires at no moment of the log"),
    ("conflicts", "VARCHAR[]", "Rules that fire with it at some moment and ask for what contradicts it"),
)

DECISION_POINT = _table(
    "decision_point",
    "moment at which rules are asked",
    ("decision_point", "VARCHAR", "What comes before it, and its options; of other moments than a choice, the moment"),
    ("kind", "VARCHAR", "choice, loop or skip; or what is foretold there: sla_breach, outcome or rework"),
    ("cases", "BIGINT", "Cases that passed it"),
    ("passages", "BIGINT", "Times it was passed"),
    ("options", "VARCHAR[]", "Ways out of it, in alphabetical order; end: the end of the case"),
    ("option_shares", "DOUBLE[]", "Share of the passages that took each"),
    ("majority", "VARCHAR", "The way most passages took"),
    ("majority_share", "DOUBLE", "Their share"),
    (
        "decided_share",
        "DOUBLE",
        "Share of the passages where a rule fires, or else the usual way is right nine times in ten later",
    ),
    ("rules", "BIGINT", "Rules asked there"),
    ("not_decided_because", "VARCHAR", "What is left that no rule decides; null if nothing is"),
    ("element", "VARCHAR", "Id of its gateway in the BPMN file, null if there is none"),
)

REFUSED_RULE = _table(
    "refused_rule",
    "proposed rule that was refused",
    ("origin", "VARCHAR", "language_model or analyst"),
    ("name", "VARCHAR", "Its name, null if it has none"),
    ("at", "VARCHAR", "When it was to be asked, as proposed"),
    ("condition", "VARCHAR", "Its condition, as proposed"),
    ("reason", "VARCHAR", "Why it was refused"),
)

GONE_RULE = _table(
    "gone_rule",
    "rule of the published run before that is no longer found",
    ("rule_id", "VARCHAR", "The rule"),
    ("at", "VARCHAR", "When it was asked"),
    ("condition", "VARCHAR", "When it fired"),
    ("action", "VARCHAR", "What it asked for, as JSON"),
    ("foretells", "VARCHAR", "What it foretold"),
    ("replaced_by", "VARCHAR", "The rule that is a newer form of it, null if none"),
)

RULE_EXAMPLE = _table(
    "rule_example",
    "case for or against a rule",
    ("rule_id", "VARCHAR", "The rule"),
    ("case_id", "VARCHAR", "A case in which it fires"),
    ("event_index", "INTEGER", "After which row of the case"),
    ("came_true", "BOOLEAN", "What it foretells came true"),
    ("later", "BOOLEAN", "The case is one of the later ones, which rules are not learned from"),
)

RULE_FIRING = _table(
    "rule_firing",
    "accepted rule and case in which it fires",
    ("rule_id", "VARCHAR", "The rule"),
    ("case_id", "VARCHAR", "The case"),
    ("event_index", "INTEGER", "After which row of the case it fires first"),
    ("moment_time", "TIMESTAMP", "When that was, UTC"),
    ("came_true", "BOOLEAN", "What it foretells came true, null if that is not known"),
)

RULE_ACCOUNTING = _table(
    "rule_accounting",
    "process",
    ("candidates", "BIGINT", "Rules that trees or others proposed"),
    ("tested", "BIGINT", "Of these, rules tested on later cases"),
    ("kept", "BIGINT", "Rules of rule_set"),
    ("paths_covered", "DOUBLE", "Share of the cases of whose decisions at least half are answered"),
    ("decided_passages", "DOUBLE", "Share of all passages of decision points that are decided"),
    ("later_from", "TIMESTAMP", "Start of the first case that rules are not learned from, UTC"),
    ("language_model", "VARCHAR", "off, answered, or failed: why"),
    ("tokens", "BIGINT", "Tokens it was sent and answered with"),
    ("cost", "DOUBLE", "What that cost, null if no price is set"),
    ("seconds", "DOUBLE", "How long it was asked for"),
)

PROPOSED_ACTIONS = _table(
    "proposed_actions",
    "action that an accepted rule asks for on an open case, or an accepted plan",
    ("action_id", "VARCHAR", "The action: the same process, rule and case have the same"),
    ("rule_id", "VARCHAR", "The rule; of a plan its id and the position of the change"),
    ("case_id", "VARCHAR", "The case; empty for a plan"),
    ("action", "VARCHAR", "What the rule asks for, such as escalate"),
    ("moment_time", "TIMESTAMP", "When the rule fired in the case, UTC; null for a plan"),
    ("connection", "VARCHAR", "The connection it goes through, null if push.actions does not say"),
    ("operation", "VARCHAR", "What is done there"),
    ("input", "VARCHAR", "What is sent, as JSON"),
    ("request_hash", "VARCHAR", "SHA-256 of the request: what an approval is bound to"),
    ("risk", "VARCHAR", "low, medium or high: what the system's manifest says"),
    ("repeatable", "BOOLEAN", "Sent twice it has its effect once"),
    ("problem", "VARCHAR", "Why it cannot be sent, null if it can"),
)

RULE_EFFECT = _table(
    "rule_effect",
    "rule with actions, and measure",
    ("rule_id", "VARCHAR", "The rule"),
    ("measure", "VARCHAR", "foretold, sla_breached or cycle_time_seconds"),
    ("switched_on_at", "TIMESTAMP", "When its first action was done, UTC"),
    ("follow_up_seconds", "DOUBLE", "How long cases are followed from where the rule fires"),
    ("cases_before", "BIGINT", "Cases in which it fired before that, with an answer"),
    ("cases_since", "BIGINT", "Cases in which it fired since, with an answer"),
    ("acted_on", "BIGINT", "Of these, cases for which an action was done"),
    ("value_before", "DOUBLE", "A share, or mean seconds; null without cases"),
    ("value_since", "DOUBLE", "The same since then"),
    ("difference", "DOUBLE", "value_since less value_before"),
    ("difference_low", "DOUBLE", "Lower end of its 95 % interval"),
    ("difference_high", "DOUBLE", "Upper end of its 95 % interval"),
    ("finding", "VARCHAR", "less, more, no effect seen, or too few cases"),
)

KPI_SNAPSHOT = _table(
    "kpi_snapshot",
    "KPI of a published run",
    ("kpi", "VARCHAR", "Name of the KPI"),
    ("as_of", "TIMESTAMP", "When the run was published, UTC"),
    ("value", "DOUBLE", "Its value, null if it is not defined for this log"),
    ("unit", "VARCHAR", "Its unit"),
    ("n", "BIGINT", "Of how many cases or rows"),
)

LAKE_TABLES: dict[str, LakeTable] = {
    table.name: table
    for table in (
        EVENT_LOG,
        REJECTED_EVENTS,
        EVENT_ATTRIBUTE,
        IMPUTATION,
        LOG_ACCOUNTING,
        LOG_PROFILE,
        QUALITY_ISSUE,
        PROCESS_PROFILE,
        CASES,
        ACTIVITIES,
        TRANSITIONS,
        VARIANTS,
        PROCESS_MODEL,
        MODEL_CANDIDATE,
        VARIANT_ALIGNMENT,
        DEVIATION,
        REFERENCE_MODEL,
        REFERENCE_ALIGNMENT,
        REFERENCE_DEVIATION,
        LABEL_MATCH,
        DEVIATION_EFFECT,
        BOTTLENECKS,
        WAITING_CAUSES,
        WAITING_TIME_OF_WEEK,
        WAITING_BY_RESOURCE,
        HANDOVERS,
        REWORK,
        SLA_BREACH_FACTORS,
        SIMULATION_MODEL,
        SIMULATION_QUALITY,
        PLAN_SEARCH,
        PLAN,
        PLAN_CHANGE,
        PLAN_EFFECT,
        DUE_DATES,
        RULE_SET,
        DECISION_POINT,
        REFUSED_RULE,
        GONE_RULE,
        RULE_EXAMPLE,
        RULE_FIRING,
        RULE_ACCOUNTING,
        PROPOSED_ACTIONS,
        RULE_EFFECT,
        KPI_SNAPSHOT,
    )
}
