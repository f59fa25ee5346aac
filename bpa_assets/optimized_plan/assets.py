"""The calibrated simulation of a process, and how far it can be believed."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet

from bpa_assets.descriptions import lake_asset_out
from bpa_assets.optimized_plan.simulation_tables import simulate_process
from bpa_assets.partitions import PROCESSES
from bpa_assets.settings import read_process_config
from bpa_resources.process_files import ProcessFiles
from bpa_resources.run_tags import NOTE


@dg.multi_asset(
    name="calibrate_simulation",
    outs={
        name: lake_asset_out(name, kinds={"parquet", "numba"}) for name in ("simulation_model", "simulation_quality")
    },
    partitions_def=PROCESSES,
    group_name="optimized_plan",
)
def calibrate_simulation(
    context: dg.AssetExecutionContext,
    event_log: list[Path],
    cases: list[Path],
    process_profile: list[Path],
    waiting_causes: list[Path],
    process_files: ProcessFiles,
) -> Iterator[dg.Output[object]]:
    """Calibrate a simulation on the log, and compare what it tells with what the log tells."""
    settings = read_process_config(process_files.inbox(context.partition_key).beside("process.yaml"))
    waits = pyarrow.parquet.read_table(waiting_causes, columns=["cause", "total_seconds"])
    causes = waits.group_by("cause").aggregate([("total_seconds", "sum")]).sort_by("cause")
    found = simulate_process(
        event_log,
        open_cases=pc.fill_null(pyarrow.parquet.read_table(cases, columns=["is_open"])["is_open"], False)
        .to_numpy()
        .astype(np.bool_),
        time_basis=pyarrow.parquet.read_table(process_profile)["time_basis"][0].as_py() or "gap",
        zone=settings.calendar.timezone,
        automated=settings.automation.resources,
        causes=dict(zip(causes["cause"].to_pylist(), causes["total_seconds_sum"].to_pylist(), strict=True)),
    )
    yield dg.Output(found.model, "simulation_model")
    yield dg.Output(found.quality, "simulation_quality", metadata={NOTE: " ".join(found.said)} if found.said else {})
