"""Features, rows, and random conditions with what they mean: an interpreter of its own, in three-valued logic.

A random condition is made as a text beside a function from a row to True, False or None, so that the parser, the
pushing down of `not` and DuckDB are all held against it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import hypothesis.strategies as st

from bpa_assets.rule_set.feature import Feature

Row = Mapping[str, Any]
Truth = bool | None

KINDS = {
    "amount": "number",
    "paid": "number",
    "elapsed": "duration",
    "waiting_so_far": "duration",
    "last_role": "text",
    "Odd name's": "text",
    'or"der.by': "number",
    "select": "text",
    "vip": "boolean",
    "due": "time",
}
FEATURES = {name: Feature(name, kind, "attribute", "for a test") for name, kind in KINDS.items()}
TYPES = {"number": "DOUBLE", "duration": "DOUBLE", "text": "VARCHAR", "boolean": "BOOLEAN", "time": "TIMESTAMP"}

VALUES: dict[str, list[Any]] = {
    "number": [-5, -0.5, 0, 0.1, 1, 2, 500, 1e15, 12345678.9],
    "duration": [0.0, 0.25, 45.0, 3600.0, 5400.5, 7200.0, 129600.0],
    "text": ["", "Clerk", "clerk", "it's", 'say "x"', "amount", "--", "ß€", "' or true --", "a\\'b"],
    "boolean": [True, False],
    "time": [datetime(2024, 1, 31), datetime(2024, 1, 31, 8, 30), datetime(2024, 2, 1, 0, 0, 0, 250)],
}
DURATIONS = {
    0.0: ["0s", "0h"], 0.25: ["0.25s"], 45.0: ["45s", "0.75m"], 3600.0: ["1h", "60m", "3600s"],
    5400.5: ["1h 30m 0.5s", "5400.5 s"], 7200.0: ["2h", "2 h"], 129600.0: ["1d 12h", "1.5d", "1d12h"],
}  # fmt: skip


@dataclass(frozen=True)
class Meant:
    """The text of a condition and what it means."""

    text: str
    of: Callable[[Row], Truth]


def rows() -> st.SearchStrategy[Row]:
    """A row of values and nulls."""
    return st.fixed_dictionaries({name: st.none() | st.sampled_from(VALUES[kind]) for name, kind in KINDS.items()})


def conditions() -> st.SearchStrategy[Meant]:
    """Any condition of the language, in many ways of writing it."""
    return st.recursive(_leaves(), _joined, max_leaves=8)


def _joined(parts: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda found: Meant(" AND ".join(f"({one.text})" for one in found), lambda row: _all(found, row))),
        several.map(lambda found: Meant(" or\n".join(f"({one.text})" for one in found), lambda row: _any(found, row))),
        parts.map(lambda one: Meant(f"not ({one.text})", lambda row: _not(one.of(row)))),
    )


def _all(parts: list[Meant], row: Row) -> Truth:
    found = [part.of(row) for part in parts]
    return False if False in found else None if None in found else True


def _any(parts: list[Meant], row: Row) -> Truth:
    found = [part.of(row) for part in parts]
    return True if True in found else None if None in found else False


def _not(value: Truth) -> Truth:
    return None if value is None else not value


@st.composite
def _leaves(draw: st.DrawFn) -> Meant:
    name = draw(st.sampled_from(list(KINDS)))
    kind = KINDS[name]
    value = st.sampled_from(VALUES[kind])
    operators = ["=", "<>", "!=", "in", "null"]
    operators += ["<", "<=", ">", ">=", "mirrored", "between", "name"] if kind in ("number", "duration", "time") else []
    operator = draw(st.sampled_from(operators + (["alone"] if kind == "boolean" else [])))
    written = _name(draw, name)
    if operator == "null":
        wanted = draw(st.booleans())
        return Meant(f"{written} is {'' if wanted else 'not '}null", lambda row: (row[name] is None) == wanted)
    if operator == "alone":
        return Meant(written, lambda row: row[name])
    if operator == "in":
        found = draw(st.lists(value, min_size=1, max_size=4))
        no = draw(st.booleans())
        text = f"{written} {'not ' if no else ''}in ({', '.join(_value(draw, kind, one) for one in found)})"
        return Meant(text, _known(lambda row: (row[name] in found) != no, name))
    if operator == "between":
        low, high, no = draw(value), draw(value), draw(st.booleans())
        text = f"{written} {'NOT ' if no else ''}between {_value(draw, kind, low)} and {_value(draw, kind, high)}"
        return Meant(text, _known(lambda row: (low <= row[name] <= high) != no, name))
    if operator == "name":
        other = draw(st.sampled_from([other for other, found in KINDS.items() if found == kind]))
        return Meant(f"{written} < {_name(draw, other)}", _known(lambda row: row[name] < row[other], name, other))
    one = draw(value)
    said = _value(draw, kind, one)
    if operator == "mirrored":
        return Meant(f"{said}<{written}", _known(lambda row: one < row[name], name))
    return Meant(f"{written} {operator} {said}", _known(lambda row: _compared(operator, row[name], one), name))


def _compared(operator: str, left: Any, right: Any) -> bool:
    answers = {"=": left == right, "<>": left != right, "!=": left != right}
    if operator in answers:
        return bool(answers[operator])
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator])


def _known(answer: Callable[[Row], bool], *names: str) -> Callable[[Row], Truth]:
    return lambda row: None if any(row[name] is None for name in names) else answer(row)


def _name(draw: st.DrawFn, name: str) -> str:
    if name.isidentifier() and draw(st.booleans()):
        return draw(st.sampled_from([name, name.upper()]))
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _value(draw: st.DrawFn, kind: str, value: Any) -> str:
    if kind == "duration":
        return draw(st.sampled_from(DURATIONS[value]))
    if kind == "text":
        escaped = value.replace("'", "''")
        return f"'{escaped}'"
    if kind == "time":
        return f"timestamp '{value.isoformat()}'" if value.time() != datetime.min.time() else f"DATE '{value.date()}'"
    return str(value).lower() if kind == "boolean" else repr(value)
