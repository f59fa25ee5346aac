"""What the process does, as assets: cases, activities, transitions, variants; and its model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet

from bpa_assets.descriptions import lake_asset_out
from bpa_assets.partitions import PROCESSES
from bpa_assets.process_model.behaviour import observe
from bpa_assets.process_model.discovery.discover import Discovered, discover
from bpa_assets.process_model.discovery.pnml import pnml
from bpa_assets.process_model.discovery.workers import import_miners
from bpa_assets.process_model.drawing import drawing
from bpa_assets.process_model.model_preview import picture
from bpa_assets.process_model.model_tables import FIGURES, model_tables, variants_of
from bpa_assets.process_model.model_tables import TABLES as MODEL_TABLES
from bpa_assets.process_model.stored_tables import store_tables
from bpa_assets.process_model.tables import behaviour_tables
from bpa_assets.process_model.task_figures import task_figures
from bpa_assets.settings import read_process_config
from bpa_resources.lake import ProcessLake
from bpa_resources.lake_io import lake_of
from bpa_resources.process_files import ProcessFiles
from bpa_resources.publication import replace_file

TABLES = ("cases", "activities", "transitions", "variants", "due_dates", "process_profile")


@dg.multi_asset(
    name="count_behaviour",
    outs={name: lake_asset_out(name, kinds={"parquet", "numpy"}) for name in TABLES},
    deps=["log_profile"],  # its blocking checks: nothing is counted in a log that would make a wrong model
    partitions_def=PROCESSES,
    group_name="process_model",
)
def count_behaviour(
    context: dg.AssetExecutionContext, event_log: list[Path], event_attribute: list[Path], process_files: ProcessFiles
) -> Iterator[dg.Output[object]]:
    """Count cases, activities, transitions and variants in one pass over the log."""
    import_miners()  # 2 s, until the model is mined
    settings = read_process_config(process_files.inbox(context.partition_key).beside("process.yaml"))
    attributes = pyarrow.parquet.read_table(event_attribute).to_pylist()
    constant = [attribute["column_name"] for attribute in attributes if attribute["level"] == "case"]
    tables = behaviour_tables(observe(event_log, config=settings, case_attributes=constant))
    for name, stored in store_tables(tables, lake_of(context).scratch).items():
        yield dg.Output(stored, name)


@dg.multi_asset(
    name="discover_model",
    outs={name: lake_asset_out(name, kinds={"parquet", "pm4py"}) for name in (*MODEL_TABLES, "model_task")},
    partitions_def=PROCESSES,
    group_name="process_model",
)
def discover_model(
    context: dg.AssetExecutionContext,
    event_log: list[Path],
    variants: list[Path],
    activities: list[Path],
    transitions: list[Path],
) -> Iterator[dg.Output[object]]:
    """Mine several models from the variants, measure them, take the best sound one, and draw it."""
    known = variants_of(pyarrow.parquet.read_table(variants))
    found, lake = discover(known.cases), lake_of(context)
    counted = {"activities": activities, "transitions": transitions}
    tables = {name: pyarrow.parquet.read_table(files) for name, files in counted.items()}
    tasks = task_figures(event_log, found)
    _keep("bpmn", drawing(found.model.bpmn, variants=known.cases, tasks=tasks, name=lake.process, **tables), lake)
    _keep("pnml", pnml(found.model.net, name=lake.process).encode(), lake)
    for name, table in {**model_tables(found, known), "model_task": tasks}.items():
        yield dg.Output(table, name, metadata=_shown(found, table) if name == "process_model" else {})


def _shown(found: Discovered, table: pa.Table) -> dict[str, Any]:
    """A picture of the model, and its figures, which the UI plots over time."""
    figures = {one: value for one, value in table.select(FIGURES).to_pylist()[0].items() if value is not None}
    return {**figures, "model": dg.MetadataValue.md(picture(found.model.bpmn))}


def _keep(kind: str, model: bytes | None, lake: ProcessLake) -> None:
    """Store a model under the run's own name, which no reader is sent to before the run is published."""
    if model is not None:
        replace_file(lake.home.models(lake.process) / f"{lake.run_id}.{kind}", model)
