"""Where and when cases wait, for whom, and why; handovers and rework."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet

from bpa_assets.bottlenecks.cause_table import explain_waits
from bpa_assets.bottlenecks.handovers import handover_table
from bpa_assets.bottlenecks.places import bottleneck_table
from bpa_assets.bottlenecks.rework import rework_table
from bpa_assets.bottlenecks.sla_factors import explain_breaches
from bpa_assets.bottlenecks.waiting_by_hour import waiting_by_hour
from bpa_assets.bottlenecks.waiting_by_resource import waiting_by_resource
from bpa_assets.bottlenecks.work_rows import work_rows
from bpa_assets.descriptions import OWNERS, description_of, lake_asset_out
from bpa_assets.partitions import PROCESSES
from bpa_assets.process_model.event_chunks import activity_names
from bpa_assets.settings import read_process_config
from bpa_resources.process_files import ProcessFiles
from bpa_resources.run_tags import NOTE

WORK_TABLES = ("waiting_time_of_week", "waiting_by_resource", "handovers", "rework")
TABLES = ("bottlenecks", "waiting_causes", "sla_breach_factors", *WORK_TABLES)


@dg.asset(
    partitions_def=PROCESSES,
    group_name="bottlenecks",
    owners=OWNERS,
    kinds={"parquet", "numpy"},
    description=description_of("bottlenecks"),
)
def bottlenecks(
    context: dg.AssetExecutionContext, event_log: list[Path], activities: list[Path], process_files: ProcessFiles
) -> pa.Table:
    """Rank the places where cases wait by the time lost there."""
    settings = read_process_config(process_files.inbox(context.partition_key).beside("process.yaml"))
    return bottleneck_table(
        event_log,
        activities=pyarrow.parquet.read_table(activities),
        names=activity_names(event_log),
        threshold=settings.bottleneck.waiting_time,
        calendar=settings.calendar,
    )


@dg.asset(
    partitions_def=PROCESSES,
    group_name="bottlenecks",
    owners=OWNERS,
    kinds={"parquet", "numpy"},
    description=description_of("waiting_causes"),
)
def waiting_causes(
    context: dg.AssetExecutionContext, event_log: list[Path], process_profile: list[Path], process_files: ProcessFiles
) -> pa.Table:
    """Split the queue time before each activity by cause, or say why the log cannot tell."""
    settings = read_process_config(process_files.inbox(context.partition_key).beside("process.yaml"))
    found = explain_waits(
        event_log,
        names=activity_names(event_log),
        time_basis=pyarrow.parquet.read_table(process_profile)["time_basis"][0].as_py(),
        zone=settings.calendar.timezone,
        automated=settings.automation.resources,
    )
    if found.untold:
        context.add_output_metadata({NOTE: found.untold})
    return found.table


@dg.multi_asset(
    name="count_work",
    outs={name: lake_asset_out(name, kinds={"parquet", "numpy"}) for name in WORK_TABLES},
    deps=["log_profile"],  # its blocking checks
    partitions_def=PROCESSES,
    group_name="bottlenecks",
)
def count_work(
    context: dg.AssetExecutionContext, event_log: list[Path], process_files: ProcessFiles
) -> Iterator[dg.Output[object]]:
    """Count waiting by hour and by resource, handovers and rework in one read of the log."""
    settings = read_process_config(process_files.inbox(context.partition_key).beside("process.yaml"))
    rows = work_rows(event_log, activities=activity_names(event_log))
    yield dg.Output(waiting_by_hour(rows, zone=settings.calendar.timezone), "waiting_time_of_week")
    yield dg.Output(waiting_by_resource(rows), "waiting_by_resource")
    yield dg.Output(handover_table(rows), "handovers")
    yield dg.Output(rework_table(rows), "rework")


@dg.asset(
    partitions_def=PROCESSES,
    group_name="bottlenecks",
    owners=OWNERS,
    kinds={"parquet", "numpy"},
    description=description_of("sla_breach_factors"),
)
def sla_breach_factors(
    context: dg.AssetExecutionContext,
    event_log: list[Path],
    cases: list[Path],
    event_attribute: list[Path],
    process_files: ProcessFiles,
) -> pa.Table:
    """Compare the cases that broke a limit with the others; nothing where no limit is set."""
    found = explain_breaches(
        event_log,
        cases=pyarrow.parquet.read_table(cases, columns=["started_at", "is_open", "sla_breached"]),
        attributes=pyarrow.parquet.read_table(event_attribute),
        names=activity_names(event_log),
        config=read_process_config(process_files.inbox(context.partition_key).beside("process.yaml")),
    )
    context.add_output_metadata({"cases": found.cases, "breaches": found.breaches, "tested": found.tested})
    if found.said:
        context.add_output_metadata({NOTE: found.said})
    return found.table
