"""Where cases wait: the asset `bottlenecks`."""

from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet

from bpa_assets.bottlenecks.places import bottleneck_table
from bpa_assets.descriptions import OWNERS, description_of
from bpa_assets.partitions import PROCESSES
from bpa_assets.process_model.event_chunks import activity_names
from bpa_assets.settings import read_process_config
from bpa_resources.process_files import ProcessFiles

TABLES = ("bottlenecks",)


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
    )
