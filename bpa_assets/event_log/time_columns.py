"""Which columns hold times, by their content: a date with its clock beside it, and times whose names say nothing.

Looked at is the head of a file. Add a sign of a time here; how a time is written is in `times.py`, names are in
`column_names.py`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.column_names import NAMES, TIMES, Role, normalised, role_of
from bpa_assets.event_log.sources import Source
from bpa_assets.event_log.time_shapes import possible, shapes
from bpa_assets.event_log.time_texts import plainly
from bpa_assets.event_log.times import EXCEL, LOOSE_WAYS, WAYS, TimeWay, parsed

if TYPE_CHECKING:
    import duckdb

_HEAD = 500
_MOST_COLUMNS = 200
_CLOCK = r"[0-9]{1,2}[:.][0-9]{2}([:.][0-9]{2}([.,][0-9]+)?)?( ?[AaPp]\.?[Mm]\.?)?|[0-9]{6}"
_DATE = r"[0-9]{1,4}[-./ ]([0-9]{1,2}|[^-0-9./ ]{3,})[-./ ]+[0-9]{1,4}|[0-9]{8}"
_SURE = 0.98
"""Share of the values of a time column that have to be times."""


def split_times(source: Source, connection: "duckdb.DuckDBPyConnection") -> dict[Role, tuple[int, int]]:
    """Times that are written in two columns side by side, a date and a clock, one of them with the name of a time."""
    named = [index for index, column in enumerate(source.columns) if role_of(column.name) in TIMES]
    near = {beside for index in named for beside in (index - 1, index, index + 1) if 0 <= beside < len(source.columns)}
    texts = sorted(index for index in near if source.columns[index].type == "VARCHAR")[:_MOST_COLUMNS]
    clocks, dates = _written_as(source, texts, (_CLOCK, _DATE), connection)
    found: dict[Role, tuple[int, int]] = {}
    for clock in clocks:
        date = next((beside for beside in (clock - 1, clock + 1) if beside in dates), None)
        date = dates[0] if date is None and len(dates) == 1 else date
        role = None if date is None else _role(source, clock, date)
        if date is not None and role is not None and role not in found and not _is_whole(source, role, clocks + dates):
            found[role] = (date, clock)
    return found


def _role(source: Source, clock: int, date: int) -> Role | None:
    """The time that they are by name: that of the clock, as one date may serve a start and an end."""
    roles = (role_of(source.columns[index].name) for index in (clock, date))
    return next((role for role in roles if role in TIMES), None)


def _is_whole(source: Source, role: Role, halves: Collection[int]) -> bool:
    """Whether some other column has a name of the role: then that one is the time."""
    names = {name for tier in NAMES[role] for name in tier}
    return any(normalised(one.name) in names for index, one in enumerate(source.columns) if index not in halves)


def _written_as(
    source: Source, texts: Collection[int], patterns: Iterable[str], connection: "duckdb.DuckDBPyConnection"
) -> list[list[int]]:
    """For each pattern the columns of which every value at the head is so written."""
    from duckdb import SQLExpression

    if not texts:
        return [[] for _ in patterns]
    asked = [
        SQLExpression(f"coalesce(bool_and(regexp_full_match(trim(c{index}), '{pattern}')), false)")
        for pattern in patterns
        for index in texts
    ]
    answers = iter(source.scan(connection).limit(_HEAD).aggregate(asked).fetchall()[0])
    return [[index for index in texts if next(answers)] for _ in patterns]


def times_in(
    head: "duckdb.DuckDBPyRelation", source: Source, columns: Collection[int]
) -> dict[int, npt.NDArray[np.int64]]:
    """The columns whose values are times, as µs since 1970 (the least integer where there is none).

    Numbers count as times only where no column has times written out.
    """
    from duckdb import ColumnExpression

    typed = {index: ColumnExpression(f"c{index}") for index in columns if source.columns[index].type == "TIMESTAMP"}
    texts = [index for index in columns if source.columns[index].type == "VARCHAR"]
    written = [way for way in WAYS if not way.unit and way.name != "%Y%m%d"]
    ways = _best_ways(head, texts, (*written, *LOOSE_WAYS))
    if not ways and not typed:
        ways = _best_ways(head, texts, [way for way in WAYS if way not in written and way != EXCEL])
    found = {**typed, **{index: parsed(f"c{index}", way) for index, way in ways.items()}}
    if not found:
        return {}
    times = head.project(*(time.cast("TIMESTAMP").alias(f"c{index}") for index, time in found.items())).to_arrow_table()
    return {index: _micros(times[f"c{index}"]) for index in found}


def _best_ways(
    head: "duckdb.DuckDBPyRelation", texts: Collection[int], ways: Sequence[TimeWay]
) -> Mapping[int, TimeWay]:
    """For each column the way that reads most of its values, if that is nearly all."""
    from duckdb import FunctionExpression, SQLExpression

    if not texts:
        return {}
    # Most columns hold no digits in the places of a date: those are not tried in every way.
    likely = [SQLExpression(f"coalesce(avg((c{index} ~ '.*[0-9].*[0-9].*')::int), 0)") for index in texts]
    shares = head.limit(_HEAD).aggregate(likely).fetchall()[0]
    tried = [index for index, share in zip(texts, shares, strict=True) if share >= _SURE]
    found: dict[int, TimeWay] = {}
    for index in tried:
        likely_ways = possible(ways, shapes(f"c{index}", head.limit(_HEAD)))
        made = head.limit(_HEAD).project(
            SQLExpression(f"c{index}"), SQLExpression(plainly(f"c{index}")).alias("plain_text")
        )
        counts = [FunctionExpression("count", parsed(f"c{index}", way, plain="plain_text")) for way in likely_ways]
        filled, *read = made.aggregate([SQLExpression(f"count(c{index})"), *counts]).fetchall()[0]
        for count, way in sorted(zip(read, likely_ways, strict=True), key=lambda one: -one[0])[:1]:
            if filled and count >= _SURE * filled:
                found[index] = way
    return found


def _micros(times: "object") -> npt.NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    micros = pc.fill_null(pc.cast(times, pa.int64()), np.iinfo(np.int64).min)
    return np.asarray(micros.to_numpy(), dtype=np.int64)


def start_and_end(times: Mapping[int, npt.NDArray[np.int64]]) -> dict[Role, int] | None:
    """Which of the time columns is the start and which the end; None if there is no telling."""
    if len(times) == 1:
        return {"end_time": next(iter(times))}
    if len(times) != 2:
        return None
    (one, first), (other, second) = times.items()
    never = np.iinfo(np.int64).min
    both = (first != never) & (second != never)
    if not both.any():
        return None
    if (first[both] <= second[both]).mean() >= _SURE:
        return {"start_time": one, "end_time": other}
    if (second[both] <= first[both]).mean() >= _SURE:
        return {"start_time": other, "end_time": one}
    return None
