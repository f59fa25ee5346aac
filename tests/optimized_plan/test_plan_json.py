"""plan.json: by its schema, the same every time, without what JSON has no number for."""

import json
from dataclasses import replace

import jsonschema
import pytest

from bpa_assets.optimized_plan.plan import Surrogate
from bpa_assets.optimized_plan.plan_files.plan_json import plan_json, schema
from tests.optimized_plan.small_plans import FOUND, NOTHING, PROVEN, RECOMMENDED, of_run


@pytest.mark.parametrize("search", [FOUND, PROVEN, NOTHING])
def test_every_search_is_valid_by_the_schema(search: object) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    found = json.loads(plan_json(of_run(search)))
    jsonschema.validate(found, schema(), cls=jsonschema.Draft202012Validator)


def test_a_program_finds_the_decisions_of_the_recommended_plan() -> None:
    found = json.loads(plan_json(of_run()))
    (plan,) = [plan for plan in found["plans"] if plan["id"] == found["recommended"]]
    decided = plan["decisions"]
    assert decided["headcount"] == {"Clerk": 4, "Loan Officer": 2}
    assert decided["shifts"]["Clerk"]["name"] == "mon-fri 07:00-16:00"
    assert decided["shifts"]["Clerk"]["hours"][:2] == [7, 8]
    assert len(decided["shifts"]["Clerk"]["hours"]) == 45
    assert decided["parallel"] == [["Check id", "Check income"]]
    assert decided["reassigned"] == [{"activity": "Assess eligibility", "role": "Loan Officer"}]
    assert [change["kind"] for change in plan["changes"]][:2] == ["hours", "automate"]
    assert [effect["scenario"] for effect in plan["effects"]] == ["calibration", "demand +10 %", "held-out weeks"]
    assert plan["effects"][0]["slas"][0]["kept"] is True


def test_a_bound_that_was_not_found_is_null() -> None:
    unbound = replace(RECOMMENDED, surrogate=Surrogate(1.0, float("-inf"), float("inf"), "feasible", 30.0))
    found = json.loads(plan_json(of_run(replace(FOUND, plans=(unbound,)))))
    assert found["plans"][0]["optimization"]["bound"] is None
    jsonschema.validate(found, schema(), cls=jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_is_no_plan() -> None:
    found = json.loads(plan_json(of_run()))
    found["plans"][0]["standing"] = "maybe"
    with pytest.raises(jsonschema.ValidationError, match="maybe"):
        jsonschema.validate(found, schema(), cls=jsonschema.Draft202012Validator)


def test_the_same_search_gives_the_same_bytes() -> None:
    assert plan_json(of_run(FOUND)) == plan_json(of_run(replace(FOUND)))
