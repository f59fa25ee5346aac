"""What conditions mean whatever the log: whether one can ever be true, and whether one being true makes another so.

Every comparison of a feature with values says for which of its values, its absence among them, it is true; `and` and
`or` of these are plain set logic, three-valued logic included, because a tree has no `not`. The values of a feature
fall into the few cells that the constants cut them into. Comparisons of two features are taken for possible, never for
certain. Add a node's cells here when `condition_tree` gets one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from bpa_assets.rule_set.conditions.tree import (
    Absence,
    AllOf,
    Always,
    AnyOf,
    Comparison,
    Literal,
    Membership,
    NameComparison,
    Node,
    Range,
    Value,
    all_of,
    any_of,
    canonical_text,
)

MOST_TERMS = 512
"""Alternatives that are looked at; where there are more, nothing is said."""

Cells: TypeAlias = frozenset[int]
Term: TypeAlias = dict[str, Cells]
ABSENT = -1


@dataclass(frozen=True)
class _Cuts:
    """The constants of each feature, sorted; cell 2i + 1 is the i-th of them, 2i what lies before it."""

    by_name: Mapping[str, tuple[Value, ...]]

    def all_of(self, name: str) -> Cells:
        return frozenset(range(ABSENT, 2 * len(self.by_name[name]) + 1))

    def at(self, name: str, literal: Literal) -> int:
        return 2 * self.by_name[name].index(literal.value) + 1


def never_true(*nodes: Node) -> bool:
    """Whether no case can ever make all the conditions true, whatever its values: `amount > 5 and amount < 3`."""
    terms = _terms(all_of(list(nodes)), _cuts(*nodes), true=True)
    return terms is not None and not terms


def implies(one: Node, other: Node) -> bool:
    """Whether `other` is certainly true wherever `one` is."""
    if one == other:
        return True
    cuts = _cuts(one, other)
    true, untrue = _terms(one, cuts, true=True), _terms(other, cuts, true=False)
    if true is None or untrue is None or len(true) * len(untrue) > MOST_TERMS:
        return False
    return all(_joined(left, right) is None for left, right in product(true, untrue))


def simplified(node: Node) -> Node:
    """The condition without the parts that others of the same `and` (or `or`) make superfluous: `a > 5 and a > 7`."""
    match node:
        case AllOf(parts):
            return all_of(_needed([simplified(part) for part in parts], implied_goes=True))
        case AnyOf(parts):
            return any_of(_needed([simplified(part) for part in parts], implied_goes=False))
        case _:
            return node


def _needed(parts: list[Node], *, implied_goes: bool) -> list[Node]:
    """Of `and` what another part implies goes, of `or` what implies another; of two that say the same, one stays."""
    kept = list(parts)
    for part in sorted(parts, key=canonical_text):
        others = [other for other in kept if other != part]
        if any(implies(other, part) if implied_goes else implies(part, other) for other in others):
            kept = others
    return kept


def _cuts(*nodes: Node) -> _Cuts:
    found: dict[str, set[Value]] = {}
    left = list(nodes)
    while left:
        match left.pop():
            case AllOf(parts) | AnyOf(parts):
                left.extend(parts)
            case Comparison(name, _, literal):
                found.setdefault(name, set()).add(literal.value)
            case Membership(name, literals, _):
                found.setdefault(name, set()).update(literal.value for literal in literals)
            case Range(name, low, high, _):
                found.setdefault(name, set()).update((low.value, high.value))
            case Absence(name, _):
                found.setdefault(name, set())
    # Of one name all values are of one kind, so they have an order.
    return _Cuts({name: tuple(sorted(values)) for name, values in found.items()})


def _terms(node: Node, cuts: _Cuts, *, true: bool) -> list[Term] | None:
    """The alternatives under which `node` is true (or is not: false or unknown); None where there are too many."""
    match node:
        case Always(value):
            return [{}] if value == true else []
        case NameComparison():
            return [{}]
        case AllOf(parts) | AnyOf(parts):
            found = [_terms(part, cuts, true=true) for part in parts]
            if any(terms is None for terms in found):
                return None
            several = [terms for terms in found if terms is not None]
            return _all(several) if isinstance(node, AllOf) == true else _any(several)
        case _:
            cells = _true_cells(node, cuts)
            wanted = cells if true else cuts.all_of(node.name) - cells
            return [{node.name: wanted}] if wanted else []


def _any(several: list[list[Term]]) -> list[Term] | None:
    found = [term for terms in several for term in terms]
    return found if len(found) <= MOST_TERMS else None


def _all(several: list[list[Term]]) -> list[Term] | None:
    found: list[Term] = [{}]
    for terms in sorted(several, key=len):
        if len(found) * len(terms) > MOST_TERMS:
            return None
        found = [both for left, right in product(found, terms) if (both := _joined(left, right)) is not None]
    return found


def _joined(left: Term, right: Term) -> Term | None:
    """Both at once; None where they leave a feature no value."""
    joined = dict(left)
    for name, cells in right.items():
        joined[name] = joined[name] & cells if name in joined else cells
        if not joined[name]:
            return None
    return joined


def _true_cells(node: Comparison | Membership | Range | Absence, cuts: _Cuts) -> Cells:
    every = cuts.all_of(node.name)
    present = every - {ABSENT}
    match node:
        case Absence(_, negated):
            return present if negated else every - present
        case Membership(name, literals, negated):
            inside = frozenset(cuts.at(name, literal) for literal in literals)
            return present - inside if negated else inside
        case Range(name, low, high, negated):
            inside = frozenset(range(cuts.at(name, low), cuts.at(name, high) + 1))
            return present - inside if negated else inside
        case Comparison(name, operator, literal):
            return _on_one_side(present, operator, cuts.at(name, literal))


def _on_one_side(present: Cells, operator: str, at: int) -> Cells:
    if operator == "=":
        return frozenset([at])
    if operator == "<>":
        return present - {at}
    if operator.startswith("<"):
        return frozenset(cell for cell in present if cell < at or (cell == at and operator == "<="))
    return frozenset(cell for cell in present if cell > at or (cell == at and operator == ">="))
