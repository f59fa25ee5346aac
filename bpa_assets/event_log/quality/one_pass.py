"""What a row tells together with the one before it, and of each case: one pass over the stored log, in arrays.

Whole cases lie in a row group, sorted, so each row group is looked at on its own, and a case is a slice of it. Add a
figure here if it needs neighbours, or has nearly as many groups as there are rows: DuckDB's `lag` and `group by` take
three times the CPU for those. What has few groups is asked in SQL, by the finder that needs it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.waits import Integers

if TYPE_CHECKING:
    import duckdb

_COLUMNS = (
    *("case_code", "activity_code", "event_index", "start_time", "end_time", "source_row", "start_source_row"),
    *("resource", "processing_seconds"),
)
_DAY = 86_400_000_000
_SECONDS = 1_000_000
UNITS = {"seconds": _SECONDS, "minutes": 60 * _SECONDS, "hours": 3600 * _SECONDS, "days": _DAY}
EXACTNESS = [f"{side}_{name}" for side in ("start", "end") for name in UNITS]
_EPOCH = datetime.fromisoformat("1970-01-01")
_DAYS_TO_EPOCH = 719_162
"""Days from 0001-01-01 on."""
_MOST_COUNTERS = 1 << 22
"""Days of resources share so many counters: most have one for themselves, and those that are too full are looked at.

