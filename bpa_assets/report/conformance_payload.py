"""How well the models and the log agree: figures of each model, what was tried, where cases leave the models.

The tables of the reference model come from a stage that a home may not have run: without them there is only the mined
model.
"""

from typing import TYPE_CHECKING

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables

if TYPE_CHECKING:
    import pyarrow as pa

MOST_DEVIATIONS, MOST_LABELS = 100, 300
_MODELS = {"discovered": "deviation", "reference": "reference_deviation"}


def conformance_payload(tables: RunTables, index: dict[str, int]) -> Row:
    """`models`, `candidates`, `deviations` (of each model that there is), `labels` of the reference."""
    return {
        "models": [_shortened(row) for name in ("process_model", "reference_model") for row in tables.rows(name)],
        "candidates": [_shortened(row) for row in tables.rows("model_candidate")],
        "deviations": {
            model: _deviations(tables, model, index)[:MOST_DEVIATIONS]
            for model, name in _MODELS.items()
            if tables.has(name) and (model == "discovered" or tables.has_rows("reference_model"))
        },
        "labels": tables.rows("label_match")[:MOST_LABELS],
    }


def _deviations(tables: RunTables, model: str, index: dict[str, int]) -> list[Row]:
    """By kind and activity, the most cases first; a case that leaves the model there twice counts once.

    `accepted`: cases whose deviations there somebody has accepted; `difference_seconds`: `deviation_effect`.
    """
    table = tables.table(_MODELS[model])
    places = _places(table)
    accepted = _places(table.filter(table["accepted_by"].is_valid())) if "accepted_by" in table.column_names else {}
    effects = {
        (row["kind"], row["activity"]): compact(row["difference_seconds"])
        for row in tables.rows("deviation_effect")
        if row["model"] == model
    }
    return [
        {
            "kind": place[0],
            "activity": index.get(place[1]),
            "label": place[1],
            "cases": cases,
            "variants": variants,
            "accepted": accepted.get(place, (0, 0))[0],
            "difference_seconds": effects.get(place),
        }
        for place, (cases, variants) in sorted(places.items(), key=lambda one: (-one[1][0], one[0]))
    ]


def _places(deviations: "pa.Table") -> dict[tuple[str, str], tuple[int, int]]:
    """Cases and variants of each kind and activity."""
    once = deviations.group_by(["variant_id", "kind", "activity"]).aggregate([("cases", "max")])
    found = once.group_by(["kind", "activity"]).aggregate([("cases_max", "sum"), ("cases_max", "count")]).to_pydict()
    places = zip(found["kind"], found["activity"], strict=True)
    return dict(zip(places, zip(found["cases_max_sum"], found["cases_max_count"], strict=True), strict=True))


def _shortened(row: Row) -> Row:
    return {name: compact(value) if isinstance(value, float) else value for name, value in row.items()}
