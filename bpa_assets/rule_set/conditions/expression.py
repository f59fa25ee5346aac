"""A condition as an expression of DuckDB, built through its API: no text of a condition ever becomes SQL.

Add the meaning of a node here when `condition_tree` gets one. A value is passed as the type its feature has in the
moment table; a comparison with an absent value is unknown, as in SQL.
"""

from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import TYPE_CHECKING

from bpa_assets.rule_set.conditions.tree import (
    Absence,
    AllOf,
    Always,
    AnyOf,
    Comparison,
    Membership,
    NameComparison,
    Node,
    Range,
)

if TYPE_CHECKING:
    import duckdb

_COMPARE = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def expression_of(node: Node) -> "duckdb.Expression":
    """The expression of a tree: true, false or null for each row."""
    from duckdb import ColumnExpression as Column
    from duckdb import ConstantExpression as Constant

    found: duckdb.Expression
    match node:
        case Comparison(name, operator, literal):
            found = _COMPARE[operator](Column(name), Constant(literal.value))
        case NameComparison(name, operator, other):
            found = _COMPARE[operator](Column(name), Column(other))
        case Membership(name, literals, negated):
            values = [Constant(literal.value) for literal in literals]
            found = Column(name).isnotin(*values) if negated else Column(name).isin(*values)
        case Range(name, low, high, negated):
            column, least, most = Column(name), Constant(low.value), Constant(high.value)
            found = (column < least) | (column > most) if negated else (column >= least) & (column <= most)
        case Absence(name, negated):
            found = Column(name).isnotnull() if negated else Column(name).isnull()
        case AllOf(parts):
            found = reduce(and_, map(expression_of, parts))
        case AnyOf(parts):
            found = reduce(or_, map(expression_of, parts))
        case Always(value):
            found = Constant(value)
    return found
