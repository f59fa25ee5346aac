"""The patterns that are looked for, each with its thresholds and the reason for them.

Add a pattern here, then its finder in the module of its noun and in `judge.py`, its two columns in
`bpa_resources.tables.quality.LOG_PROFILE`, and its line in docs/contracts.md. How a pattern is found stays out.

Most are from S. Suriadi, R. Andrews, A. ter Hofstede, M. Wynn: Event log imperfection patterns for process mining,
Information Systems 64 (2017); granularity from R. Bose, R. Mans, W. van der Aalst: Wanna improve process mining
results?, CIDM 2013.
"""

from bpa_assets.event_log.quality.patterns import Pattern

_SURIADI = "Suriadi et al. 2017"
_BOSE = "Bose et al. 2013"
_TOLD = 1.0
"""A share that nothing exceeds: the pattern is told, and never a warning."""

MISSING_VALUES = Pattern(
    "missing_values",
    "values_are_there_where_they_are_expected",
    "a value is absent in rows of an activity that mostly has it",
    "rows",
    warns_above=0.05,
    because="a rule or a resource figure over a column of which more than one value in twenty is absent is biased",
    source=f"{_BOSE}: missing attribute values",
)
DUPLICATE_EVENTS = Pattern(
    "duplicate_events",
    "no_event_is_recorded_twice",
    "the same case, activity, times and resource again (at whole hours and days: all attributes, too)",
    "rows",
    warns_above=0.0,
    stops_above=0.5,
    because="each one adds a loop to the model; when most events are copies, so is what is mined from them",
    source=f"{_SURIADI}: collateral events",
)
NEAR_DUPLICATE_EVENTS = Pattern(
    "near_duplicate_events",
    "no_event_is_repeated_within_seconds",
    "an activity follows itself by the same resource within 10 seconds, more often than its repetitions explain",
    "rows",
    warns_above=0.01,
    because="double clicks and retries look like rework; below one row in a hundred they move no figure",
    source=f"{_SURIADI}: collateral events",
)
ORDER_VIOLATIONS = Pattern(
    "order_violations",
    "times_agree_with_the_order_of_the_records",
    "a source whose records are otherwise in the order of their times has some of a case the other way round",
    "rows",
    warns_above=0.01,
    because="a wrong time moves a step to another place of its case",
    source=f"{_SURIADI}: inadvertent time travel",
)
REVERSED_STEPS = Pattern(
    "reversed_steps",
    "no_usual_order_is_reversed_in_few_cases",
    "two steps that at least 95 % of the cases do in one order are the other way round",
    "cases",
    warns_above=0.01,
    because="at 95 % of at least 20 cases the order is a rule; its few breaches become arcs of the model",
    source=f"{_SURIADI}: inadvertent time travel",
)
IMPLAUSIBLE_TIMES = Pattern(
    "implausible_times",
    "every_time_is_plausible",
    "a time that stands for none (1900-01-01, 1970-01-01, 9999-12-31, …) or lies far from all others",
    "rows",
    warns_above=0.0,
    because="one such time makes a cycle time of decades, and with it every mean wrong",
    source=f"{_BOSE}: incorrect timestamps",
)
FUTURE_TIMES = Pattern(
    "future_times",
    "no_event_is_after_the_log_was_read",
    "a time later than the reading of the log (and 14 hours, the most that a local time can be ahead of UTC)",
    "rows",
    warns_above=0.0,
    because="what has not happened yet is a plan or a mistake, and counts as neither",
    source=f"{_BOSE}: incorrect timestamps",
)
ONE_INSTANT = Pattern(
    "one_instant",
    "events_happen_at_different_times",
    "all events of a log of at least 20 have the same time",
    "rows",
    warns_above=0.0,
    stops_above=0.0,
    because="without times there is no order and no duration: whatever is mined is wrong",
    source=f"{_SURIADI}: form-based event capture",
)
WHOLE_DAY_TIMES = Pattern(
    "whole_day_times",
    "times_are_more_exact_than_the_day",
    "a time is a date: midnight exactly, more often than chance explains",
    "rows",
    warns_above=0.05,
    because="the order within a day is lost, and waits are off by up to a day",
    source=f"{_BOSE}: imprecise timestamps",
)
MIXED_PRECISION = Pattern(
    "mixed_precision",
    "times_are_equally_exact",
    "some times are written to the minute or second, others more exactly",
    "rows",
    warns_above=0.25,
    because="events of one minute get a false order; above a quarter of the rows it is no longer noise",
    source=f"{_BOSE}: mixed granularity",
)
SAME_INSTANT_EVENTS = Pattern(
    "same_instant_events",
    "steps_of_a_case_have_times_of_their_own",
    "three or more different steps of a case have exactly the same time, as when a form is saved",
    "rows",
    warns_above=0.10,
    because="their order and durations are unknown; a few automatic steps at once are usual",
    source=f"{_SURIADI}: form-based event capture",
)
BATCH_BURSTS = Pattern(
    "batch_bursts",
    "cases_have_times_of_their_own",
    "an activity has exactly the same time in ten or more cases, far more than chance explains",
    "rows",
    warns_above=0.10,
    because="the time is that of a job which wrote the records, or of a batching step: waits before it differ in kind",
    source=f"{_SURIADI}: form-based event capture",
)
RECORDING_GAPS = Pattern(
    "recording_gaps",
    "every_usual_working_day_has_events",
    "a day without any event, of a weekday that usually has ten or more",
    "days",
    warns_above=0.02,
    because="up to about five days in a year are public holidays; more is a hole in the recording",
    source=f"{_BOSE}: missing events",
)
DISTORTED_LABELS = Pattern(
    "distorted_labels",
    "every_activity_is_spelt_in_one_way",
    "activities that differ only by case, blanks, punctuation or accents, or a rare from a frequent one by one letter",
    "rows",
    warns_above=0.0,
    because="one step becomes several, and every path through it, too",
    source=f"{_SURIADI}: distorted label",
)
POLLUTED_LABELS = Pattern(
    "polluted_labels",
    "no_activity_carries_a_number_of_its_own",
    "five or more names, the same but for numbers in them, each in hardly any case: an id has got into the name",
    "rows",
    warns_above=0.0,
    stops_above=0.9,
    because="nearly every row is its own activity then, and the model a list of the cases",
    source=f"{_SURIADI}: polluted label",
)
DISTORTED_RESOURCES = Pattern(
    "distorted_resources",
    "every_resource_is_spelt_in_one_way",
    "resources that differ only by case or blanks",
    "rows",
    warns_above=0.0,
    because="one person becomes several, and a handover is counted where there is none",
    source=f"{_SURIADI}: distorted label",
)
TIRELESS_RESOURCES = Pattern(
    "tireless_resources",
    "every_resource_rests",
    "a resource at work in 20 or more hours of a day on three days, or spread over all hours of the day",
    "resources",
    warns_above=_TOLD,
    because="it is a machine (name it in automation.resources), or an account that people share",
    source=f"{_BOSE}: incorrect resources",
)
OVERLOADED_RESOURCES = Pattern(
    "overloaded_resources",
    "no_resource_works_more_than_24_hours_a_day",
    "the work of a resource that starts and ends on one day adds up to more than 24 hours",
    "resources",
    warns_above=_TOLD,
    because="it works on several cases at once, or is a group: its times are no measure of effort",
    source=f"{_BOSE}: incorrect resources",
)
SINGLE_EVENT_CASES = Pattern(
    "single_event_cases",
    "cases_have_more_than_one_event",
    "a case with one event only",
    "cases",
    warns_above=0.5,
    because="a case of one event has no path and no duration; if most are so, the case column is a wrong one",
    source=f"{_SURIADI}: scattered case",
)
CASES_WITHOUT_BEGINNING = Pattern(
    "cases_without_beginning",
    "cases_begin_as_usual_at_the_start_of_the_log",
    "near its start the log has cases whose first step is not one that cases begin with later",
    "cases",
    warns_above=0.10,
    because="their cycle times are too short; up to a tenth hardly moves a median",
    source=f"{_BOSE}: missing cases and events",
)
CASES_WITHOUT_END = Pattern(
    "cases_without_end",
    "cases_end_as_usual_at_the_end_of_the_log",
    "near its end the log has cases whose last step is not one that cases end with earlier",
    "cases",
    warns_above=_TOLD,
    because="cases that go on are part of any log; they are open cases, and left out of cycle times",
    source=f"{_BOSE}: missing cases and events",
)
MISSING_EVENTS = Pattern(
    "missing_events",
    "no_step_is_missing_between_two_others",
    "two steps follow each other directly that have another one between them at least 95 times in a hundred",
    "cases",
    warns_above=0.05,
    because="at 95 % of at least 20 times the step belongs there: it was done and not recorded, or skipped",
    source=f"{_BOSE}: missing events",
)
OUTLYING_DURATIONS = Pattern(
    "outlying_durations",
    "no_step_takes_far_longer_than_usual",
    "a step that takes far longer than its activity: beyond median × (p90 / median)^3.5, and thrice the median",
    "rows",
    warns_above=0.01,
    because="3.5 times the spread of the upper half on a log scale keeps 99.9996 % of a lognormal activity",
    source="Tukey 1977: fences, on the log scale and from the upper half, as durations are skewed",
)
NEGATIVE_DURATIONS = Pattern(
    "negative_durations",
    "no_step_ends_before_it_starts",
    "the end of a record is before its start: the end is kept, the start set to it",
    "rows",
    warns_above=0.0,
    because="the two columns are swapped or one is wrong, and a duration is lost",
    source=f"{_BOSE}: incorrect timestamps",
)
REJECTED_RECORDS = Pattern(
    "rejected_records",
    "every_record_could_be_read",
    "a record that was refused, for the reason kept with it",
    "rows",
    warns_above=0.01,
    because="what is refused is in no figure (the limit of most_records_could_be_read, which stops above half)",
    source=f"{_SURIADI}: elusive case, unanchored event",
)
AMBIGUOUS_TIMES = Pattern(
    "ambiguous_local_times",
    "no_local_time_happened_twice",
    "a local time in the hour that is repeated when summer time ends: the first is taken",
    "rows",
    warns_above=0.01,
    because="such an hour comes once a year; above one row in a hundred the zone is a wrong one",
    source=f"{_SURIADI}: unanchored event",
)
NONEXISTENT_TIMES = Pattern(
    "nonexistent_local_times",
    "every_local_time_has_happened",
    "a local time in the hour that is left out when summer time begins: it is moved forward",
    "rows",
    warns_above=0.001,
    because="no clock shows such a time: the zone is a wrong one, or a person typed it",
    source=f"{_SURIADI}: unanchored event",
)
CONSTANT_COLUMNS = Pattern(
    "constant_columns",
    "every_column_tells_something",
    "a column with one value in every row, or with none",
    "columns",
    warns_above=_TOLD,
    because="it cannot explain anything; often a filter or a failed join is behind it",
    source=f"{_BOSE}: irrelevant attributes",
)

PATTERNS: tuple[Pattern, ...] = (
    ONE_INSTANT,
    REJECTED_RECORDS,
    DUPLICATE_EVENTS,
    POLLUTED_LABELS,
    DISTORTED_LABELS,
    IMPLAUSIBLE_TIMES,
    FUTURE_TIMES,
    NEGATIVE_DURATIONS,
    ORDER_VIOLATIONS,
    REVERSED_STEPS,
    MISSING_VALUES,
    MISSING_EVENTS,
    WHOLE_DAY_TIMES,
    MIXED_PRECISION,
    SAME_INSTANT_EVENTS,
    BATCH_BURSTS,
    NEAR_DUPLICATE_EVENTS,
    RECORDING_GAPS,
    CASES_WITHOUT_BEGINNING,
    CASES_WITHOUT_END,
    SINGLE_EVENT_CASES,
    OUTLYING_DURATIONS,
    DISTORTED_RESOURCES,
    TIRELESS_RESOURCES,
    OVERLOADED_RESOURCES,
    AMBIGUOUS_TIMES,
    NONEXISTENT_TIMES,
    CONSTANT_COLUMNS,
)
"""Those that make the most wrong first."""