The counter: (DuckDB's hash of the resource + 7919 × days since 0001-01-01) modulo their number.
"""
_DAY_STEP = 7919

_CASE_SHAPE = pa.schema(
    [
        ("case_code", pa.int32()),
        ("variant", pa.uint64()),
        ("events", pa.int64()),
        ("started_at", pa.timestamp("us")),
        ("ended_at", pa.timestamp("us")),
    ]
)
_INSTANT = pa.schema([("case_code", pa.int32()), ("start_time", pa.timestamp("us")), ("end_time", pa.timestamp("us"))])
_CASE = pa.schema([("case_code", pa.int32())])

Numbers = npt.NDArray[Any]


@dataclass
class OnePass:
    """What is found, and the temp tables that are filled on the way.

    `case_shape`: case_code, variant (a hash), events, started_at, ended_at; `instant`: case_code, start_time, end_time
    that several rows of a case have in common; `unordered_case`: case_code of those with a step against the source.
    `rows`: by activity; `steps`: neighbours in a case; `ties`: those of equal times; `against_source`: those that start
    and end later, but whose records stand the other way round. `within_10`, `within_60`: by activity,
    how often it comes after itself within 10 s, and within 10 to 60 s. `exact`: by side and unit, then by
    activity, how many times are whole units. `worked`: seconds of work that start and end on a day, by
    counter (`_MOST_COUNTERS`).
    """

    connection: "duckdb.DuckDBPyConnection"
    cases: int = 0
    steps: int = 0
    ties: int = 0
    against_source: int = 0
    within_10: Counter[int] = field(default_factory=Counter)
    within_60: Counter[int] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)
    exact: dict[str, Counter[int]] = field(default_factory=lambda: {name: Counter() for name in EXACTNESS})
    rows: Counter[int] = field(default_factory=Counter)
    worked: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))

    def over(self, files: Sequence[Path]) -> "OnePass":
        """The pass, over the files of a stored log."""
        import pyarrow.parquet

        for name, schema in (("case_shape", _CASE_SHAPE), ("instant", _INSTANT), ("unordered_case", _CASE)):
            self.connection.from_arrow(schema.empty_table()).create(name)
        number = sum(pyarrow.parquet.read_metadata(path).num_rows for path in files)
        self.worked = np.zeros(min(1 << number.bit_length(), _MOST_COUNTERS))
        for path in files:
            with pyarrow.parquet.ParquetFile(path, read_dictionary=["resource"]) as file:
                for group in range(file.num_row_groups):
                    rows = _Rows(file.read_row_group(group, columns=list(_COLUMNS), use_threads=False))
                    if rows.table.num_rows:
                        self._add(rows)
        return self

    def _add(self, rows: "_Rows") -> None:
        _count(self.days, rows.day)
        _count(self.rows, rows["activity_code"])
        self._add_exactness("start", rows["activity_code"], rows.start)
        self._add_exactness("end", rows["activity_code"], rows.end)
        self._add_cases(rows)
        self._add_steps(rows)
        self._add_work(rows)

    def _add_exactness(self, side: str, activity: Numbers, times: Integers) -> None:
        """A time of whole minutes is one of whole seconds, and so on: fewer and fewer are left to look at."""
        before = 1
        for name, unit in UNITS.items():
            whole = times // (unit // before)
            is_whole = whole * (unit // before) == times
            if not is_whole.all():
                whole, activity = whole[is_whole], activity[is_whole]
            _count(self.exact[f"{side}_{name}"], activity)
            times, before = whole, unit

    def _add_cases(self, rows: "_Rows") -> None:
        first = np.flatnonzero(np.append(True, ~rows.same_case))
        self.cases += len(first)
        place = (rows["event_index"].astype(np.int64) << 32) + rows["activity_code"]
        columns = [
            rows["case_code"][first],
            np.bitwise_xor.reduceat(_mixed(place.view(np.uint64)), first),
            np.diff(np.append(first, len(place))),
            np.minimum.reduceat(rows.start, first),
            np.maximum.reduceat(rows.end, first),
        ]
        self._insert("case_shape", _CASE_SHAPE, columns)

    def _add_steps(self, rows: "_Rows") -> None:
        case, later = rows["case_code"], np.diff(rows.start)
        ends_later = np.diff(rows.end)
        tie = rows.same_case & (later == 0) & (ends_later == 0)
        self.steps += int(np.count_nonzero(rows.same_case))
        self.ties += int(np.count_nonzero(tie))
        one_each = np.flatnonzero(tie & ~np.append(False, tie[:-1]))
        self._insert("instant", _INSTANT, [case[one_each], rows.start[one_each], rows.end[one_each]])
        against = np.flatnonzero(rows.same_case & (later > 0) & (ends_later > 0))
        against = against[rows.stand_before(against)]
        self.against_source += len(against)
        self._insert("unordered_case", _CASE, [np.unique(case[against])])
        activity = rows["activity_code"]
        again = np.flatnonzero(rows.same_case & (activity[1:] == activity[:-1]))
        seconds, activity = later[again], activity[again]
        _count(self.within_10, activity[(seconds > 0) & (seconds <= 10 * _SECONDS)])
        _count(self.within_60, activity[(seconds > 10 * _SECONDS) & (seconds <= 60 * _SECONDS)])

    def _add_work(self, rows: "_Rows") -> None:
        """Not of resources that are absent."""
        from duckdb import ColumnExpression, FunctionExpression

        resource = rows.table["resource"].dictionary_encode().unify_dictionaries().combine_chunks()
        names = self.connection.from_arrow(pa.table({"resource": resource.dictionary}))
        hashed = names.select(FunctionExpression("hash", ColumnExpression("resource"))).to_arrow_table()
        hashes = hashed.column(0).combine_chunks().to_numpy()
        counters = len(self.worked)
        known = (hashes % counters).astype(np.int64)
        on_the_day = rows.end // _DAY == rows.day
        if resource.null_count:
            on_the_day &= np.asarray(resource.is_valid())
        of = np.asarray(resource.indices.fill_null(0))[on_the_day]
        counter = (known[of] + (rows.day[on_the_day] + _DAYS_TO_EPOCH) * _DAY_STEP) % counters
        seconds = rows["processing_seconds"][on_the_day]
        np.add.at(self.worked, counter, seconds)

    def _insert(self, name: str, schema: pa.Schema, columns: Sequence[Numbers]) -> None:
        if len(columns[0]):
            arrays = [pa.array(column).cast(one.type) for column, one in zip(columns, schema, strict=True)]
            self.connection.from_arrow(pa.Table.from_arrays(arrays, schema=schema)).insert_into(name)

    @property
    def exactness(self) -> pa.Table:
        """A row an activity: `activity_code`, and how many of its starts (ends) are whole seconds, …, whole days."""
        codes = sorted(self.rows)
        counts = {name: pa.array([found[code] for code in codes], pa.int64()) for name, found in self.exact.items()}
        return pa.table({"activity_code": pa.array(codes, pa.int32()), **counts})

    @cached_property
    def by_day(self) -> list[tuple[datetime, int]]:
        """Events that start, by day, in order."""
        return [(_EPOCH + timedelta(days=day), rows) for day, rows in sorted(self.days.items())]


@dataclass
class _Rows:
    """The rows of a row group, in order; times in µs since 1970."""

    table: pa.Table

    def __getitem__(self, name: str) -> Numbers:
        return np.asarray(self.table[name].combine_chunks().to_numpy(zero_copy_only=False))

    @cached_property
    def start(self) -> Integers:
        return np.asarray(self.table["start_time"].combine_chunks().view(pa.int64()))

    @cached_property
    def end(self) -> Integers:
        return np.asarray(self.table["end_time"].combine_chunks().view(pa.int64()))

    @cached_property
    def day(self) -> Integers:
        return self.start // _DAY

    @cached_property
    def same_case(self) -> npt.NDArray[np.bool_]:
        """Of each row but the first: whether the one before is of the same case."""
        case = self["case_code"]
        return np.asarray(case[1:] == case[:-1])

    def stand_before(self, places: Integers) -> npt.NDArray[np.bool_]:
        """Whether both records of the row after each place stand before those of the row there; not if unknown."""
        row, started = self.table["source_row"], self.table["start_source_row"]
        before = np.ones(len(places), bool)
        for column in (row, pc.coalesce(started, row)) if started.null_count < len(started) else (row,):
            numbers = column.combine_chunks()
            stands = numbers.to_numpy(zero_copy_only=False)
            before &= stands[places + 1] < stands[places]  # what is absent is no number, and less than none
        return before


def _count(counts: Counter[int], values: Numbers) -> None:
    """Add how often each value occurs."""
    if len(values):
        least = int(values.min())
        found = np.bincount(values - least)
        there = np.flatnonzero(found)
        for value, number in zip((there + least).tolist(), found[there].tolist(), strict=True):
            counts[value] += number


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A hash of each number: the finalizer of MurmurHash as DuckDB has it (two multiplications, three shifts)."""
    factor, half = np.uint64(0xD6E8FEB86659FD93), np.uint64(32)
    mixed = (numbers ^ (numbers >> half)) * factor
    mixed = (mixed ^ (mixed >> half)) * factor
    return mixed ^ (mixed >> half)
