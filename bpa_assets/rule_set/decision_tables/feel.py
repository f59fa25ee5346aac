"""A condition in FEEL, the expression language of DMN: as cells of a decision table, a column a feature.

Only what the log says to be true makes a rule fire, here and in FEEL: an absent value fires nothing. FEEL differs from
SQL where a value is absent (`null != 5` is true there, and a test that comes to null fits an input of null), so a test
that could be fooled says that the value is there. Durations are numbers of seconds, times are UTC. Standard: OMG DMN
1.3 (formal/2021-02-02), chapter 10. Add a case here when the language of conditions learns a kind of node.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

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
    canonical_text,
    names_in,
)

ANY = "-"
"""The cell of a column that a rule does not ask for."""

Names = dict[str, str]
"""Feature → its name in FEEL."""


def cells(node: Node, names: Names) -> dict[str, str]:
    """What each column of a decision table asks for so that a row fires where the condition is true.

    A column is the FEEL name of a feature, or an expression over several, whose cell is `true`. `true` alone asks for
    nothing.
    """
    parts = node.parts if isinstance(node, AllOf) else (node,)
    by_name: dict[str, list[Node]] = {}
    found: dict[str, str] = {}
    for part in parts:
        named = set(names_in(part))
        if len(named) == 1:
            by_name.setdefault(named.pop(), []).append(part)
        elif part != Always():
            found[expression(part, names)] = "true"
    return {names[name]: _cell(some) for name, some in by_name.items()} | found


def expression(node: Node, names: Names) -> str:
    """The condition as an expression that is true where it is true, and false or null elsewhere."""
    match node:
        case AllOf(parts):
            return " and ".join(_bracketed(part, names) for part in parts)
        case AnyOf(parts):
            return " or ".join(_bracketed(part, names) for part in parts)
        case Always(value):
            return "true" if value else "false"
        case NameComparison(name, operator, other):
            one, two = names[name], names[other]
            return f"{one} != null and {two} != null and {one} {_SIGNS.get(operator, operator)} {two}"
        case _:
            return _atom(node, names[node.name])


def literal(value: Literal) -> str:
    """A value as FEEL writes it."""
    one = value.value
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, datetime):
        return f'date and time("{one.isoformat()}Z")'
    if isinstance(one, str):
        return literal_of_text(one)
    return f"{Decimal(str(one)).normalize():f}"


def literal_of_text(text: str) -> str:
    """A text as FEEL writes it."""
    return f'"{text.translate(_ESCAPES)}"'


_SIGNS = {"<>": "!="}
_ESCAPES = {ord(sign): f"\\{letter}" for sign, letter in zip('\\"\n\r\t', '\\"nrt', strict=True)}


def _bracketed(node: Node, names: Names) -> str:
    text = expression(node, names)
    return text if " " not in text else f"({text})"


def _cell(parts: Sequence[Node]) -> str:
    """What one column asks for, of all `parts` at once."""
    if len(parts) == 1 and (simple := _test(parts[0])):
        return simple
    return _interval(parts) or " and ".join(_bracketed(part, dict.fromkeys(names_in(part), "?")) for part in parts)


def _test(node: Node) -> str | None:
    """A unary test that no absent value can fool; none if it takes an expression."""
    match node:
        case Comparison(_, "=", value):
            return literal(value)
        case Comparison(_, "<" | "<=" | ">" | ">=" as operator, value):
            return f"{operator} {literal(value)}"
        case Membership(_, values, negated=False):
            return ", ".join(map(literal, values))
        case Range(_, low, high, negated=False):
            return f"[{literal(low)}..{literal(high)}]"
        case Range(_, low, high):
            return f"< {literal(low)}, > {literal(high)}"
        case Absence(_, negated=False):
            return "null"
        case _:
            return None


def _interval(parts: Sequence[Node]) -> str | None:
    """Two comparisons from both sides as one range."""
    sides = {part.operator[0]: part for part in parts if isinstance(part, Comparison)}
    if len(parts) != 2 or set(sides) != {"<", ">"} or any(side.operator == "<>" for side in sides.values()):
        return None
    low, high = sides[">"], sides["<"]
    opens, closes = "[" if low.operator == ">=" else "(", "]" if high.operator == "<=" else ")"
    return f"{opens}{literal(low.literal)}..{literal(high.literal)}{closes}"


def _atom(node: Comparison | Membership | Range | Absence, subject: str) -> str:
    """One comparison, never null."""
    there = f"{subject} != null"
    match node:
        case Comparison(_, operator, value):
            return f"{there} and {subject} {_SIGNS.get(operator, operator)} {literal(value)}"
        case Membership(_, values, negated):
            among = f"{subject} in ({', '.join(map(literal, values))})"
            return f"{there} and not({among})" if negated else f"{there} and {among}"
        case Range(_, low, high, negated):
            if negated:
                return f"{there} and ({subject} < {literal(low)} or {subject} > {literal(high)})"
            return f"{there} and {subject} >= {literal(low)} and {subject} <= {literal(high)}"
        case Absence(_, negated):
            return there if negated else f"{subject} = null"
    raise ValueError(f"not a comparison: {canonical_text(node)}")  # pragma: no cover
