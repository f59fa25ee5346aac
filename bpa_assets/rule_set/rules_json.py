"""The rule set as `rules.json`, for programs: each rule with its condition, its action and its figures.

Its schema is `rules.schema.json` beside this module. A key is added, never renamed; what only people read (examples,
sentences of the report) stays out.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from bpa_assets.rule_set.decision_tables.dmn import DmnSource
from bpa_assets.rule_set.decision_tables.feel_names import feel_names
from bpa_assets.rule_set.rule_sentence import sentence
from bpa_assets.rule_set.strength import strongest_first

FORMAT = "bpa-rules-1"
"""A program that knows this format can read the file; a later one may have more keys."""

_RULE = ("name", "kind", "at", "foretells", "origin", "explanation", "status", "decided_by", "decided_reason")
_FIGURES = (
    *("cases", "support", "confidence", "base_rate", "lift", "coverage", "holdout_support", "holdout_precision"),
    *("holdout_precision_low", "holdout_recall", "holdout_base_rate", "q_value", "stability"),
    *("first_fired_at", "last_fired_at"),
)
_POINT = (
    *("decision_point", "kind", "cases", "passages", "options", "option_shares", "majority", "majority_share"),
    *("decided_share", "not_decided_because", "element"),
)


def rules_json(source: DmnSource) -> bytes:
    """The file, the strongest rule first; the same arguments give the same bytes."""
    names = feel_names(source.features)
    document = {
        "format": FORMAT,
        "process": source.process,
        "rules": [_rule(row) for row in strongest_first(source.rules)],
        "decision_points": [{name: row[name] for name in _POINT} for row in source.decision_points],
        "features": [
            {"name": one.name, "kind": one.kind, "source": one.source, "meaning": one.meaning, "dmn_name": names[name]}
            for name, one in sorted(source.features.items())
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2, default=_moment) + "\n").encode("utf-8", "replace")


def schema() -> dict[str, Any]:
    """The JSON Schema of the file (draft 2020-12)."""
    text = files("bpa_assets.rule_set").joinpath("rules.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _rule(row: Mapping[str, Any]) -> dict[str, Any]:
    parameters = dict(json.loads(row["action"]))
    return {
        "id": row["rule_id"],
        "condition": row["condition"],
        "action": parameters.pop("name"),
        "parameters": parameters,
        "sentence": sentence(row),
        **_picked(row, _RULE),
        "figures": _picked(row, _FIGURES),
        "never_fires": row["never_fires"],
        "conflicts": row["conflicts"] or [],
    }


def _picked(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _moment(value: object) -> str:
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)
