"""Whether the log follows the reference model, and whether the diagram of the discovered model is that model."""

from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.process_checks import process_check
from bpa_assets.process_model.conformance.stored_models import compare_files
from bpa_resources.lake_io import lake_of

LEAST_FITNESS = 0.9
"""What is asked of a log that follows its reference model."""


@process_check("reference_model", blocking=False)
def log_follows_the_reference(reference_model: list[Path]) -> dg.AssetCheckResult:
    """The reference model, if there is one, explains at least 90 % of what the cases do.

    How much of it the discovered model has (accuracy) is told, and says as much about the mining as about the log.
    """
    rows = pyarrow.parquet.read_table(reference_model).to_pylist()
    if not rows:
        return dg.AssetCheckResult(passed=True, description="there is no reference model")
    (model,) = rows
    fitness, accuracy = model["fitness"], (model["activities_accuracy"], model["relations_accuracy"])
    if fitness is None:
        said = "no variant could be aligned with the reference model in time"
    else:
        known = f", accuracy of the mined model {min(accuracy):.2f}" if None not in accuracy else ""
        said = f"fitness {fitness:.2f} of the reference model{known}"
    passed = fitness is not None and fitness >= LEAST_FITNESS
    return dg.AssetCheckResult(passed=passed, severity=dg.AssetCheckSeverity.WARN, description=said)


@process_check("process_model", blocking=False)
def bpmn_matches_the_model(context: dg.AssetCheckExecutionContext, process_model: list[Path]) -> dg.AssetCheckResult:
    """The stored BPMN file, read again, allows exactly what the discovered model allows."""
    folder, run = lake_of(context).home.models(context.partition_key), process_model[0].stem
    bpmn, pnml = folder / f"{run}.bpmn", folder / f"{run}.pnml"
    if not (bpmn.exists() and pnml.exists()):
        return dg.AssetCheckResult(passed=True, description="there is no diagram of this model")
    found = compare_files(bpmn, pnml)
    if found.same is None:
        said = "the model is too large to compare the languages of both files"
        return dg.AssetCheckResult(passed=True, description=said)
    said = "both files allow the same" if found.same else f"they differ after {', '.join(found.difference[-5:])}"
    return dg.AssetCheckResult(passed=found.same, severity=dg.AssetCheckSeverity.WARN, description=said)


CHECKS = [log_follows_the_reference, bpmn_matches_the_model]
