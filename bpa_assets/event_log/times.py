"""How times are written, and which way a column writes them.

A way of writing is settled by the whole column: the one that reads most values; if day and month cannot be told
apart, that is a question to the user. Add a way to `WAYS`. Zones are in `zones.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bpa_assets.event_log.time_texts import has_offset, offset_minutes, plainly, without_offset
from bpa_resources.errors import InputError

if TYPE_CHECKING:
    import duckdb

EARLIEST = "1000-01-01"
_LOOSELY = " (loosely)"
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I:%M:%S.%f %p")
_COMPACT_CLOCKS = ("", "%H%M", "%H%M%S", "%H%M%S.%f", " %H%M%S", " %H%M", " %H%M%S.%f", "T%H%M%S")


@dataclass(frozen=True)
class TimeWay:
    """One way of writing a time: strptime formats, or none for ISO 8601.

    `zoned`: every value carries an offset. `loose`: the text is made plain first (`time_texts`), and each value may
    carry an offset or not. `unit`: it is a number, counted in so many µs; only numbers in `range` are times.
    """

    name: str
    formats: tuple[str, ...] = ()
    zoned: bool = False
    loose: bool = False
    unit: float = 0
    range: tuple[float, float] = (0, 0)


def _way(date: str, clocks: Sequence[str] = _CLOCKS) -> TimeWay:
    return TimeWay(date, tuple(date + clock for clock in clocks))


def _loose_way(date: str, clocks: Sequence[str] = (*_CLOCKS, " %I %p")) -> TimeWay:
    return TimeWay(f"{date}{_LOOSELY}", tuple(date + clock for clock in clocks), loose=True)


def _number_way(name: str, unit: float) -> TimeWay:
    """1973 to 2286: what is less could be any number."""
    return TimeWay(name, zoned=True, unit=unit, range=(1e14 / unit, 1e16 / unit))


_DATES = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d %b %Y", "%b %d %Y", "%B %d %Y"),
    *("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%Y.%m.%d", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%d-%b-%y"),
)
_LOOSE_DATES = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d"),
    *("%d %b %Y", "%b %d %Y", "%d %b %y", "%Y %b %d", "%G-W%V-%u", "%GW%V%u"),
)
ISO = TimeWay("ISO 8601")
EXCEL = TimeWay("days since 1900 (Excel)", unit=86_400e6, range=(32_874, 65_745))  # 1990 to 2079
WAYS: tuple[TimeWay, ...] = (
    ISO,
    *(_way(date) for date in _DATES),
    _way("%Y%m%d", (*_COMPACT_CLOCKS, " %H:%M:%S", " %H:%M")),
    _number_way("seconds since 1970", 1_000_000),
    _number_way("milliseconds since 1970", 1_000),
    _number_way("microseconds since 1970", 1),
    _number_way("nanoseconds since 1970", 0.001),
    EXCEL,
)
LOOSE_WAYS: tuple[TimeWay, ...] = (
    *(_loose_way(date) for date in _LOOSE_DATES),
    _loose_way("%Y%m%d", (" %H%M%S", " %H%M", " %H%M%S.%f")),
    TimeWay(f"%b %d %H:%M:%S %Y{_LOOSELY}", ("%b %d %H:%M:%S %Y",), loose=True),
)
"""Tried where the others leave values unread."""

_1900 = 25_569  # days from Excel's day 0 to 1970


def own_ways(timestamp_format: str) -> tuple[TimeWay, ...]:
    """The ways a user's `source.timestamp_format` writes times: to the letter, and made plain first.

    A format without a clock says how dates are written; any clock may follow.
    """
    if not any(code in timestamp_format for code in ("%H", "%I")):
        clocks = _COMPACT_CLOCKS if timestamp_format == "%Y%m%d" else _CLOCKS
        return _way(timestamp_format, clocks), _loose_way(timestamp_format)
    own = TimeWay(timestamp_format, (timestamp_format,), zoned="%z" in timestamp_format)
    plain = timestamp_format.replace("%z", "").rstrip()
    return own, TimeWay(f"{timestamp_format}{_LOOSELY}", (plain,), loose=True)


def date_format(way: TimeWay) -> str | None:
    """What to say in `source.timestamp_format` so that this way is taken; None where there is no other reading."""
    return way.name.removesuffix(_LOOSELY) if way.formats else None


def parsed(column: str, way: TimeWay, *, plain: str | None = None) -> "duckdb.Expression":
    """Column (text, generated name) as TIMESTAMP: UTC where the value has an offset, else local; null if unreadable.

    `plain`: a column that has the text made plain already.
    """
    import duckdb
    from duckdb import SQLExpression

    if way.unit:
        return _of_number(column, way)
    if not way.formats:
        read: duckdb.Expression = SQLExpression(
            f"case when {column}[1] between '0' and '9' then "
            f"case when {_offset_is_written(column)} then try_cast(try_cast({column} as timestamptz) as timestamp) "
            f"else try_cast({column} as timestamp) end end"
        )
    else:
        read = _of_text(plain or plainly(column), way) if way.loose else _not_early(_of_format(column, way))
        # DuckDB's strptime reads the words epoch and infinity in any format, as 1900-01-01 or 1970-01-01.
        return duckdb.CaseExpression(SQLExpression(f"regexp_matches({column}, '[0-9]')"), read)
    return _not_early(read)


def _of_format(text: str, way: TimeWay) -> "duckdb.Expression":
    from duckdb import ConstantExpression, FunctionExpression, SQLExpression

    formats = ConstantExpression(list(way.formats)) if len(way.formats) > 1 else ConstantExpression(way.formats[0])
    return FunctionExpression("try_strptime", SQLExpression(text), formats).cast("TIMESTAMP")


def _of_text(plain: str, way: TimeWay) -> "duckdb.Expression":
    """The offset is taken off before: with %z in one of several formats DuckDB reads the 30th of February, too."""
    from duckdb import SQLExpression

    read = _of_format(without_offset("plain"), way) - SQLExpression(f"to_minutes({offset_minutes('plain')})")
    return _with(plain, "plain", _not_early(read))


def _with(value: str, name: str, expression: "duckdb.Expression") -> "duckdb.Expression":
    """The expression, with `name` for a long value in it: written out each time, it costs seconds to plan."""
    from duckdb import ConstantExpression, FunctionExpression, LambdaExpression, SQLExpression

    values = FunctionExpression("list_value", SQLExpression(value))
    found = FunctionExpression("list_transform", values, LambdaExpression(name, expression))
    return FunctionExpression("list_extract", found, ConstantExpression(1))


def _not_early(read: "duckdb.Expression") -> "duckdb.Expression":
    """%Y, and a cast, read 10 as the year 10: that column has two-digit years."""
    from duckdb import CaseExpression, ConstantExpression

    early = read < ConstantExpression(EARLIEST).cast("TIMESTAMP")
    return CaseExpression(early, ConstantExpression(None)).otherwise(read)


def _of_number(column: str, way: TimeWay) -> "duckdb.Expression":
    """The text as a count of units; whole counts are exact, and Excel's days are meant to the millisecond."""
    from duckdb import SQLExpression

    low, high = way.range
    if way == EXCEL:
        number = f"try_cast(replace({column}, ',', '.') as double)"
        micros = f"round(({number} - {_1900}) * 86400000)::bigint * 1000"
    else:
        number = f"try_cast({column} as decimal(38, 6))"
        micros = f"floor({number} * {way.unit})::bigint"
    shape = f"regexp_full_match({column}, '[0-9]+([.,][0-9]+)?')"
    return SQLExpression(f"case when {shape} and {number} between {low} and {high} then make_timestamp({micros}) end")


