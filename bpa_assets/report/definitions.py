"""What each figure of the report is, in a sentence, and the query that gives it from `kpis.duckdb`.

A figure that a person reads in the report has an entry here; the page shows it beside the figure. The sentences say
what docs/contracts.md says, for people who do not read that.
"""

from dataclasses import dataclass
from string import Template

from bpa_assets.report.run_tables import RunTables


@dataclass(frozen=True)
class Definition:
    """`sql` is to be asked with `bpa sql`; `$process` stands for the key of the process.

    `needs`: the lake table without rows of which there is no such figure; empty for those of every run.
    """

    title: str
    text: str
    sql: str
    needs: str = ""


def _kpi(title: str, text: str, kpi: str) -> Definition:
    query = f"select value, unit, n from kpi_process_latest where process = '$process' and kpi = '{kpi}'"  # noqa: S608 - names of this file
    return Definition(title, text, query)


DEFINITIONS: dict[str, Definition] = {
    "cases": _kpi("Cases", "All cases of the log, open ones too.", "cases"),
    "events": Definition(
        "Events",
        "Activity instances: a record of the log, or a start and its completion as one.",
        "select events from dim_process where process = '$process'",
    ),
    "variants_count": Definition(
        "Variants",
        "Different sequences of activities that cases ran through, nothing folded.",
        "select variants from dim_process where process = '$process'",
    ),
    "median_cycle_seconds": _kpi(
        "Cycle time, median",
        "Half of the closed cases take at most this long, from their first start to their last end. With a filter it "
        "is put together from up to 51 cycle times or quantiles a variant: exact for variants of up to 51 closed "
        "cases, else within two percentage points of rank.",
        "median_cycle_seconds",
    ),
    "mean_cycle_seconds": _kpi(
        "Cycle time, mean",
        "The sum of the cycle times of closed cases divided by their number. A few long cases raise it far above the "
        "median.",
        "mean_cycle_seconds",
    ),
    "p90_cycle_seconds": _kpi(
        "Cycle time, 90th percentile", "Nine in ten closed cases take at most this long.", "p90_cycle_seconds"
    ),
    "waiting_share": _kpi(
        "Waiting",
        "The part of the cycle time of closed cases in which nothing was worked on. Where the log has one time an "
        "event, working and waiting cannot be told apart, and all time between events counts as waiting.",
        "waiting_share",
    ),
    "rework_rate": _kpi("Rework", "Share of the cases in which an activity happens more than once.", "rework_rate"),
    "throughput_per_day": _kpi(
        "Throughput",
        "Closed cases divided by the calendar days from the first start to the last end of a case.",
        "throughput_per_day",
    ),
    "handovers_per_case": _kpi(
        "Handovers",
        "Mean number of times in a case that one row is done by another resource than the row before.",
        "handovers_per_case",
    ),
    "sla_breach_rate": _kpi(
        "SLA breaches",
        "Share of the cases with a service level (process.yaml) that exceeded a limit of it; open cases count when "
        "they already have.",
        "sla_breach_rate",
    ),
    "cost_per_case": _kpi("Cost of a case", "Mean cost of the closed cases of which a cost is known.", "cost_per_case"),
    "automation_rate": _kpi(
        "Automation",
        "Share of the rows that were done by a resource that process.yaml calls automated.",
        "automation_rate",
    ),
    "fits_model": Definition(
        "Cases that fit the model",
        "Share of the cases, of those whose variant was aligned, that the mined model replays without deviation.",
        "select sum(cases) filter (where fits_model) / sum(cases) filter (where fits_model is not null) "
        "from fct_variant where process = '$process'",
    ),
    "model": Definition(
        "Process model",
        "The best sound model of up to twenty candidates that were mined from the variants of this log; its figures "
        "are below, under Conformance.",
        "select activity, frequency, cases, median_processing_seconds, mean_waiting_seconds, total_waiting_seconds "
        "from fct_activity where process = '$process' order by frequency desc",
    ),
    "map": Definition(
        "Process map",
        "Which activity directly followed which in the log, how often, and how long it took from the end of the one "
        "to the start of the other on average. It shows what happened, not what is allowed.",
        "select source, target, frequency, mean_seconds from fct_transition "
        "where process = '$process' order by frequency desc",
    ),
    "bottlenecks": Definition(
        "Bottlenecks",
        "Places where cases wait, ranked by all the waiting there. The waiting of a row is its start less the latest "
        "end of all earlier rows of its case.",
        "select rank, activity, preceding_activity, cases, total_waiting_seconds, mean_waiting_seconds, "
        "p90_waiting_seconds, share_of_waiting, cases_over_threshold from fct_bottleneck "
        "where process = '$process' order by rank",
    ),
    "causes": Definition(
        "Causes of waiting",
        "The time from when work could begin to its start, split without overlap. Batching: until its batch was "
        "complete. Contention: its resource was busy with work that was due earlier. Prioritization: busy with work "
        "that became due later. Unavailability: outside the hours of its resource. Extraneous: idle within them, so "
        "what held it is not in the log. Unknown: nobody named, or no start.",
        "select activity, cause, total_seconds, share from fct_waiting_cause "
        "where process = '$process' order by total_seconds desc",
    ),
    "variants": Definition(
        "Variants",
        "A variant is the sequence of activities of a case. Share: of all cases. Durations: of its closed cases.",
        "select variant_id, cases, share, median_cycle_seconds, mean_cycle_seconds, activities from fct_variant "
        "where process = '$process' order by cases desc, variant_id",
    ),
    "sample": Definition(
        "Example cases",
        "Of the 50 most frequent variants the quickest, the middle and the slowest case, of 150 more the middle one. "
        "All cases are in the database.",
        "select case_id, event_index, activity, start_time, end_time, waiting_seconds, resource from fct_event "
        "where process = '$process' order by case_id, event_index",
    ),
    "arrivals": Definition(
        "Arrivals and completions",
        "Arrivals: cases by their first start. Completions: closed cases by their last end. The first and last "
        "period may be cut by the log.",
        "select day, arrivals, completions from kpi_process_daily where process = '$process' order by day",
    ),
    "wip": Definition(
        "Work in progress",
        "Cases that had started and not ended at the last instant of the period. Cases that were at work before the "
        "log begins are not in it, so it starts from nothing.",
        "select day, wip from kpi_process_daily where process = '$process' order by day",
    ),
    "cycle_histogram": Definition(
        "Cycle times",
        "Closed cases by how long they took. The bars reach to the 99th percentile; the last one may hold all "
        "longer cases.",
        "select cycle_time_seconds from fct_case where process = '$process' and not is_open",
    ),
    "cycle_by_period": Definition(
        "Cycle time over time",
        "Median and 90th percentile of the cycle time of the cases that were completed in each period.",
        "select day, completions, median_cycle_seconds, p90_cycle_seconds from kpi_process_daily "
        "where process = '$process' order by day",
    ),
    "fitness": Definition(
        "Fitness",
        "How much of what happened the model can replay: mean over cases of 1 − deviations / the most there could be.",
        "select fitness, aligned_share from fct_model_quality where process = '$process'",
    ),
    "precision": Definition(
        "Precision",
        "How much of what the model allows did happen: 1 for a model that allows nothing that was never seen.",
        "select precision from fct_model_quality where process = '$process'",
    ),
    "f1": Definition(
        "F1",
        "The harmonic mean of fitness and precision: high only if both are.",
        "select f1 from fct_model_quality where process = '$process'",
    ),
    "generalization": Definition(
        "Generalization",
        "How often the parts of the model were used: near 1 if each was seen so often that new cases will fit too.",
        "select generalization from fct_model_quality where process = '$process'",
    ),
    "simplicity": Definition(
        "Simplicity",
        "1 if every node of the model's Petri net has one way in and one way out, less the more arcs it has.",
        "select simplicity from fct_model_quality where process = '$process'",
    ),
    "deviations": Definition(
        "Deviations",
        "Where cases leave the mined model. Skipped: the model wants the activity, the case does not have it. "
        "Inserted: the other way round. Swapped: both, in another place.",
        "select kind, activity, sum(cases) as cases from (select distinct variant_id, kind, activity, cases "
        "from fct_deviation where process = '$process') group by all order by cases desc",
    ),
    "activities_accuracy": Definition(
        "Activities in common",
        "Activities of both the reference and the mined model, of those of either.",
        "select activities_accuracy from fct_model_quality where process = '$process' and model = 'reference'",
        needs="reference_model",
    ),
    "relations_accuracy": Definition(
        "Order in common",
        "F1 of the pairs of activities that may follow each other directly in the reference and in the mined model.",
        "select relations_accuracy from fct_model_quality where process = '$process' and model = 'reference'",
        needs="reference_model",
    ),
    "reference_deviations": Definition(
        "Deviations from the reference",
        "Where cases leave the reference model, as above. The median cycle time of cases with a deviation, less that "
        "of the others, is what it goes along with, not what it causes.",
        "select kind, activity, cases, share, difference_seconds from fct_deviation_effect "
        "where process = '$process' and model = 'reference' order by cases desc",
        needs="deviation_effect",
    ),
    "time_of_week": Definition(
        "When waiting begins",
        "Mean waiting by the hour of the week in which it began, by the clocks of calendar.timezone. Of rows that did "
        "not wait it is the hour in which they started.",
        "select activity, weekday, hour, rows, mean_waiting_seconds, total_waiting_seconds from fct_waiting_by_hour "
        "where process = '$process'",
        needs="waiting_time_of_week",
    ),
    "resources": Definition(
        "Who does it",
        "Waiting before an activity and how long it takes, by who did it. Who gets the harder cases waits and works "
        "longer: it is no measure of a person.",
        "select activity, resource, role, rows, median_processing_seconds, mean_waiting_seconds, "
        "total_waiting_seconds from fct_waiting_by_resource where process = '$process' "
        "order by total_waiting_seconds desc",
        needs="waiting_by_resource",
    ),
    "handovers": Definition(
        "Handovers",
        "Work that went on from one resource to another, with the waiting of the rows that were taken over. Straight "
        "back: the next row was done by who had handed it over.",
        "select source_resource, target_resource, rows, cases, mean_waiting_seconds, ping_pong from fct_handover "
        "where process = '$process' order by total_waiting_seconds desc",
        needs="handovers",
    ),
    "rework": Definition(
        "Done again",
        "Activities that happened before in the same case: at once, or after another activity.",
        "select activity, kind, cases, rows, processing_seconds, waiting_seconds from fct_rework "
        "where process = '$process' order by rows desc",
        needs="rework",
    ),
    "sla": Definition(
        "What goes with broken limits",
        "Traits of closed cases with which limits of the SLA are broken more or less often than elsewhere, with the "
        "95 % interval of the difference. It is what goes along, not what causes it.",
        "select factor, value, cases, breaches, breach_rate, breach_rate_elsewhere, difference_low, difference_high "
        "from fct_sla_factor where process = '$process' order by rank",
        needs="sla_breach_factors",
    ),
    "rules": Definition(
        "Rules",
        "What a case meets at a moment, and what then happens. Right in later cases: of the moments of the later cases "
        "at which it fires, the share where that came true; surely: the lower end of its 95 % interval. Without it: "
        "the same share of all moments asked. Finds: of what it foretells, the share at which it fires. It was learned "
        "from the earlier cases only; it is what goes along, not what causes it.",
        "select rule_id, moment, condition, foretells, support, holdout_support, holdout_precision, "
        "holdout_precision_low, holdout_base_rate, holdout_recall, q_value, status from fct_rule "
        "where process = '$process' order by holdout_precision_low desc",
        needs="rule_set",
    ),
    "paths_covered": Definition(
        "Paths covered",
        "Share of the cases of whose decisions at least half are answered: by a rule that fires there, or by the way "
        "that most cases take where none does, if it is right more often than not in later cases.",
        "select decision_point, kind, passages, majority_share, decided_share from fct_decision_point "
        "where process = '$process' order by passages desc",
        needs="rule_accounting",
    ),
    "decided_passages": Definition(
        "Decisions told",
        "Of all times that cases passed a decision point, the share at which a rule fires, or else the usual way is "
        "right in nine of ten later cases.",
        "select sum(passages * decided_share) / sum(passages) from fct_decision_point "
        "where process = '$process' and kind in ('choice', 'loop', 'skip')",
        needs="rule_accounting",
    ),
    "decision_points": Definition(
        "Decision points",
        "Moments at which a case goes one of several ways, and moments at which trouble can be foretold. Told: "
        "share of the passages at which a rule fires, or the usual way is right in nine of ten later cases.",
        "select decision_point, kind, cases, passages, majority, majority_share, decided_share, rules, "
        "not_decided_because from fct_decision_point where process = '$process'",
        needs="decision_point",
    ),
    "refused_rules": Definition(
        "Refused proposals",
        "Rules that a language model or an analyst proposed and that cannot be a rule of this log, with the reason.",
        "select origin, name, moment, condition, reason from fct_refused_rule where process = '$process'",
        needs="refused_rule",
    ),
    "actions": Definition(
        "Actions",
        "What accepted rules ask for on the open cases in which they fire, once a case and rule, and what became of "
        "it. Nothing is sent unless the process has switched pushing on; what the policy does not let go waits.",
        "select action_id, rule_id, case_id, action, connector, operation, status, approved_by, done_at "
        "from fct_action where process = '$process'",
        needs="proposed_actions",
    ),
    "rule_effect": Definition(
        "What changed",
        "Cases in which the rule fired since its first action was done, acted on or not, beside those in which it "
        "fired before and for which nothing was done; both followed for the same time. Shares have Newcombe's interval "
        "of 95 %, means a bootstrap interval. It is no experiment: what else changed then is in the difference.",
        "select rule_id, measure, value_before, value_since, difference, difference_low, difference_high, finding "
        "from fct_rule_effect where process = '$process'",
        needs="rule_effect",
    ),
    "simulation": Definition(
        "Simulation",
        "The process is simulated with the arrivals and the steps of the log; who does them, how long they take and "
        "what they wait for is drawn from what was calibrated. Cycle times and work in progress have to be near the "
        "log's (10 %, the 90th percentile 15 %), the share of working hours in which people are busy within 5 points. "
        "Held out: cases that the simulation was not calibrated on.",
        "select measure, value, real, simulated, passed from fct_simulation_quality where process = '$process'",
        needs="simulation_quality",
    ),
    "accounts": Definition(
        "What became of every record",
        "Records read = events − inserted events + rejected records + records merged into the row they belong to.",
        "select rows_read, events, rejected_events, rows_paired, inserted_events, imputed_values from dim_process "
        "where process = '$process'",
    ),
    "issues": Definition(
        "Patterns of imperfection",
        "What makes a log less believable than it looks, with the rows that show it.",
        "select check_name, column_name, severity, rows, share, action, description, examples from quality_issue "
        "where process = '$process'",
    ),
    "imputation": Definition(
        "Values filled in",
        "Absent values that the log itself tells, and how often such guesses are right, by hiding known values.",
        "select column_name, rows, action, imputation_accuracy from quality_issue "
        "where process = '$process' and action = 'imputed'",
    ),
    "rejected": Definition(
        "Rejected records",
        "Records that could not be used, each kept with its reason.",
        "select reason, source_file, source_row, record from rejected_events where process = '$process'",
    ),
}


def definitions_of(process: str, tables: RunTables) -> dict[str, dict[str, str]]:
    """Title, text and query of every figure of this run, for one process (a key, which holds no quote)."""
    return {
        name: {"title": one.title, "text": one.text, "sql": Template(one.sql).substitute(process=process)}
        for name, one in DEFINITIONS.items()
        if not one.needs or tables.has_rows(one.needs)
    }
