"""The condition of a rule: from the text a person or a model wrote to a tree that names only what the log has.

sqlglot parses the closed words of `condition_words`; every node it gives is taken over by hand or refused, and each
comparison is checked against the kind of its feature. Nothing of the text is ever executed or put into SQL. Language:
docs/rules.md. Add a construct here together with its node in `condition_tree`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from bpa_assets.rule_set.conditions.expression import expression_of
from bpa_assets.rule_set.conditions.tree import (
    MIRRORED,
    Absence,
    Always,
    Comparison,
    Literal,
    NameComparison,
    Node,
    Range,
    all_of,
    any_of,
    canonical_text,
    comparison,
    membership,
    names_in,
    negated,
)
from bpa_assets.rule_set.conditions.words import LONGEST, RefusedCondition, Words, closed_words
from bpa_assets.rule_set.feature import Feature
from bpa_resources.yaml_lines import shown

if TYPE_CHECKING:
    import duckdb

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="
}  # fmt: skip
_BEYOND = "more than one condition, or something else than one, is not in the language"
_ORDERED = ("number", "duration", "time")
_EXAMPLES = {
    "number": "is a number; write such as 500",
    "duration": "is a duration; write such as 2h, 90m or 1d 12h",
    "text": "is a text; write such as 'Clerk'",
    "boolean": "is true or false; write true or false",
    "time": "is a time; write such as date '2024-01-31'",
}


@dataclass(frozen=True)
class Condition:
    """A condition that parses, type-checks and names only features; equal where its canonical text is."""

    tree: Node

    @property
    def text(self) -> str:
        """The canonical text; parsed again it gives this condition."""
        return canonical_text(self.tree)

    @property
    def names(self) -> tuple[str, ...]:
        """The features it names, sorted."""
        return tuple(sorted(set(names_in(self.tree))))

    def expression(self) -> "duckdb.Expression":
        """True, false or null for each row of a relation with a column a feature (time columns in UTC)."""
        return expression_of(self.tree)


def parse_condition(text: str, features: Mapping[str, Feature]) -> Condition:
    """The condition that `text` says. Raises RefusedCondition, and nothing else, whatever the text."""
    condition = Condition(_Reader(closed_words(text, features), features).tree())
    if len(condition.text) > LONGEST:
        raise RefusedCondition(f"it is longer than {LONGEST} characters when written out")
    closed_words(condition.text, features)  # its brackets keep the bounds, too
    return condition


class _Reader:
    """Takes the tree that sqlglot makes of the closed words over, node by node."""

    def __init__(self, words: Words, features: Mapping[str, Feature]) -> None:
        self._words = words
        self._features = features

    def tree(self) -> Node:
        sql = " ".join(self._words.words)
        try:
            parsed = sqlglot.parse_one(sql, dialect="duckdb")
            return self._node(parsed)
        except SqlglotError as error:
            raise RefusedCondition(f"it is no whole condition{self._near(error)}") from error
        except RecursionError as error:
            raise RefusedCondition("it is nested too deep") from error

    def _near(self, error: SqlglotError) -> str:
        """` near 'and'`, in the words of the person who wrote it."""
        found = getattr(error, "errors", None)
        column = (found[0].get("col") if found else None) or 0
        end = 0
        for word, written in zip(self._words.words, self._words.written, strict=True):
            end += len(word) + 1
            if column < end:
                return f" near {shown(written)}"
        return ""

    def _node(self, node: exp.Expr) -> Node:
        node = node.unnest()
        match node:
            case exp.And():
                return all_of([self._node(part) for part in _chain(node, exp.And)])
            case exp.Or():
                return any_of([self._node(part) for part in _chain(node, exp.Or)])
            case exp.Not():
                return negated(self._node(node.this))
            case exp.Boolean():
                return Always(bool(node.this))
            case exp.In() | exp.Between() | exp.Is():
                return self._predicate(node)
            case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
                return self._comparison(_OPERATORS[type(node)], node.this, node.expression)
            case exp.Column():
                return Comparison(self._name(node, "boolean"), "=", Literal("boolean", True))
            case exp.Literal():
                raise RefusedCondition(f"{self._written(node)} stands alone; compare a name with it")
        raise RefusedCondition(_BEYOND)

    def _predicate(self, node: exp.In | exp.Between | exp.Is) -> Node:
        name = self._name(node.this)
        given = {key for key, value in node.args.items() if value and key != "this"}
        if isinstance(node, exp.In) and given <= {"expressions"}:
            if not node.expressions:
                raise RefusedCondition("in () names no value")
            return membership(name, [self._literal(one, name) for one in node.expressions])
        if isinstance(node, exp.Between) and given == {"low", "high"}:
            self._must_be_ordered(name, "between")
            return Range(name, self._literal(node.args["low"], name), self._literal(node.args["high"], name))
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            return Absence(name)
        if isinstance(node, exp.Is):
            raise RefusedCondition("after is comes null or not null; write = true or = false")
        raise RefusedCondition(_BEYOND)

    def _comparison(self, operator: str, left: exp.Expr, right: exp.Expr) -> Node:
        left, right = left.unnest(), right.unnest()
        if not isinstance(left, exp.Column):
            left, right, operator = right, left, MIRRORED[operator]
        if not isinstance(left, exp.Column):
            raise RefusedCondition("two values are compared; one side has to be a name")
        name = self._name(left)
        if operator not in ("=", "<>"):
            self._must_be_ordered(name, operator)
        if isinstance(right, exp.Column):
            return NameComparison(name, operator, self._name(right, self._features[name].kind, name))
        return comparison(name, operator, self._literal(right, name))

    def _name(self, node: exp.Expr, kind: str = "", beside: str = "") -> str:
        """The feature of a name; refused if it is of another kind than the one asked for."""
        node = node.unnest()
        # Not in quotes it would be a word of the language where a name should be: a lone `in`.
        if not isinstance(node, exp.Column) or node.args.get("table") or not node.this.args.get("quoted"):
            raise RefusedCondition("a comparison begins with a name")
        name = self._words.names[int(node.name)]
        found = self._features[name].kind
        if kind and found != kind:
            wanted = f"{beside} is a {kind}" if beside else "alone it would have to be true or false"
            raise RefusedCondition(f"{name} is a {found}, and {wanted}")
        return name

    def _literal(self, node: exp.Expr, name: str) -> Literal:
        """The value of a word; refused if it is of another kind than the feature."""
        node, feature = node.unnest(), self._features[name]
        if isinstance(node, exp.Null):
            raise RefusedCondition(f"a comparison with null is never true; write {name} is null")
        if isinstance(node, exp.Boolean):
            literal, written = Literal("boolean", bool(node.this)), str(node.this).lower()
        elif isinstance(node, exp.Literal) and not node.is_string:
            literal, written = self._words.literals[int(node.this)], self._written(node)
        else:
            raise RefusedCondition(f"{name} is compared with something else than a value or a name")
        if literal.kind != feature.kind:
            raise RefusedCondition(f"{name} {_EXAMPLES[feature.kind]} instead of {written}")
        return literal

    def _written(self, node: exp.Expr) -> str:
        place = self._words.words.index(str(node.this))
        return self._words.written[place]

    def _must_be_ordered(self, name: str, operator: str) -> None:
        kind = self._features[name].kind
        if kind not in _ORDERED:
            raise RefusedCondition(f"{name} is a {kind}, which has no order ({operator}); write =, <> or in")


def _chain(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """`a and b and c` as [a, b, c]: a long chain is no deep tree."""
    parts: list[exp.Expr] = []
    while isinstance(node, kind):
        parts.append(node.expression)
        node = node.this
    return [node, *reversed(parts)]
