"""How far the log can be believed, as assets and their checks."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.descriptions import lake_asset_out
from bpa_assets.event_log.quality.catalog import PATTERNS
from bpa_assets.event_log.quality.data_docs import data_docs
from bpa_assets.event_log.quality.log_profile import LogTables, profile_log
from bpa_assets.event_log.quality.suite import Verdict, judge
from bpa_assets.partitions import PROCESSES
from bpa_assets.process_checks import process_check_spec
from bpa_assets.settings import read_process_config
from bpa_resources.environment import memory_bytes
from bpa_resources.lake import ProcessLake
from bpa_resources.lake_io import lake_of
from bpa_resources.process_files import ProcessFiles
from bpa_resources.publication import replace_file

TABLES = ("log_profile", "quality_issue")
_CHECKS = [
    process_check_spec(
        pattern.check,
        asset="log_profile",
        description=f"Looks for this: {pattern.meaning}. Why it matters: {pattern.because}.",
        blocking=pattern.stops_above is not None,
    )
    for pattern in PATTERNS
]


@dg.multi_asset(
    name="judge_event_log",
    outs={name: lake_asset_out(name, kinds={"parquet", "duckdb"}) for name in TABLES},
    check_specs=_CHECKS,
    partitions_def=PROCESSES,
    group_name="event_log",
)
def judge_event_log(
    context: dg.AssetExecutionContext,
    event_log: list[Path],
    event_attribute: list[Path],
    log_accounting: list[Path],
    rejected_events: list[Path],
    imputation: list[Path],
    process_files: ProcessFiles,
) -> Iterator[dg.Output[object] | dg.AssetCheckResult]:
    """Look for patterns of imperfection in the log, and let the suite judge what was found."""
    small = (event_attribute, log_accounting, rejected_events, imputation)
    tables = LogTables(event_log, *map(pyarrow.parquet.read_table, small))
    settings = read_process_config(process_files.inbox(context.partition_key).beside("process.yaml"))
    lake = lake_of(context)
    profile = profile_log(tables, config=settings, scratch=lake.scratch, memory_bytes=memory_bytes())
    judgement = judge(profile.log_profile, profile.issues)
    page = _kept(data_docs(judgement, profile.issues, title=f"Quality of the log of {lake.process}"), lake)
    yield dg.Output(profile.log_profile, "log_profile", metadata={**profile.figures, "data_docs": page})
    yield dg.Output(profile.quality_issue, "quality_issue", metadata={"data_docs": page})
    yield from map(_check_result, judgement.verdicts)


def _kept(page: str, lake: ProcessLake) -> dg.MetadataValue:
    """Store the data docs under the run's own name, which no reader is sent to before the run is published."""
    path = lake.home.quality_reports(lake.process) / f"{lake.run_id}.html"
    replace_file(path, page.encode())
    return dg.MetadataValue.path(str(path))


def _check_result(verdict: Verdict) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=verdict.pattern.check,
        asset_key="log_profile",
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if verdict.stops else dg.AssetCheckSeverity.WARN,
        description=verdict.told,
        metadata={"pattern": verdict.pattern.name, verdict.pattern.unit: verdict.rows, "share": verdict.share},
    )
