"""Which ways of writing a time a column rules out at a glance, by where its values have digits.

Each way that is tried costs DuckDB milliseconds to plan, and there are fifty: a column is tried only in those whose
digits and signs stand as in its values. What is possible here may still fail there; what can be read is possible.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING

from bpa_assets.event_log.times import TimeWay

if TYPE_CHECKING:
    import duckdb

_NUMBER = r"\s*0+([.,]0*)?\s*"
_TWO_DIGITS = r"\s*0{1,2}"
_DIGITS = r"\s*0+"
_WORD = r"\s*[^\W\d_]+"
_CODES = {
    **dict.fromkeys("ymdHIMSVu", _TWO_DIGITS),
    **dict.fromkeys("YGfj", _DIGITS),
    **dict.fromkeys("bBaAp", _WORD),
}


def shapes(column: str, rows: "duckdb.DuckDBPyRelation") -> list[str]:
    """The different shapes of the values of a text column: each with 0 for every digit."""
    from duckdb import SQLExpression

    shape = SQLExpression(f"regexp_replace({column}, '[0-9]', '0', 'g')").alias("shape")
    return [value for (value,) in rows.project(shape).distinct().fetchall() if value is not None]


def possible(ways: Sequence[TimeWay], shapes: Collection[str]) -> list[TimeWay]:
    """The ways that may read a value of one of these shapes."""
    return [way for way in ways if any(pattern.match(shape) for pattern in _patterns(way) for shape in shapes)]


@cache
def _patterns(way: TimeWay) -> tuple[re.Pattern[str], ...]:
    if way.unit:
        return (re.compile(rf"{_NUMBER}\Z"),)
    if not way.formats or way.loose:  # ISO 8601, and what is made plain first: anything may come of it
        return (re.compile(""),)
    return tuple(re.compile(pattern, re.DOTALL) for pattern in dict.fromkeys(map(_pattern, way.formats)))


def _pattern(written: str) -> str:
    """A pattern for the beginning of what a strptime format reads."""
    parts = re.findall(r"%.|\s+|[^%\s]", written, re.DOTALL)
    return "".join(
        _CODES.get(part[1:], ".*") if part[0] == "%" else r"\s*" if part.isspace() else rf"\s*{re.escape(part)}"
        for part in parts
    )
