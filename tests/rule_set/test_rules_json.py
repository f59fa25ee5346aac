"""rules.json: by its schema, with the condition and the action of each rule, the strongest first."""

import json
from datetime import datetime
from typing import Any

import jsonschema
import pytest

from bpa_assets.rule_set.conditions.tree import Always
from bpa_assets.rule_set.decision_tables.dmn import DmnSource
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.rules_json import rules_json, schema
from bpa_resources.lake_tables import LAKE_TABLES


def rule_row(rule_id: str, **values: Any) -> dict[str, Any]:
    """A row of `rule_set`; what is not said is null."""
    row: dict[str, Any] = dict.fromkeys(LAKE_TABLES["rule_set"].column_names)
    return row | {
        "rule_id": rule_id, "kind": "decision", "at": "check → pay | reject", "condition": "order_value > 500",
        "action": '{"name": "escalate"}', "foretells": "pay", "origin": "tree", "status": "proposed", "cases": 100,
        "support": 40, "holdout_support": 12, "never_fires": False, "conflicts": [],
    } | values  # fmt: skip


def _source(*rows: dict[str, Any]) -> DmnSource:
    point = dict.fromkeys(LAKE_TABLES["decision_point"].column_names)
    point |= {"decision_point": "check → pay | reject", "kind": "choice", "options": ["pay", "reject"],
              "option_shares": [0.9, 0.1], "cases": 100, "passages": 100}  # fmt: skip
    features = {"order_value": Feature("order_value", "number", "attribute", "of the order")}
    return DmnSource("orders", rows, [point], {row["rule_id"]: Always() for row in rows}, features)


def test_each_rule_is_a_condition_and_an_action_with_its_figures() -> None:
    action = '{"name": "route", "to": "pay"}'
    fired = datetime(2026, 1, 2, 3, 4, 5)
    found = json.loads(rules_json(_source(
        rule_row("r-000000000001", holdout_precision_low=0.5),
        rule_row("r-000000000002", holdout_precision_low=0.8, action=action, first_fired_at=fired, confidence=0.9),
    )))  # fmt: skip
    jsonschema.validate(found, schema(), cls=jsonschema.Draft202012Validator)
    strongest, other = found["rules"]
    assert (other["condition"], other["action"], other["parameters"]) == ("order_value > 500", "escalate", {})
    assert (strongest["action"], strongest["parameters"]) == ("route", {"to": "pay"})
    assert strongest["figures"]["first_fired_at"] == "2026-01-02T03:04:05Z"
    assert strongest["sentence"] == (
        "After “check”, if order_value > 500: the case goes on with “pay”. Action: route (to: pay)."
    )
    assert found["features"][0]["dmn_name"] == "order_value"


def test_the_schema_is_one_and_refuses_what_is_no_rule() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    found = json.loads(rules_json(_source(rule_row("r-000000000001"))))
    found["rules"][0]["status"] = "maybe"
    with pytest.raises(jsonschema.ValidationError, match="maybe"):
        jsonschema.validate(found, schema(), cls=jsonschema.Draft202012Validator)
