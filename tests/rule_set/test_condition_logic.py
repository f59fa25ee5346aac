"""What conditions mean whatever the log: held against every row that their constants tell apart."""

import operator
from itertools import product
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from bpa_assets.rule_set.conditions.condition import parse_condition
from bpa_assets.rule_set.conditions.logic import implies, never_true, simplified
from bpa_assets.rule_set.conditions.tree import (
    Absence,
    AllOf,
    AnyOf,
    Comparison,
    Literal,
    Membership,
    Node,
    Range,
    all_of,
    any_of,
    canonical_text,
)
from tests.rule_set.condition_examples import FEATURES

VALUES = {"amount": (0, 1, 2, 3, 4, 5, 6), "last_role": ("a", "b", "c")}  # constants 1, 3, 5 and what lies between


def tree(text: str) -> Node:
    """The tree of a condition."""
    return parse_condition(text, FEATURES).tree


def leaves() -> st.SearchStrategy[Node]:
    """Comparisons of two features with few constants."""
    number = st.sampled_from([Literal("number", value) for value in (1, 3, 5)])
    role = st.sampled_from([Literal("text", value) for value in ("a", "b")])
    names = st.sampled_from(["amount", "last_role"])
    both = (Literal("text", "a"), Literal("text", "b"))
    return st.one_of(
        st.builds(Comparison, st.just("amount"), st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), number),
        st.builds(Comparison, st.just("last_role"), st.sampled_from(["=", "<>"]), role),
        st.builds(Range, st.just("amount"), number, number, st.booleans()),
        st.builds(Membership, st.just("last_role"), st.just(both), st.booleans()),
        st.builds(Absence, names, st.booleans()),
    )  # fmt: skip


def trees() -> st.SearchStrategy[Node]:
    """Small trees of these."""
    return st.recursive(
        leaves(), lambda parts: st.lists(parts, min_size=2, max_size=3).flatmap(
            lambda found: st.sampled_from([all_of(found), any_of(found)])), max_leaves=6)  # fmt: skip


def is_true(node: Node, row: dict[str, Any]) -> bool:
    """Whether a condition is true of a row: unknown is not true, and a tree has no `not`."""
    if isinstance(node, AllOf):
        return all(is_true(part, row) for part in node.parts)
    if isinstance(node, AnyOf):
        return any(is_true(part, row) for part in node.parts)
    assert isinstance(node, Comparison | Range | Membership | Absence)
    value = row[node.name]
    if isinstance(node, Absence):
        return (value is None) != node.negated
    if value is None:
        return False
    if isinstance(node, Range):
        return bool(node.low.value <= value <= node.high.value) != node.negated
    if isinstance(node, Membership):
        return (value in [literal.value for literal in node.literals]) != node.negated
    one: Any = node.literal.value
    if node.operator in ("=", "<>"):
        return bool(value == one) == (node.operator == "=")
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[node.operator]
    return bool(compare(value, one))


ROWS = [dict(zip(VALUES, row, strict=True)) for row in product(*((None, *values) for values in VALUES.values()))]


@given(trees())
@settings(max_examples=100)
def test_never_true_is_said_exactly_where_no_row_makes_it_true(node: Node) -> None:
    assert never_true(node) == (not any(is_true(node, row) for row in ROWS))


@given(trees(), trees())
@settings(max_examples=100)
def test_implied_is_said_exactly_where_every_row_agrees(one: Node, other: Node) -> None:
    assert implies(one, other) == all(is_true(other, row) for row in ROWS if is_true(one, row))


@given(trees())
@settings(max_examples=60)
def test_a_simplified_condition_is_true_of_the_same_rows(node: Node) -> None:
    less = simplified(node)
    assert len(canonical_text(less)) <= len(canonical_text(node))
    assert [is_true(less, row) for row in ROWS] == [is_true(node, row) for row in ROWS]


@pytest.mark.parametrize(
    ("written", "simple"),
    [
        ("amount > 5 and amount > 7", "amount > 7"),
        ("amount > 5 or amount > 7", "amount > 5"),
        ("amount > 5 and amount is not null", "amount > 5"),
        ("amount > 5 and last_role = 'a' and amount >= 5", "amount > 5 and last_role = 'a'"),
        ("paid < amount and paid < amount", "paid < amount"),
    ],
)
def test_what_another_part_says_already_goes(written: str, simple: str) -> None:
    assert canonical_text(simplified(tree(written))) == simple


def test_what_can_never_be_true_is_told_and_what_may_be_is_not() -> None:
    assert never_true(tree("amount > 5 and amount < 3"))
    assert never_true(tree("amount between 5 and 3"))
    assert never_true(tree("amount is null and amount > 3"))
    assert never_true(tree("last_role = 'a' and last_role = 'b'"))
    assert never_true(tree("vip and not vip"))
    assert never_true(tree("false"))
    assert never_true(tree("amount > 5"), tree("amount < 3"))
    assert not never_true(tree("paid < amount and paid > amount"))  # of two features nothing is certain
    assert not never_true(tree("amount >= 5 and amount <= 5"))
    assert not never_true(tree("true"))


def test_beyond_the_bound_nothing_is_claimed() -> None:
    wide = " and ".join(f"(amount <> {n} or paid <> {n} or elapsed <> {n + 1}s)" for n in range(8))
    assert not never_true(tree(wide))
    assert not implies(tree(wide), tree("vip"))
