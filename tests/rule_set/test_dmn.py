"""The DMN file: valid by OMG's schema, shown by dmn-js, and with the answers that our own rules give."""

import json
import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from lxml import etree

from bpa_assets.rule_set.conditions.condition import parse_condition
from bpa_assets.rule_set.conditions.expression import expression_of
from bpa_assets.rule_set.decision_tables.dmn import DmnSource, dmn_xml
from bpa_assets.rule_set.decision_tables.feel_names import feel_names
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.rule import Action, Rule
from bpa_assets.rule_set.strength import in_force
from tests.report.browser import chromium
from tests.rule_set.decision_tables import answers, opened

FEATURES = {
    one.name: one
    for one in (
        Feature("amount", "number", "attribute", "the amount"),
        Feature("paid", "number", "attribute", "what was paid"),
        Feature("elapsed", "duration", "computed", "seconds since the case began"),
        Feature("Customer: group", "text", "attribute", "the group"),
        Feature("if", "boolean", "attribute", "a name that FEEL reads otherwise"),
        Feature("due", "time", "attribute", "when it is due"),
    )
}
TEXTS = ["Clerk", "O'Hara", 'say "no"', "back\\slash", "two  words", "<b>&amp;</b>", "å 👩‍👩‍👧", ""]
AT = "check → pay | reject | end"
OPTIONS = ["end", "pay", "reject"]
_DAY = datetime(2026, 1, 1)
_TYPES = {"number": pa.float64(), "duration": pa.float64(), "text": pa.string(), "boolean": pa.bool_(),
          "time": pa.timestamp("us")}  # fmt: skip


def _literal(feature: Feature, chance: random.Random) -> str:
    quoted = chance.choice(TEXTS).replace("'", "''")
    return {
        "number": str(chance.choice([-1.5, 0, 0.1, 2, 1e6])),
        "duration": chance.choice(["0.5s", "2h", "1d 12h"]),
        "text": f"'{quoted}'",
        "boolean": chance.choice(["true", "false"]),
        "time": chance.choice(["date '2026-01-02'", "timestamp '2026-01-03 04:05:06'"]),
    }[feature.kind]


def _comparison(chance: random.Random) -> str:
    feature = chance.choice(list(FEATURES.values()))
    name = f'"{feature.name}"'
    ordered = feature.kind not in ("text", "boolean")
    forms = ["=", "<>", "in", "not in", "null", "not null", *(["<", "<=", ">", ">=", "between", "name"] * ordered)]
    form = chance.choice(forms)
    if "null" in form:
        return f"{name} is {form}"
    if form.endswith("in"):
        return f"{name} {form} ({', '.join(_literal(feature, chance) for _ in range(3))})"
    if form == "between":
        return (
            f"{name} {chance.choice(['', 'not '])}between {_literal(feature, chance)} and {_literal(feature, chance)}"
        )
    if form == "name":
        return f"amount {chance.choice(['<', '<>', '>='])} paid"
    return f"{name} {form} {_literal(feature, chance)}"


def _condition(chance: random.Random, depth: int = 2) -> str:
    if not depth or chance.random() < 0.3:
        return _comparison(chance)
    word = chance.choice([" and ", " and ", " or "])
    text = word.join(f"({_condition(chance, depth - 1)})" for _ in range(2))
    return f"not ({text})" if chance.random() < 0.2 else text


def _row(rule: Rule, strength: float | None, status: str = "proposed") -> dict[str, Any]:
    action = {"name": rule.action.name, **dict(rule.action.parameters)}
    return {"rule_id": rule.rule_id, "kind": rule.kind, "at": rule.at, "condition": rule.condition,
            "action": json.dumps(action), "foretells": rule.foretells, "status": status,
            "holdout_precision_low": strength, "holdout_support": 20}  # fmt: skip


def _source(conditions: Mapping[str, str], *, statuses: Mapping[str, str] | None = None) -> DmnSource:
    """`conditions`: text → kind; what a rule foretells follows from its place."""
    rows, trees = [], {}
    for place, (text, kind) in enumerate(conditions.items()):
        condition = parse_condition(text, FEATURES)
        at, foretells = (AT, OPTIONS[place % 3]) if kind == "decision" else ("start", kind)
        rule = Rule(kind, at, condition.text, Action("notify", (("to", TEXTS[place % 7]),)), "tree", foretells)
        strength = None if place % 5 == 4 else 1 - place / 100
        rows.append(_row(rule, strength, (statuses or {}).get(text, "proposed")))
        trees[rule.rule_id] = condition.tree
    points = [{"decision_point": AT, "kind": "choice", "majority": "pay"}]
    return DmnSource("orders", list({row["rule_id"]: row for row in rows}.values()), points, trees, FEATURES)


def _random_source(seed: int) -> DmnSource:
    chance = random.Random(seed)
    conditions = {_condition(chance): kind for kind in ["decision"] * 14 + ["sla_breach"] * 6}
    return _source({**conditions, "true": "rework"})


def _moments(rows: int, seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)

    def value(feature: Feature) -> Any:
        if chance.random() < 0.15:
            return None
        return {
            "number": lambda: chance.choice([-1.5, 0.0, 0.1, 2.0, 1e6, -3.25, 7.0]),
            "duration": lambda: chance.choice([0.5, 7200.0, 129600.0, 0.0, 86400.25]),
            "text": lambda: chance.choice([*TEXTS, "other"]),
            "boolean": lambda: chance.random() < 0.5,
            "time": lambda: _DAY + timedelta(seconds=chance.choice([0, 86400, 187506, 187507, 400000])),
        }[feature.kind]()

    return [{name: value(feature) for name, feature in FEATURES.items()} for _ in range(rows)]