def is_local(column: str, way: TimeWay) -> "duckdb.Expression":
    """Whether the value of a text column carries no offset, so that `source.timezone` applies."""
    from duckdb import SQLExpression

    if way.loose:
        return _with(plainly(column), "plain", SQLExpression(f"not ({has_offset('plain')})"))
    if way.formats or way.unit:
        return SQLExpression("false" if way.zoned else "true")
    return SQLExpression(f"not ({_offset_is_written(column)})")


_CLOCK_ALONE = re.compile(r"\s*\d{1,2}:\d\d(:\d\d([.,]\d+)?)?(\s?[AaPp]\.?[Mm]\.?)?\s*")


def settle(
    counts: Mapping[str, Mapping[TimeWay, int]], *, file: str, examples: Mapping[str, str], own: str | None = None
) -> dict[str, TimeWay]:
    """The way of each column, from how many of its values each way reads.

    All time columns of a file help to settle day and month. `own`: the user's format, which the ways are. Errors:
    InputError when nothing can be read, or when two ways read everything equally well.
    """
    for name, ways in counts.items():
        if not any(ways.values()):
            raise InputError(_unreadable(name, file=file, example=examples[name], own=own))
    return {name: _best(name, ways, counts, file, examples[name]) for name, ways in counts.items()}


def _unreadable(name: str, *, file: str, example: str, own: str | None) -> str:
    if own is not None:
        return f"{file}: source.timestamp_format '{own}' reads no time in column '{name}' (the first is '{example}')"
    what_to_do = "say how they are written with source.timestamp_format in process.yaml"
    if _CLOCK_ALONE.fullmatch(example):
        what_to_do = "it has no date, and each event needs its day, in the same column or in one beside it"
    return f"{file}: no time in column '{name}' can be read (the first is '{example}'); {what_to_do}"


def _best(
    name: str, ways: Mapping[TimeWay, int], counts: Mapping[str, Mapping[TimeWay, int]], file: str, example: str
) -> TimeWay:
    most = max(ways.values())
    best = [way for way, read in ways.items() if read == most]
    if len(best) > 1:
        together = {way: sum(other.get(way, 0) for other in counts.values()) for way in best}
        best = [way for way in best if together[way] == max(together.values())]
    one, *others = best
    two = next((way for way in others if sorted(way.name) == sorted(one.name)), None)
    if two:  # the same parts in another order: day and month
        raise InputError(
            f"{file}: the times in column '{name}' (such as '{example}') can be read as {date_format(one)} and as "
            f'{date_format(two)}; say which with source.timestamp_format in process.yaml, such as "{date_format(one)}"'
        )
    return one


def _offset_is_written(column: str) -> str:
    """SQL: an offset or a zone follows the time. A bare cast to TIMESTAMP would drop it silently."""
    tail = f"substring({column}, 12)"
    return f"(contains({tail}, '+') or contains({tail}, '-') or {column}[-1] not between '0' and '9')"
