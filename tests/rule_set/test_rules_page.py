"""docs/rules.md: every example in it does what it says."""

import re
from pathlib import Path

import pytest

from bpa_assets.analyst_rules import read_analyst_rules
from bpa_assets.rule_set.action_catalogue import CATALOGUE
from bpa_assets.rule_set.conditions.condition import parse_condition
from bpa_assets.rule_set.conditions.words import LONGEST, MOST_VALUES, RefusedCondition
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.rule import Rule
from bpa_assets.rule_set.standing import analyst_proposals
from bpa_assets.rule_set.validation import Known, Moment, validate
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "rules.md").read_text()
KINDS = {
    "amount": "number", "paid": "number", "hour": "number", "Order: value": "number", "elapsed": "duration",
    "waiting_so_far": "duration", "last_role": "text", "customer_type": "text", "weekday": "text",
    "blocked": "boolean", "due": "time",
}  # fmt: skip
FEATURES = {name: Feature(name, kind, "attribute", "") for name, kind in KINDS.items()}
POINT = "Check credit → Approve | Reject"


def block(kind: str) -> str:
    """The one block of a kind."""
    (found,) = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def cells() -> list[list[str]]:
    """The rows of the tables, without their heads."""
    rows = re.findall(r"^\| (`.*) \|$", PAGE, re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in rows]


@pytest.mark.parametrize("text", block("conditions").splitlines())
def test_every_condition_of_the_page_is_one(text: str) -> None:
    assert parse_condition(text, FEATURES).names or text == "true"


def test_what_the_page_calls_refused_is_refused_for_that_reason() -> None:
    refused = [row for row in cells() if len(row) == 2]
    assert len(refused) == 8
    for text, why in refused:
        with pytest.raises(RefusedCondition) as error:
            parse_condition(text.strip("`"), FEATURES)
        assert error.value.reason == why
    assert (f"{LONGEST:,} characters" in PAGE, f"{MOST_VALUES} values" in PAGE) == (True, True)


def test_the_rules_file_of_the_page_is_read_and_every_rule_in_it_stands(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(block("yaml"))
    said = read_analyst_rules(tmp_path / "rules.yaml")
    moments = [Moment("start", FEATURES), Moment("after Check credit", FEATURES)]
    known = Known(
        {one.at: one for one in [*moments, Moment(POINT, FEATURES, ("Approve", "Reject"))]},
        ("Check credit", "Approve", "Reject"),
    )
    rules = [validate(proposal, known) for proposal in analyst_proposals(said)]
    assert all(isinstance(rule, Rule) for rule in rules), rules
    assert (len(rules), len(said.accepted), len(said.refused)) == (3, 1, 1)


def test_the_page_lists_the_catalogue() -> None:
    listed = {row[0].strip("`"): row[1:] for row in cells() if len(row) == 3}
    assert listed == {
        kind.name: [
            ", ".join(f"`{parameter.name}`{'*' if parameter.required else ''}" for parameter in kind.parameters),
            kind.meaning,
        ]
        for kind in CATALOGUE.values()
    }


def test_two_ways_to_write_a_condition_are_one() -> None:
    assert parse_condition("not (5 >= amount)", FEATURES) == parse_condition("amount > 5", FEATURES)