def _ours(source: DmnSource, moments: list[dict[str, Any]]) -> list[dict[str, list[str]]]:
    """By decision: what DuckDB says of every condition, the strongest rule first, else the majority."""
    table = pa.table(
        {name: pa.array([row[name] for row in moments], _TYPES[one.kind]) for name, one in FEATURES.items()}
    )
    rules = in_force(source.rules)
    with duckdb.connect() as connection:
        asked = [expression_of(source.trees[rule["rule_id"]]).alias(rule["rule_id"]) for rule in rules]
        fired = connection.from_arrow(table).select(*asked).fetchall()
    found = []
    for row in fired:
        told: dict[str, list[str]] = {AT: [], "sla_breach (start)": [], "rework (start)": []}
        for rule, holds in zip(rules, row, strict=True):
            if holds:
                told[AT if rule["kind"] == "decision" else f"{rule['kind']} (start)"].append(rule["rule_id"])
        found.append({**told, AT: told[AT][:1] or ["majority"]})
    return found


@cache
def schema() -> Any:
    return etree.XMLSchema(etree.parse(str(Path(__file__).parent / "xsd" / "DMN13.xsd")))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


@pytest.mark.parametrize("seed", range(5))
def test_every_file_is_valid_and_the_same_every_time(seed: int) -> None:
    xml = dmn_xml(_random_source(seed))
    schema().assertValid(etree.fromstring(xml))
    assert dmn_xml(_random_source(seed)) == xml


def test_a_process_without_rules_has_a_valid_file_too(browser: Any) -> None:
    xml = dmn_xml(_source({}))
    schema().assertValid(etree.fromstring(xml))
    assert opened(browser, xml)[1]["told"] == []


def test_cells_are_what_a_person_would_write() -> None:
    source = _source({
        "amount > 500 and amount <= 900.5 and \"Customer: group\" in ('a', 'b')": "decision",
        "elapsed >= 2h": "decision",
        "amount <> 5": "decision",
        "if is null": "decision",
        "amount > 5 or paid > 5": "decision",
        "amount between 1 and 2": "decision",
    })  # fmt: skip
    table = etree.fromstring(dmn_xml(source)).find(".//{*}decisionTable")
    columns = [one.findtext("{*}inputExpression/{*}text") for one in table.iterfind("{*}input")]
    rows = [[cell.findtext("{*}text") for cell in row.iterfind("{*}inputEntry")] for row in table.iterfind("{*}rule")]
    either = "(amount != null and amount > 5) or (paid != null and paid > 5)"
    assert (table.get("hitPolicy"), columns) == ("FIRST", [either, "Customer_group", "amount", "elapsed", "if_2"])
    assert rows == [
        ["-", '"a", "b"', "(500..900.5]", "-", "-"],
        ["-", "-", "-", ">= 7200", "-"],
        ["-", "-", "(? != null and ? != 5)", "-", "-"],
        ["-", "-", "-", "-", "null"],
        ["-", "-", "[1..2]", "-", "-"],
        ["true", "-", "-", "-", "-"],
        ["-", "-", "-", "-", "-"],
    ]


def test_an_accepted_rule_goes_first_and_a_refused_one_is_left_out() -> None:
    source = _source(
        {"amount > 1": "decision", "amount > 2": "decision", "amount > 3": "decision"},
        statuses={"amount > 3": "accepted", "amount > 1": "refused"},
    )
    table = etree.fromstring(dmn_xml(source)).find(".//{*}decisionTable")
    assert [row.findtext("{*}inputEntry/{*}text") for row in table.iterfind("{*}rule")] == ["> 3", "> 2", "-"]


def test_names_are_names_of_feel_each_its_own() -> None:
    names = feel_names(["if", "If", "a b", "a_b", "1st", "€", "amount"])
    assert names == {"1st": "f_1st", "If": "If_2", "a b": "a_b", "a_b": "a_b_2", "amount": "amount", "if": "if_3",
                     "€": "feature"}  # fmt: skip


def test_an_independent_engine_gives_our_answers_on_a_thousand_cases(browser: Any) -> None:
    source, moments = _random_source(2), _moments(1000, 12)
    page, shown = opened(browser, dmn_xml(source))
    assert shown["told"] == []
    kinds = {(kind, name) for kind, name, *_ in shown["views"]}
    assert kinds == {
        ("drd", "orders"),
        *(("decisionTable", name) for name in (AT, "rework (start)", "sla_breach (start)")),
    }
    assert all(shapes if kind == "drd" else rows for kind, _, rows, shapes in shown["views"])
    names = feel_names(FEATURES)
    asked = [{names[name]: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
             for row in moments]  # fmt: skip
    theirs = [
        {decision: [rule or "majority" for _, _, rule in told] for decision, told in one.items()}
        for one in answers(page, asked, [names["due"]])
    ]
    ours = _ours(source, moments)
    assert theirs == ours
    fired = {rule for one in ours for told in one.values() for rule in told}
    assert len(fired) > 15
    assert "majority" in fired
