"""The discovered model as tables of the lake: itself, the others that were tried, alignments, deviations."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from bpa_assets.process_model.discovery.alignments import Alignment
from bpa_assets.process_model.discovery.deviations import deviations
from bpa_assets.process_model.discovery.discover import Discovered
from bpa_assets.process_model.discovery.evaluation import Measured, Refused
from bpa_assets.process_model.discovery.quality import Quality
from bpa_resources.lake_tables import LAKE_TABLES

DISCOVERED = "discovered"
TABLES = ("process_model", "model_candidate", "variant_alignment", "deviation")
FIGURES = ["candidate", "fitness", "precision", "f1", "generalization", "simplicity", "aligned_share", "activities"]
_TYPES = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR[]": pa.list_(pa.string()),
    "DOUBLE[]": pa.list_(pa.float64()),
    "DATE": pa.date32(),
}


@dataclass(frozen=True)
class VariantIds:
    """The variants of a log as the table `variants` has them: id and cases by sequence of activities."""

    ids: Mapping[tuple[str, ...], str]
    cases: Mapping[tuple[str, ...], int]


def variants_of(table: pa.Table) -> VariantIds:
    """From the table `variants`."""
    keys = [tuple(one) for one in table["activities"].to_pylist()]
    return VariantIds(
        dict(zip(keys, table["variant_id"].to_pylist(), strict=True)),
        dict(zip(keys, table["cases"].to_pylist(), strict=True)),
    )


def model_tables(found: Discovered, variants: VariantIds) -> dict[str, pa.Table]:
    """The tables `process_model`, `model_candidate`, `variant_alignment` and `deviation`."""
    return {
        "process_model": table_of("process_model", [_model_row(found.model)]),
        "model_candidate": table_of("model_candidate", [_candidate_row(one, found) for one in found.tried]),
        "variant_alignment": table_of(
            "variant_alignment",
            [
                {"variant_id": variants.ids[variant], "model": DISCOVERED, "cost": one.cost if one else None}
                for variant, one in zip(found.variants, found.alignments, strict=True)
            ],
        ),
        "deviation": table_of("deviation", deviation_rows(found.variants, found.alignments, variants)),
    }


def model_row(files: Sequence[Path]) -> dict[str, Any]:
    """The one row of the stored table `process_model`."""
    import pyarrow.parquet

    (row,) = pyarrow.parquet.read_table(list(files)).to_pylist()
    return dict(row)


def table_of(name: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Rows as a table of the lake; what a row does not have is null."""
    schema = pa.schema([(column.name, _TYPES[column.type]) for column in LAKE_TABLES[name].columns])
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def _model_row(model: Measured) -> dict[str, object]:
    return {
        "model": DISCOVERED,
        "candidate": model.candidate,
        **figures_of(model.quality),
        "sound": True,
        "activities": len(model.net.activities),
        "places": model.net.places,
        "transitions": len(model.net.labels),
    }


def _candidate_row(one: Measured | Refused, found: Discovered) -> dict[str, object]:
    row: dict[str, object] = {"candidate": one.candidate, "seconds": one.seconds}
    row["taken"] = one.candidate == found.model.candidate
    if isinstance(one, Refused):
        return {**row, "refused_because": one.why}
    return {**row, **figures_of(one.quality), "nodes": one.nodes}


def figures_of(quality: Quality) -> dict[str, object]:
    """The figures of a model, by column."""
    return {**asdict(quality), "f1": quality.f1}


def deviation_rows(
    sequences: Sequence[tuple[str, ...]], alignments: Sequence[Alignment | None], variants: VariantIds
) -> list[dict[str, object]]:
    """The deviations of variants (in this order) from their alignments."""
    return [
        {"variant_id": variants.ids[variant], "cases": variants.cases[variant], **one._asdict()}
        for variant, alignment in zip(sequences, alignments, strict=True)
        if alignment is not None
        for one in deviations(variant, alignment)
    ]
