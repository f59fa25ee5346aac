"""What the columns of a source hold: the types of attributes, the writing of times.

The head of the file says what to expect, so that the file is read once; the whole of it is asked where its head
leaves a choice, or was proven wrong.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from bpa_assets.event_log.absent_texts import absent_texts, is_absent
from bpa_assets.event_log.attributes import AttributeType, fits
from bpa_assets.event_log.column_groups import Rows, in_groups
from bpa_assets.event_log.column_names import TIMES
from bpa_assets.event_log.columns import ColumnMapping
from bpa_assets.event_log.limits import shown
from bpa_assets.event_log.number_texts import NumberTexts, fitting_types, number_texts
from bpa_assets.event_log.sources import Source
from bpa_assets.event_log.time_shapes import possible, shapes
from bpa_assets.event_log.time_texts import plainly
from bpa_assets.event_log.times import ISO, LOOSE_WAYS, WAYS, TimeWay, is_local, own_ways, parsed, settle
from bpa_assets.settings import Source as SourceSettings

if TYPE_CHECKING:
    import duckdb

_HEAD = 20_000
_TIME_HEAD = 500


@dataclass(frozen=True)
class Profile:
    """What was found: type by attribute column, way by time column.

    Types are those of the head: the whole file may prove them wrong, and `exact_types` then has the answer.
    `local_rows`: of a time column, how many values at the head carry no offset. `numbers`: what is written with
    separators. `absent`: of times and typed attributes, a text that stands there for no value.
    """

    types: dict[int, AttributeType]
    ways: dict[int, TimeWay]
    local_rows: dict[str, int]
    numbers: NumberTexts
    absent: Mapping[int, str]


def profile_source(
    source: Source,
    columns: ColumnMapping,
    settings: SourceSettings,
    *,
    connection: "duckdb.DuckDBPyConnection",
) -> Profile:
    """Profile the columns of a source. Errors: InputError when its times cannot be read or told apart."""
    head = connection.from_arrow(source.scan(connection).limit(_HEAD).to_arrow_table())
    candidates = _candidates(head, _texts(source, columns))
    counts = _aggregate(lambda: head, candidates, lambda index: [_values(index)])
    ways = _ways(source, columns, head, connection, settings.timestamp_format)
    types = {index: _type(source, index, candidates, counts) for index in columns.attributes}
    numbers = _numbers(source, head, {index: types[index] for index in candidates}, connection, settings.decimal)
    typed = [index for index in candidates if types[index] != "VARCHAR"]
    return Profile(
        types={**types, **dict.fromkeys(numbers.doubtful, "VARCHAR"), **numbers.types},
        ways=ways,
        absent={**absent_texts(lambda: head, ways, "times"), **absent_texts(lambda: head, typed, "numbers")},
        local_rows=_aggregate(lambda: head, ways, lambda index: [_local(index, ways[index])]),
        numbers=numbers,
    )


def _numbers(
    source: Source,
    head: "duckdb.DuckDBPyRelation",
    types: dict[int, AttributeType],
    connection: "duckdb.DuckDBPyConnection",
    decimal: str | None,
) -> NumberTexts:
    """The numbers with separators; where the head of the file leaves a doubt, the whole of it is asked."""
    texts = [index for index, name in types.items() if name == "VARCHAR"]
    plain = [index for index, name in types.items() if name == "DOUBLE"]
    found = number_texts(lambda: head, texts, plain, decimal=decimal)
    if not found.doubtful or source.records <= _HEAD:
        return found
    return number_texts(lambda: source.scan(connection), texts, plain, decimal=decimal)


def exact_types(
    source: Source, columns: ColumnMapping, numbers: NumberTexts, *, connection: "duckdb.DuckDBPyConnection"
) -> dict[int, AttributeType]:
    """The types of the attributes by every value of the file; `numbers` as the head has them."""
    head = connection.from_arrow(source.scan(connection).limit(_HEAD).to_arrow_table())
    candidates = _candidates(head, _texts(source, columns))
    counts = _aggregate(
        lambda: source.scan(connection),
        candidates,
        lambda index: [_values(index), *(_misfit(index, name) for name in candidates[index])],
    )
    types = {index: _type(source, index, candidates, counts) for index in columns.attributes}
    styled = fitting_types(lambda: source.scan(connection), numbers.styles)
    return {**types, **dict.fromkeys(numbers.doubtful, "VARCHAR"), **styled}


def _texts(source: Source, columns: ColumnMapping) -> list[int]:
    return [index for index in columns.attributes if source.columns[index].type == "VARCHAR"]


def _ways(
    source: Source,
    columns: ColumnMapping,
    head: "duckdb.DuckDBPyRelation",
    connection: "duckdb.DuckDBPyConnection",
    timestamp_format: str | None,
) -> dict[int, TimeWay]:
    """The way of every text time column; the whole file is asked only where its head leaves a choice."""
    plain, loose = (WAYS, LOOSE_WAYS) if timestamp_format is None else _parted(own_ways(timestamp_format))
    roles = [columns.roles[role] for role in TIMES if role in columns.roles]
    times = [index for index in roles if source.columns[index].type == "VARCHAR"]
    found = _readable(head.limit(_TIME_HEAD), times, plain, loose)
    if all(len(some) == 1 for some in found.values()):
        return {index: some[0] for index, some in found.items()}
    readable = {index: some or plain for index, some in found.items()}
    counts = _aggregate(
        lambda: source.scan(connection),
        readable,
        lambda index: [_filled(index), *(_read(index, way) for way in readable[index])],
    )
    return _settled(source, head, readable, counts, timestamp_format)


def _candidates(head: "duckdb.DuckDBPyRelation", texts: list[int]) -> dict[int, list[AttributeType]]:
    """The types that the head of the file leaves possible."""
    types = [name for name in get_args(AttributeType) if name != "VARCHAR"]
    misfits = _aggregate(lambda: head, texts, lambda index: [_misfit(index, name) for name in types])
    return {index: [name for name in types if not misfits[f"c{index} {name}"]] for index in texts}


def _parted(ways: tuple[TimeWay, ...]) -> tuple[tuple[TimeWay, ...], tuple[TimeWay, ...]]:
    return tuple(way for way in ways if not way.loose), tuple(way for way in ways if way.loose)


def _readable(
    head: "duckdb.DuckDBPyRelation", times: list[int], plain: tuple[TimeWay, ...], loose: tuple[TimeWay, ...]
) -> dict[int, tuple[TimeWay, ...]]:
    """The ways of writing a time that read anything at the head; loose ones where they read more than any other."""
    tried = {index: possible(plain, shapes(f"c{index}", head)) for index in times}
    read = _aggregate(lambda: head, times, lambda index: [_filled(index), *(_read(index, way) for way in tried[index])])
    most = {index: max((read[f"c{index} {way.name}"] for way in tried[index]), default=0) for index in times}
    left = [index for index in times if most[index] < read[f"c{index}"]]
    more = _read_loosely(head, left, loose)
    return {
        index: (
            *(way for way in tried[index] if read[f"c{index} {way.name}"]),
            *(way for way in loose if more.get(f"c{index} {way.name}", 0) > most[index]),
        )
        for index in times
    }


def _read_loosely(head: "duckdb.DuckDBPyRelation", times: list[int], loose: tuple[TimeWay, ...]) -> dict[str, int]:
    """How many values each loose way reads; the texts are made plain once for all of them."""
    from duckdb import SQLExpression

    if not times:
        return {}
    plain = head.project(*(SQLExpression(plainly(f"c{index}")).alias(f"c{index}") for index in times))
    return _aggregate(lambda: plain, times, lambda index: [_read(index, way, plain=f"c{index}") for way in loose])


def _type(
    source: Source, index: int, candidates: dict[int, list[AttributeType]], counts: dict[str, int]
) -> AttributeType:
    if index not in candidates:
        declared = source.columns[index].type
        return next((known for known in get_args(AttributeType) if known == declared), "VARCHAR")
    if not counts[f"c{index}"]:
        return "VARCHAR"
    return next((name for name in candidates[index] if not counts.get(f"c{index} {name}")), "VARCHAR")


def _settled(
    source: Source,
    head: "duckdb.DuckDBPyRelation",
    readable: dict[int, tuple[TimeWay, ...]],
    counts: dict[str, int],
    timestamp_format: str | None,
) -> dict[int, TimeWay]:
    """The way of every text time column; a column without any value is read as ISO."""
    from duckdb import SQLExpression

    filled = [index for index in readable if counts[f"c{index}"]]
    first = _aggregate(lambda: head, filled, lambda index: [SQLExpression(f"any_value(c{index})").alias(f"c{index}")])
    names = {index: source.columns[index].name for index in filled}
    ways = settle(
        {names[i]: {way: counts[f"c{i} {way.name}"] for way in readable[i]} for i in filled},
        file=source.name,
        examples={names[i]: shown(str(first[f"c{i}"])) for i in filled},
        own=timestamp_format,
    )
    return {index: ways[names[index]] if index in names else ISO for index in readable}


def _filled(index: int) -> "duckdb.Expression":
    from duckdb import SQLExpression

    test = f"count(*) filter (c{index} is not null and not {is_absent(f'c{index}', 'times')})"
    return SQLExpression(test).alias(f"c{index}")


def _values(index: int) -> "duckdb.Expression":
    """How many values of an attribute are none of the texts that stand for no value."""
    from duckdb import SQLExpression

    return SQLExpression(f"count(*) filter (c{index} is not null and not {is_absent(f'c{index}', 'numbers')})").alias(
        f"c{index}"
    )


def _misfit(index: int, name: AttributeType) -> "duckdb.Expression":
    from duckdb import SQLExpression

    value = f"c{index} is not null and not {is_absent(f'c{index}', 'numbers')}"
    test = f"count(*) filter ({value} and not coalesce({fits(f'c{index}', name)}, false))"
    return SQLExpression(test).alias(f"c{index} {name}")


def _local(index: int, way: TimeWay) -> "duckdb.Expression":
    from duckdb import FunctionExpression

    return FunctionExpression("count_if", is_local(f"c{index}", way)).alias(f"c{index}")


def _read(index: int, way: TimeWay, *, plain: str | None = None) -> "duckdb.Expression":
    from duckdb import FunctionExpression

    return FunctionExpression("count", parsed(f"c{index}", way, plain=plain)).alias(f"c{index} {way.name}")


def _aggregate(
    rows: Rows, indexes: Collection[int], asked: "Callable[[int], Iterable[duckdb.Expression]]"
) -> dict[str, int]:
    """The answers to what is asked of each column, by alias; of a wide file some columns at a time."""
    answers: dict[str, int] = {}
    for part, group in in_groups(rows, indexes):
        result = part.aggregate([expression for index in group for expression in asked(index)])
        answers |= dict(zip(result.columns, result.fetchall()[0], strict=True))
    return answers
