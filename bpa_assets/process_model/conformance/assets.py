"""Whether the log follows the reference model of its process, as assets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.descriptions import lake_asset_out
from bpa_assets.partitions import PROCESSES
from bpa_assets.process_model.conformance.accepted import Acceptances
from bpa_assets.process_model.conformance.conformance import Accuracy, Conformance, accuracy, conform
from bpa_assets.process_model.conformance.conformance_tables import (
    TABLES,
    conformance_tables,
    deviating_from_discovered,
)
from bpa_assets.process_model.conformance.reference import REFERENCE
from bpa_assets.process_model.conformance.stored_models import stored_net
from bpa_assets.process_model.model_tables import VariantIds, variants_of
from bpa_assets.settings import ProcessConfig, read_process_config
from bpa_resources.errors import InputError
from bpa_resources.lake_io import lake_of
from bpa_resources.process_files import ProcessFiles
from bpa_resources.run_tags import NOTE


@dg.multi_asset(
    name="check_conformance",
    outs={name: lake_asset_out(name, kinds={"parquet", "bpmn"}) for name in TABLES},
    partitions_def=PROCESSES,
    group_name="process_model",
)
def check_conformance(
    context: dg.AssetExecutionContext,
    variants: list[Path],
    cases: list[Path],
    process_model: list[Path],
    variant_alignment: list[Path],
    deviation: list[Path],
    process_files: ProcessFiles,
) -> Iterator[dg.Output[object]]:
    """Align the variants with reference.bpmn, if there is one, and say what deviations go along with."""
    settings = read_process_config(process_files.inbox(context.partition_key).beside("process.yaml"))
    known = variants_of(pyarrow.parquet.read_table(variants))
    found, compared = _compared(context, process_model, known, settings, process_files)
    tables, told = conformance_tables(
        found,
        compared,
        variants=known,
        discovered=deviating_from_discovered(*map(pyarrow.parquet.read_table, (deviation, variant_alignment))),
        cases=cases,
        accepted=Acceptances(settings.accepted_deviations if found else (), datetime.now(UTC).date()),
    )
    notes = [*(found.notes if found else _useless(settings)), *told]
    for name, table in tables.items():
        noted = {NOTE: f"{REFERENCE}: {'; '.join(notes)}"} if notes and name == "reference_model" else {}
        yield dg.Output(table, name, metadata=noted)


def _compared(
    context: dg.AssetExecutionContext,
    process_model: list[Path],
    variants: VariantIds,
    settings: ProcessConfig,
    process_files: ProcessFiles,
) -> tuple[Conformance | None, Accuracy | None]:
    """The log and the discovered model (its net lies beside the diagram, by the name of its run) with the reference."""
    try:
        reference = process_files.inbox(context.partition_key).beside(REFERENCE)
        if not reference.exists():
            return None, None
        found = conform(reference, variants.cases, settings.label_matches)
    except InputError as error:
        raise dg.Failure(str(error), metadata={"refused_input": True}, allow_retries=False) from error
    net = lake_of(context).home.models(context.partition_key) / f"{process_model[0].stem}.pnml"
    activities = {activity for variant in variants.cases for activity in variant}
    return found, accuracy(found, stored_net(net, activities)) if net.exists() else None


def _useless(settings: ProcessConfig) -> list[str]:
    """What is set and has no effect without a reference model."""
    set_ = {"label_matches": settings.label_matches, "accepted_deviations": settings.accepted_deviations}
    return [f"there is none, so {name} of process.yaml has no effect" for name, value in set_.items() if value]
