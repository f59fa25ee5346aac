"""The language of conditions: what it means in DuckDB, its one canonical text, and what it refuses."""

from typing import Any

import duckdb
import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import given, settings

from bpa_assets.rule_set.conditions.condition import Condition, parse_condition
from bpa_assets.rule_set.conditions.words import RefusedCondition
from bpa_assets.rule_set.feature import Feature
from tests.rule_set.condition_examples import FEATURES, KINDS, TYPES, Meant, Row, conditions, rows

ARROW = {
    "DOUBLE": pa.float64(), "VARCHAR": pa.string(), "BOOLEAN": pa.bool_(), "TIMESTAMP": pa.timestamp("us")
}  # fmt: skip
SCHEMA = pa.schema([(name, ARROW[TYPES[kind]]) for name, kind in KINDS.items()])
CONNECTION = duckdb.connect(config={"threads": 1})


def answers(condition: Condition, found: list[Row]) -> list[bool | None]:
    """What DuckDB says of each row."""
    relation = CONNECTION.from_arrow(pa.Table.from_pylist([dict(row) for row in found], SCHEMA))
    return [answer for (answer,) in relation.select(condition.expression().alias("answer")).fetchall()]


@given(conditions(), st.lists(rows(), min_size=1, max_size=8))
@settings(max_examples=80)
def test_a_condition_means_in_duckdb_what_three_valued_logic_says(meant: Meant, found: list[Row]) -> None:
    condition = parse_condition(meant.text, FEATURES)
    assert answers(condition, found) == [meant.of(row) for row in found], condition.text


@given(conditions())
@settings(max_examples=80)
def test_the_canonical_text_says_the_same_and_stays_as_it_is(meant: Meant) -> None:
    condition = parse_condition(meant.text, FEATURES)
    again = parse_condition(condition.text, FEATURES)
    assert again == condition
    assert again.text == condition.text
    assert set(condition.names) <= set(KINDS)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("5 < Amount", "amount > 5"),
        ("amount!=5.0", "amount <> 5"),
        ("amount > 1e3 and amount > 1000", "amount > 1000"),
        ("vip", "vip = true"),
        ("not vip", "vip = false"),
        ("not (amount > 5 or last_role is null)", "amount <= 5 and last_role is not null"),
        ("last_role in ('b', 'a', 'b')", "last_role in ('a', 'b')"),
        ("last_role in ('a')", "last_role = 'a'"),
        ("vip and (amount > 5 or amount < 3)", "(amount < 3 or amount > 5) and vip = true"),
        ("elapsed >= 90m", "elapsed >= 1h 30m"),
        ("elapsed > 0h", "elapsed > 0s"),
        ("elapsed > 2w", "elapsed > 14d"),
        ("due > timestamp '2024-01-31T00:00'", "due > date '2024-01-31'"),
        ("SELECT = 'x'", "select = 'x'"),
        ("\"Odd name's\" = 'it''s'", "\"Odd name's\" = 'it''s'"),
        ("not not true", "true"),
        ("true or vip", "true"),
        ("amount not between 1 and 2", "amount not between 1 and 2"),
        ("paid < amount", "paid < amount"),
    ],
)
def test_however_it_is_written_a_condition_has_one_text(written: str, canonical: str) -> None:
    assert parse_condition(written, FEATURES).text == canonical


@given(st.just(0.0) | st.floats(1e-7, 3e9) | st.floats(1e-7, 1))
def test_a_threshold_of_a_tree_survives_being_written(value: float) -> None:
    """To the last bit, as a number and as a duration."""
    from bpa_assets.rule_set.conditions.tree import Comparison, Literal, canonical_text

    for name in ("amount", "elapsed"):
        tree = Comparison(name, "<=", Literal(KINDS[name], value))
        assert parse_condition(canonical_text(tree), FEATURES).tree == tree


