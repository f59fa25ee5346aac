"""The lake as Dagster's I/O manager: stores what assets return, hands them the files of what they ask for.

It also holds, for as long as the run lasts, the process's lock and one of the machine's places for heavy work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import dagster as dg

from bpa_resources.home import this_home
from bpa_resources.lake import ProcessLake, StoredTable
from bpa_resources.lake_metadata import table_metadata
from bpa_resources.run_tags import PROCESS_TAG


class LakeIO(dg.ConfigurableIOManager):
    """Stores `StoredTable`s (files in the run's scratch folder) and Arrow tables; loads lists of Parquet files."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["LakeIO"]:
        """Hold the process's lock and a place for heavy work while the run lasts; its scratch is gone afterwards."""
        process = context.run.tags.get(PROCESS_TAG) if context.run else None
        if context.run is None or process is None:
            yield self
            return
        home = this_home()
        lake = ProcessLake(home, process, context.run.run_id)
        with home.process_lock(process), home.slot():
            try:
                yield self
            finally:
                lake.discard_scratch()

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Store a table and report its rows, columns and a preview."""
        begun = monotonic()
        lake = lake_of(context)
        asset = context.asset_key.path[-1]
        stored = lake.adopt(asset, obj) if isinstance(obj, StoredTable) else lake.write(asset, obj)
        context.add_output_metadata(table_metadata(asset, stored) | {"store_seconds": round(monotonic() - begun, 3)})

    def load_input(self, context: dg.InputContext) -> list[Path]:
        """The files of an asset: this run's, else the published ones."""
        lake = lake_of(context)
        asset = context.asset_key.path[-1]
        files = lake.files(asset)
        if not files:
            raise dg.Failure(
                description=f"{asset} of {lake.process} is not there yet: materialize it first", allow_retries=False
            )
        return files


def lake_of(
    context: dg.OutputContext | dg.InputContext | dg.AssetExecutionContext | dg.AssetCheckExecutionContext,
) -> ProcessLake:
    """The lake as the run of this context sees it."""
    if isinstance(context, dg.InputContext):
        step = context.step_context
        return ProcessLake(this_home(), str(step.partition_key), step.run_id)
    run_id = context.run_id if isinstance(context, dg.OutputContext) else context.run.run_id
    return ProcessLake(this_home(), context.partition_key, str(run_id))
