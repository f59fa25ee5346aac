"""How well the models and the log agree: figures of each model, what was tried, where cases leave the model.

The tables of the reference model come from a stage that a home may not have run: without them there is no section.
"""

from collections import Counter
from typing import Any

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables

MOST_DEVIATIONS, MOST_ROWS = 100, 100
_REFERENCE = ("reference_model", "reference_deviation", "label_match", "deviation_effect")


def conformance_payload(tables: RunTables, index: dict[str, int]) -> Row:
    """`models`, `candidates`, `deviations` from the discovered model; `reference`: rows of its tables, by name."""
    places = _deviations(tables)
    return {
        "models": [_shortened(row) for row in tables.rows("process_model")],
        "candidates": [_shortened(row) for row in tables.rows("model_candidate")],
        "deviations": [
            {"kind": kind, "activity": index.get(activity), "label": activity, "cases": cases, "variants": variants}
            for (kind, activity), (cases, variants) in places[:MOST_DEVIATIONS]
        ],
        "deviations_left_out": max(len(places) - MOST_DEVIATIONS, 0),
        "reference": {
            name: [_shortened(row) for row in tables.rows(name)[:MOST_ROWS]] for name in _REFERENCE if tables.has(name)
        },
    }


def _deviations(tables: RunTables) -> list[tuple[tuple[str, str], tuple[int, int]]]:
    """Kind and activity, the most cases first; a case that leaves the model there twice counts once."""
    if not tables.has("deviation"):
        return []
    columns = tables.table("deviation", ["variant_id", "kind", "activity", "cases"]).to_pydict()
    once = {(variant, kind, activity): cases for variant, kind, activity, cases in zip(*columns.values(), strict=True)}
    cases: Counter[tuple[str, str]] = Counter()
    variants: Counter[tuple[str, str]] = Counter()
    for (_, kind, activity), number in once.items():
        cases[kind, activity] += number
        variants[kind, activity] += 1
    ordered = sorted(cases, key=lambda place: (-cases[place], place))
    return [(place, (cases[place], variants[place])) for place in ordered]


def _shortened(row: dict[str, Any]) -> Row:
    return {name: compact(value) if isinstance(value, float) else value for name, value in row.items()}
