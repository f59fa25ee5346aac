"""May the log go on to a model? Each check is a sentence that is true when green."""

from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.event_log.judgement import Accounts, Imputed, count_faults
from bpa_assets.process_checks import process_check
from bpa_resources.lake import published_files
from bpa_resources.lake_io import lake_of

_UNREADABLE, _MOSTLY_UNREADABLE = 0.01, 0.5
_SHRUNK = 0.5
_MANY, _DRIFTED = 0.2, 0.1


@process_check("event_log", reads=("log_accounting",))
def every_record_is_accounted_for(event_log: list[Path], log_accounting: list[Path]) -> dg.AssetCheckResult:
    """Rows read = events + rejected events + rows paired, and the log has as many rows as it says."""
    accounts = Accounts.of(log_accounting)
    stored = sum(pyarrow.parquet.read_metadata(file).num_rows for file in event_log)
    return dg.AssetCheckResult(
        passed=accounts.add_up() and stored == accounts.events,
        metadata={**accounts.as_dict(), "rows_stored": stored},
    )


@process_check("event_log")
def every_event_is_whole_and_in_order(event_log: list[Path]) -> dg.AssetCheckResult:
    """Every event has a case, an activity and times, ends no earlier than it starts, and follows its predecessor."""
    faults = count_faults(event_log)
    return dg.AssetCheckResult(passed=not any(faults.values()), metadata=dict(faults))


@process_check("event_log", reads=("log_accounting",))
def most_records_could_be_read(log_accounting: list[Path]) -> dg.AssetCheckResult:
    """At most half of the records are refused (more stops the run); above 1 % is a warning."""
    share = Accounts.of(log_accounting).rejected_share
    stops = share > _MOSTLY_UNREADABLE
    return dg.AssetCheckResult(
        passed=share <= _UNREADABLE,
        severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
        metadata={"rejected_share": share},
        description=f"{share:.1%} of the records were refused; table rejected_events has each with its reason",
    )


@process_check("event_log", reads=("log_accounting",), blocking=False)
def the_log_did_not_shrink(context: dg.AssetCheckExecutionContext, log_accounting: list[Path]) -> dg.AssetCheckResult:
    """The log has at least half as many events as the published one."""
    lake = lake_of(context)
    publication = lake.publication()
    before = published_files(lake.folder, publication, "log_accounting") if publication else []
    known = Accounts.of(before).events if before else 0
    events = Accounts.of(log_accounting).events
    return dg.AssetCheckResult(
        passed=events >= _SHRUNK * known,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"events": events, "events_published": known},
    )


@process_check("imputation", reads=("log_accounting",), blocking=False)
def few_values_are_imputed(imputation: list[Path], log_accounting: list[Path]) -> dg.AssetCheckResult:
    """At most a fifth of the values of any column are imputed."""
    events = Accounts.of(log_accounting).events
    shares = {one.column_name: one.filled / max(events, 1) for one in Imputed.of(imputation)}
    return _of_columns(shares, {name: share for name, share in shares.items() if share > _MANY}, "is imputed")


@process_check("imputation", blocking=False)
def imputed_values_are_better_than_the_mode_or_median(imputation: list[Path]) -> dg.AssetCheckResult:
    """By hiding known values: what was filled in is right at least as often as the plain mode or median would be."""
    columns = Imputed.of(imputation)
    worse = {one.column_name: one.accuracy for one in columns if one.accuracy < one.plain_accuracy}
    return _of_columns({one.column_name: one.accuracy for one in columns}, worse, "of the imputed values is right")


@process_check("imputation", blocking=False)
def imputation_keeps_the_distribution(imputation: list[Path]) -> dg.AssetCheckResult:
    """No column's distribution moved by more than a tenth (total variation distance) when its gaps were filled."""
    drifts = {one.column_name: one.drift for one in Imputed.of(imputation)}
    return _of_columns(drifts, {name: drift for name, drift in drifts.items() if drift > _DRIFTED}, "has moved")


def _of_columns(figures: dict[str, float], failing: dict[str, float], what: str) -> dg.AssetCheckResult:
    """A warning that names the columns that fail; the figure of every column as metadata."""
    named = ", ".join(f"{share:.1%} of '{name}'" for name, share in failing.items())
    return dg.AssetCheckResult(
        passed=not failing,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=dict(figures),
        description=f"{named} {what}; table imputation has each column" if failing else None,
    )


CHECKS = [
    every_record_is_accounted_for,
    every_event_is_whole_and_in_order,
    most_records_could_be_read,
    the_log_did_not_shrink,
    few_values_are_imputed,
    imputed_values_are_better_than_the_mode_or_median,
    imputation_keeps_the_distribution,
]