REFUSED = {
    "amout > 5": "unknown name 'amout'; did you mean 'amount'?",
    "\u0430mount > 5": "unknown name '\u0430mount'; did you mean 'amount'? (it holds CYRILLIC SMALL LETTER A)",
    "1; drop table x": "a semicolon is not in the language",
    "amount > 5; drop table x": "a semicolon is not in the language",
    "read_csv('/etc/passwd')": "the function 'read_csv' is not in the language",
    "amount > getenv('HOME')": "the function 'getenv' is not in the language",
    "amount > (select 1)": "a subquery (select) is not in the language",
    "select * from event_log": "select 'x'",
    "exists (select 1)": "a subquery (exists) is not in the language",
    "amount > 5 -- x": "a comment is not in the language",
    "/* x */ amount > 5": "a comment is not in the language",
    "amount > 5 /* x */": "a comment is not in the language",
    "-- x": "a comment is not in the language",
    "": "it is empty; write a condition, or true for every case",
    "amount::int > 5": "a cast (::) is not in the language",
    "cast(amount as int) > 5": "the function 'cast' is not in the language",
    "amount > ?": "a parameter (?) is not in the language",
    "amount > $1": "a parameter ($) is not in the language",
    "amount > :x": "a parameter (:) is not in the language",
    "amount + 1 > 5": "arithmetic (+) is not in the language",
    "-amount > 5": "arithmetic (-) is not in the language",
    "last_role like 'C%'": "like is not in the language",
    "case when vip then true end": "unknown name 'case'",
    "elapsed > 5": "elapsed is a duration; write such as 2h, 90m or 1d 12h instead of 5",
    "amount > 2h": "amount is a number; write such as 500 instead of 2h",
    "amount > '500'": "amount is a number; write such as 500 instead of '500'",
    "amount = vip": "vip is a boolean, and amount is a number",
    "vip > true": "vip is a boolean, which has no order (>); write =, <> or in",
    "last_role < 'x'": "last_role is a text, which has no order (<); write =, <> or in",
    "last_role = \"Clerk\"": "unknown name 'Clerk'; a text is written in single quotes",
    "due > '2024-01-31'": "due is a time; write such as date '2024-01-31' instead of '2024-01-31'",
    "due > date '2024-02-30'": "'2024-02-30' is not a date; write date '2024-01-31' or timestamp '2024-01-31 08:30'",
    "amount": "amount is a number, and alone it would have to be true or false",
    "amount = null": "a comparison with null is never true; write amount is null",
    "vip is true": "after is comes null or not null; write = true or = false",
    "1 = 1": "two values are compared; one side has to be a name",
    "amount > 5 and": "it is no whole condition near 'and'",
    "in": "a comparison begins with a name",
    "amount = in": "a comparison begins with a name",
    "amount in ()": "in () names no value",
    "amount > 1e999": "'1e999' is larger than any number here",
    "amount > 5 \u202e": "it holds a control character ('\\u202e')",
    "last_role = 'a\nb'": "'a\\nb' is not one line",
    "last_role = 'abc": "a quote is opened and not closed",
    "amount = '\ud83d'": "it holds a control character ('\\ud83d')",
    "a.b > 5": "unknown name 'a'",
    "elapsed > 101y": "unknown name 'y'",
    "elapsed > 40000d": "'40000d' is not a duration above zero and up to 100 years (5217w)",
    "elapsed > 1h 2d": "'1h 2d' is not a duration; write each unit once, the greatest first, such as 1d 12h",
    "(" * 21 + "vip" + ")" * 21: "it is nested deeper than 20",
    "(" * 990 + "vip" + ")" * 990: "it is nested deeper than 20",
    "not " * 21 + "vip": "it is nested deeper than 20",
    "vip and " * 300 + "vip": "it is longer than 2000 characters",
    f"amount in ({', '.join(map(str, range(101)))})": "it has more than 100 values",
}  # fmt: skip


@pytest.mark.parametrize("text", list(REFUSED))
def test_what_is_beyond_the_language_is_refused_by_name(text: str) -> None:
    with pytest.raises(RefusedCondition) as refused:
        parse_condition(text, {name: one for name, one in FEATURES.items() if name != "select"})
    expected = REFUSED[text] if REFUSED[text] != "select 'x'" else "a subquery (select) is not in the language"
    assert refused.value.reason == expected


def test_a_name_that_only_case_tells_apart_has_to_be_written_exactly() -> None:
    both = {name: Feature(name, "number", "attribute", "") for name in ("Amount", "amount", "AMOUNT_2")}
    assert parse_condition("Amount > 5 and amount > 5 and amount_2 = 1", both).names == (
        "AMOUNT_2", "Amount", "amount",
    )  # fmt: skip
    with pytest.raises(RefusedCondition, match="'AMOUNT' may be 'Amount' or 'amount'; write it exactly"):
        parse_condition("AMOUNT > 5", both)


@given(st.text(max_size=60), st.sampled_from(list(KINDS.values())))
def test_a_feature_of_any_name_can_be_named(name: str, kind: str) -> None:
    """As its own canonical text writes it; a name that cannot stand in a line of text is refused."""
    from bpa_assets.rule_set.conditions.tree import name_text

    features = {name: Feature(name, kind, "attribute", "")}
    try:
        condition = parse_condition(f"{name_text(name)} is null", features)
    except RefusedCondition as refused:
        assert "control character" in refused.reason or "is not one line" in refused.reason  # noqa: PT017
    else:
        assert condition.names == (name,)
        assert parse_condition(condition.text, features) == condition


PIECES = [
    "amount", "elapsed", "vip", "last_role", "'x'", "5", "-5", "2h", "1d 12h", "(", ")", "and", "or", "not", "in", "is",
    "null", "between", "=", "<", ">", "<>", ",", ";", "--", "/*", "*/", "select", "from", "read_csv('/etc/passwd')",
    "date", "'2024-01-31'", "true", "false", "::", "int", "case", "when", "then", "end", "?", "$1", "$$", "e'\\''",
    "\\", "\"", "'", "union", "copy", "attach", "pragma", "interval", "x", "*", "[", "]", "{", "}", ".", "\u0430mount",
    "\u2009", "\uff1e", "\x00", "\ud83d", "lambda", "->", "1e5", "0x1f", "_", "any", "exists", "timestamp", "cast(",
]  # fmt: skip


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.lists(
    st.sampled_from(PIECES), max_size=14).map("".join))  # fmt: skip
@settings(max_examples=200)
def test_any_text_is_a_condition_that_duckdb_evaluates_or_is_refused(text: str) -> None:
    _condition_or_refused(text)


@given(conditions(), st.data())
@settings(max_examples=80)
def test_a_mutated_condition_is_one_or_is_refused(meant: Meant, data: Any) -> None:
    text = meant.text
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 3))
        text = text[:place] + data.draw(st.sampled_from(["", *PIECES])) + text[place + cut :]
    _condition_or_refused(text)


def _condition_or_refused(text: str) -> None:
    try:
        condition = parse_condition(text, FEATURES)
    except RefusedCondition as refused:
        assert refused.reason.isprintable()  # noqa: PT017
    else:
        assert parse_condition(condition.text, FEATURES) == condition
        (answer,) = answers(condition, [dict.fromkeys(KINDS)])
        assert answer in (True, False, None)


@pytest.mark.parametrize("name", ["call", "explain", "fetch", "reset", "prepare", "select", "end"])
def test_a_name_that_elsewhere_is_a_command_is_a_name_here(name: str) -> None:
    features = {name: Feature(name, "number", "attribute", "")}
    assert parse_condition(f"{name} > 5", features).text == f"{name} > 5"
