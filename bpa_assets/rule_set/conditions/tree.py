"""A condition as a tree of what it says, and its one canonical text.

A tree has no `not` around anything: it is pushed down to the single comparisons, which keeps SQL's three-valued logic
(`not (a > 5)` and `a <= 5` are unknown for the same rows). Add a kind of node here when the language learns one, with
its text; what a node means in DuckDB (`condition_expression`) and in logic (`condition_logic`) stays out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from bpa_assets.durations import UNIT_SECONDS

OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

# All words of the language; a feature of such a name is written in double quotes.
RESERVED = ("and", "or", "not", "in", "between", "is", "null", "true", "false", "date", "timestamp")

Value: TypeAlias = "int | float | str | bool | datetime"


@dataclass(frozen=True)
class Literal:
    """A value as the language writes it; `kind` as of a feature, a duration in seconds, a time in UTC."""

    kind: str
    value: Value


@dataclass(frozen=True)
class Comparison:
    """A feature against a value: `amount > 500`."""

    name: str
    operator: str
    literal: Literal


@dataclass(frozen=True)
class NameComparison:
    """A feature against another one of its kind: `paid < amount`."""

    name: str
    operator: str
    other: str


@dataclass(frozen=True)
class Membership:
    """A feature among values, each once, in their order: `last_role in ('Clerk', 'Manager')`."""

    name: str
    literals: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True)
class Range:
    """A feature between two values, both included."""

    name: str
    low: Literal
    high: Literal
    negated: bool = False


@dataclass(frozen=True)
class Absence:
    """A feature that has no value at the moment, or (negated) has one."""

    name: str
    negated: bool = False


@dataclass(frozen=True)
class AllOf:
    """Two parts or more that have to be true, in the order of their texts."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class AnyOf:
    """Two parts or more of which one has to be true, in the order of their texts."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Always:
    """True of every case, or of none."""

    value: bool = True


Node: TypeAlias = "Comparison | NameComparison | Membership | Range | Absence | AllOf | AnyOf | Always"


def negated(node: Node) -> Node:
    """The tree that is true where `node` is false, and unknown where it is unknown."""
    match node:
        case Comparison(name, operator, literal):
            return comparison(name, OPPOSITE[operator], literal)
        case NameComparison(_, operator, _):
            return replace(node, operator=OPPOSITE[operator])
        case Membership() | Range() | Absence():
            return replace(node, negated=not node.negated)
        case AllOf(parts):
            return any_of([negated(part) for part in parts])
        case AnyOf(parts):
            return all_of([negated(part) for part in parts])
        case Always(value):
            return Always(not value)


def all_of(parts: list[Node]) -> Node:
    """The parts joined by `and`: flat, each once, sorted; `true` goes, `false` decides."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, AllOf) else [part])]
    if Always(False) in flat:
        return Always(False)
    kept = _each_once([part for part in flat if part != Always()])
    return AllOf(kept) if len(kept) > 1 else kept[0] if kept else Always()


def any_of(parts: list[Node]) -> Node:
    """The parts joined by `or`: flat, each once, sorted; `false` goes, `true` decides."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, AnyOf) else [part])]
    if Always() in flat:
        return Always()
    kept = _each_once([part for part in flat if part != Always(False)])
    return AnyOf(kept) if len(kept) > 1 else kept[0] if kept else Always(False)


def _each_once(parts: list[Node]) -> tuple[Node, ...]:
    by_text = {canonical_text(part): part for part in parts}
    return tuple(by_text[text] for text in sorted(by_text))


def comparison(name: str, operator: str, literal: Literal) -> Comparison:
    """A feature against a value; of what is true or false, `<>` is `=` the other one."""
    if isinstance(literal.value, bool) and operator == "<>":
        return Comparison(name, "=", Literal("boolean", not literal.value))
    return Comparison(name, operator, literal)


def membership(name: str, literals: list[Literal], *, negated: bool = False) -> Node:
    """A feature among values; a single one is a comparison."""
    by_text = {literal_text(literal): literal for literal in literals}
    kept = sorted(by_text.values(), key=lambda literal: (literal.value, literal_text(literal)))
    if len(kept) == 1:
        return comparison(name, "<>" if negated else "=", kept[0])
    return Membership(name, tuple(kept), negated)


def names_in(node: Node) -> Iterator[str]:
    """The features that a tree names, some more than once."""
    match node:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from names_in(part)
        case NameComparison(name, _, other):
            yield from (name, other)
        case Always():
            return
        case _:
            yield node.name


# --- text -----------------------------------------------------------------------------------------------------------


def canonical_text(node: Node) -> str:
    """The one text of a tree; read again it gives the same tree."""
    match node:
        case Comparison(name, operator, literal):
            return f"{name_text(name)} {operator} {literal_text(literal)}"
        case NameComparison(name, operator, other):
            return f"{name_text(name)} {operator} {name_text(other)}"
        case Membership(name, literals, negated):
            values = ", ".join(map(literal_text, literals))
            return f"{name_text(name)} {_not(negated)}in ({values})"
        case Range(name, low, high, negated):
            return f"{name_text(name)} {_not(negated)}between {literal_text(low)} and {literal_text(high)}"
        case Absence(name, negated):
            return f"{name_text(name)} is {_not(negated)}null"
        case AllOf(parts):
            return " and ".join(f"({canonical_text(part)})" if isinstance(part, AnyOf) else canonical_text(part)
                                for part in parts)  # fmt: skip
        case AnyOf(parts):
            return " or ".join(f"({canonical_text(part)})" if isinstance(part, AllOf) else canonical_text(part)
                               for part in parts)  # fmt: skip
        case Always(value):
            return "true" if value else "false"


def _not(negated: bool) -> str:
    return "not " if negated else ""


def name_text(name: str) -> str:
    """A feature's name as a condition writes it: in double quotes unless it is a plain lower-case word."""
    plain = name.isascii() and name.isidentifier() and name == name.lower() and name not in RESERVED
    quoted = name.replace('"', '""')
    return name if plain else f'"{quoted}"'


def literal_text(literal: Literal) -> str:
    """A value as a condition writes it; what it stands for is kept to the last digit."""
    value = literal.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    if isinstance(value, datetime):
        midnight = value.time() == datetime.min.time()
        return f"date '{value.date()}'" if midnight else f"timestamp '{value.isoformat(sep=' ')}'"
    return duration_literal(float(value)) if literal.kind == "duration" else str(value)


def duration_literal(seconds: float) -> str:
    """`1h 30m 0.5s`: unlike `duration_text`, nothing is cut off, because it is read again."""
    left, parts = Decimal(str(seconds)).normalize(), []
    for unit in ("d", "h", "m"):
        count, left = divmod(left, UNIT_SECONDS[unit])
        if count:
            parts.append(f"{count:f}{unit}")
    if left or not parts:
        parts.append(f"{left.normalize():f}s" if left else "0s")
    return " ".join(parts)
