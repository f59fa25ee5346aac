"""Conformance as tables of the lake: the reference model, alignments, deviations, label matches, what they cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.process_model.conformance.accepted import Acceptances
from bpa_assets.process_model.conformance.conformance import Accuracy, Conformance
from bpa_assets.process_model.conformance.effects import closed_cases, effects
from bpa_assets.process_model.model_tables import DISCOVERED, VariantIds, deviation_rows, figures_of, table_of

REFERENCE = "reference"
TABLES = ("reference_model", "reference_alignment", "reference_deviation", "label_match", "deviation_effect")
Row = Mapping[str, object]


@dataclass(frozen=True)
class Deviating:
    """The deviations of variants from a model: rows with variant_id, kind and activity; and which were aligned."""

    model: str
    rows: Sequence[Row]
    aligned: frozenset[str]


def deviating_from_discovered(deviation: pa.Table, variant_alignment: pa.Table) -> Deviating:
    """From the stored tables `deviation` and `variant_alignment`."""
    known = variant_alignment.filter(pc.is_valid(variant_alignment["cost"]))
    rows = deviation.select(["variant_id", "kind", "activity"]).to_pylist()
    return Deviating(DISCOVERED, rows, frozenset(known["variant_id"].to_pylist()))


def conformance_tables(
    found: Conformance | None,
    accuracy: Accuracy | None,
    *,
    variants: VariantIds,
    discovered: Deviating,
    cases: Sequence[Path],
    accepted: Acceptances,
) -> tuple[dict[str, pa.Table], list[str]]:
    """The tables, by name, and sentences about the acceptances; without a reference model all but one are empty."""
    deviations = [] if found is None else deviation_rows(found.variants, found.alignments, variants)
    judged = [{**row, **_acceptance(row, accepted)} for row in deviations]
    rows: dict[str, Iterable[Row]] = dict.fromkeys(TABLES, ())
    models = [discovered]
    if found is not None:
        aligned = [one for one, way in zip(found.variants, found.alignments, strict=True) if way is not None]
        models.append(Deviating(REFERENCE, deviations, frozenset(variants.ids[one] for one in aligned)))
        rows |= {
            "reference_model": [_model_row(found, accuracy)],
            "reference_alignment": _alignment_rows(found, variants),
            "reference_deviation": judged,
            "label_match": [
                {"reference_label": one.label, "activity": one.activity, "how": one.how} for one in found.matches
            ],
        }
    rows["deviation_effect"] = _effect_rows(models, variants, cases)
    kinds = {(str(row["kind"]), str(row["activity"])) for row in deviations}
    return {name: table_of(name, [*rows[name]]) for name in TABLES}, accepted.sentences(kinds)


def _model_row(found: Conformance, accuracy: Accuracy | None) -> Row:
    return {
        "model": REFERENCE,
        "candidate": found.process or REFERENCE,
        **figures_of(found.quality),
        "sound": True,
        "activities": len(found.net.activities),
        "places": found.net.places,
        "transitions": len(found.net.labels),
        "matched_activities": found.matched_activities,
        "activities_accuracy": accuracy.activities if accuracy else None,
        "relations_accuracy": accuracy.relations if accuracy else None,
        "assumptions": "; ".join(found.notes) or None,
    }


def _alignment_rows(found: Conformance, variants: VariantIds) -> Iterable[Row]:
    for variant, alignment in zip(found.variants, found.alignments, strict=True):
        yield {"variant_id": variants.ids[variant], "cost": alignment.cost if alignment else None}


def _acceptance(row: Row, accepted: Acceptances) -> Row:
    found = accepted.of(str(row["kind"]), str(row["activity"]))
    return {} if found is None else {"accepted_by": found.by, "accepted_until": found.until}


def _effect_rows(models: Iterable[Deviating], variants: VariantIds, files: Sequence[Path]) -> list[Row]:
    numbers = {variant: number for number, variant in enumerate(variants.ids.values())}
    cases = np.array([variants.cases[one] for one in variants.ids], np.int64)
    closed = closed_cases(files, [*numbers])
    found: list[Row] = []
    for model in models:
        deviations = [(numbers[str(row["variant_id"])], str(row["kind"]), str(row["activity"])) for row in model.rows]
        aligned = np.array([variant in model.aligned for variant in numbers], np.bool_)
        found += effects(model.model, deviations, aligned, cases, closed)
    return found
