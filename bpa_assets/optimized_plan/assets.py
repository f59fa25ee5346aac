"""The calibrated simulation of a process, how far it can be believed, and the plans that it carries."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet

from bpa_assets.descriptions import lake_asset_out
from bpa_assets.optimized_plan.calibration.case_classes import sortable_attributes
from bpa_assets.optimized_plan.plan_files.plan_sentence import plan_sentence
from bpa_assets.optimized_plan.plan_files.plan_tables import TABLES, plan_tables
from bpa_assets.optimized_plan.plan_files.simulation_model_file import SUFFIX, simulation_model_bytes
from bpa_assets.optimized_plan.plan_files.written_plans import PlannedFrom, plan_files, plans_of_run
from bpa_assets.optimized_plan.simulation_tables import simulate_process
from bpa_assets.partitions import PROCESSES
from bpa_assets.process_model.drawing import followings
from bpa_assets.process_model.model_tables import table_of, variants_of
from bpa_assets.settings import read_process_config
from bpa_resources.lake_io import lake_of
from bpa_resources.process_files import ProcessFiles
from bpa_resources.publication import replace_file
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
    event_attribute: list[Path],
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
        attributes=sortable_attributes(pyarrow.parquet.read_table(event_attribute)),
        causes=dict(zip(causes["cause"].to_pylist(), causes["total_seconds_sum"].to_pylist(), strict=True)),
    )
    if found.calibrated is not None:
        lake = lake_of(context)
        kept = lake.home.models(lake.process) / f"{lake.run_id}.{SUFFIX}"
        replace_file(kept, simulation_model_bytes(found.calibrated))
    yield dg.Output(found.model, "simulation_model")
    yield dg.Output(found.quality, "simulation_quality", metadata={NOTE: "\n".join(found.said)} if found.said else {})


@dg.multi_asset(
    name="optimize_plan",
    outs={name: lake_asset_out(name, kinds={"parquet", "ortools"}) for name in TABLES},
    partitions_def=PROCESSES,
    group_name="optimized_plan",
)
def optimize_plan(
    context: dg.AssetExecutionContext,
    simulation_model: list[Path],
    simulation_quality: list[Path],
    process_model: list[Path],
    transitions: list[Path],
    variants: list[Path],
    decision_point: list[Path],
    process_files: ProcessFiles,
) -> Iterator[dg.Output[object]]:
    """Search plans, prove them on simulations beside the process as it is, and write them for people and programs."""
    lake = lake_of(context)
    models = lake.home.models(lake.process)
    source = PlannedFrom(
        lake.process,
        simulation=models / f"{simulation_model[0].stem}.{SUFFIX}",
        quality=pyarrow.parquet.read_table(simulation_quality).to_pylist(),
        drawn=models / f"{process_model[0].stem}.bpmn",
        points=pyarrow.parquet.read_table(decision_point).to_pylist(),
        follows=followings(
            pyarrow.parquet.read_table(transitions), variants_of(pyarrow.parquet.read_table(variants)).cases
        ),
        config=read_process_config(process_files.inbox(lake.process).beside("process.yaml")),
    )
    found = plans_of_run(source)
    for kind, content in plan_files(found, source).items():
        replace_file(models / f"{lake.run_id}.{kind}", content)
    rows = plan_tables(found)
    for name in TABLES:
        yield dg.Output(table_of(name, rows[name]), name, metadata=_shown(rows) if name == "plan" else {})


def _shown(rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The recommended plan in a line, its figures for the plots of the UI, and what people should know."""
    (search,) = rows["plan_search"]
    plan = next((row for row in rows["plan"] if row["recommended"]), {})
    figures = {name: plan[name] for name in ("cost_change", "cycle_time_change") if name in plan}
    noted = "\n".join(search["said"])
    return {"plan": plan_sentence(search, rows["plan"]), **figures, **({NOTE: noted} if noted else {})}
