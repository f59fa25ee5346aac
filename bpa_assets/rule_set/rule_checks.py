"""What may be wrong with stored rules, in sentences: looked at anew, from the tables, as a reader of them would."""

import json
from typing import Any

import pyarrow as pa

from bpa_assets.rule_set.action_catalogue import Named, RefusedAction, read_action
from bpa_assets.rule_set.conditions.condition import parse_condition
from bpa_assets.rule_set.conditions.words import RefusedCondition
from bpa_assets.rule_set.mining.evidence import MARGIN
from bpa_assets.rule_set.moments.feature_columns import attributes_of, counted_activities, possible_features
from bpa_assets.rule_set.rule_sentence import short_sentence
from bpa_assets.rule_set.share_text import share_text

_ROUNDING = 1e-9


def not_of_the_log(rules: pa.Table, event_attribute: pa.Table, activities: pa.Table, points: pa.Table) -> list[str]:
    """Stored rules that do not parse, type-check, or name what the log does not have, each with the reason."""
    frequency = dict(zip(activities["activity"].to_pylist(), activities["cases"].to_pylist(), strict=True))
    names = sorted(frequency)
    features = possible_features(attributes_of(event_attribute), counted_activities(frequency, names).values())
    options = {row["decision_point"]: tuple(row["options"]) for row in points.to_pylist()}
    found = []
    for row in rules.to_pylist():
        try:
            if parse_condition(row["condition"], features).text != row["condition"]:
                raise RefusedCondition("it is not in its canonical words")
            read_action(json.loads(row["action"]), Named(tuple(names), options.get(row["at"], ())))
        except (RefusedCondition, RefusedAction) as error:
            found.append(f"{row['rule_id']}: {error}")
            continue
        if row["kind"] == "decision" and row["foretells"] not in options.get(row["at"], ()):
            found.append(f"{row['rule_id']}: {row['at']} has no option {row['foretells']}")
    return found


def not_borne_out(rules: pa.Table) -> list[str]:
    """Rules in force that later cases know and that are not right more often than without them, by the margin."""
    return [
        f"{short_sentence(row)}: right in {share_text(row['holdout_precision'])} of later cases, "
        f"{share_text(row['holdout_base_rate'])} without it"
        for row in rules.to_pylist()
        if row["status"] != "refused"
        and row["holdout_precision"] is not None
        and row["holdout_precision"] < row["holdout_base_rate"] + MARGIN - _ROUNDING
    ]


def refusals(refused: pa.Table) -> list[str]:
    """What was refused, and why."""
    return [f"{row['name'] or row['condition'] or 'a proposal'} ({row['origin'].replace('_', ' ')}): {row['reason']}"
            for row in refused.to_pylist()]  # fmt: skip


def conflicting(rules: pa.Table) -> list[str]:
    """Pairs of accepted rules that contradict each other, each once.

    Of rules that nobody has accepted the surer one goes first where both fire, as in the decision tables.
    """
    rows: dict[str, dict[str, Any]] = {row["rule_id"]: row for row in rules.to_pylist() if row["status"] == "accepted"}
    return [
        f"{short_sentence(row)} against {short_sentence(rows[other])}"
        for rule_id, row in rows.items()
        for other in row["conflicts"]
        if rule_id < other and other in rows
    ]
