"""What a row tells together with the one before it, of its case, and by activity: one pass over the stored log.

Add a figure here if it needs neighbours, or has nearly as many groups as there are rows: DuckDB's `lag` and `group by`
take three times the CPU for those. What has few groups is asked in SQL, by the finder that needs it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.event_log.quality.filled_table import FilledTable
from bpa_assets.event_log.quality.row_batches import DAY, HOUR, Flags, Rows, row_batches
from bpa_assets.event_log.quality.shared_counters import SharedCounters
from bpa_assets.event_log.waits import Integers

if TYPE_CHECKING:
    import duckdb

_COLUMNS = (
    *("case_code", "activity_code", "event_index", "start_time", "end_time", "source_file", "source_row"),
    *("start_source_row", "resource", "processing_seconds"),
)
_SECOND = 1_000_000
_EPOCH = datetime.fromisoformat("1970-01-01")
DAY_STEP = 7919
"""Days of a resource are so many counters apart from each other."""
_MOST_COUNTERS = 1 << 22
"""Of seconds of work; 32 MiB."""
_TIME = pa.timestamp("us")

_TABLES = {
    "case_shape": pa.schema(
        [
            ("case_code", pa.int32()),
            ("variant", pa.uint64()),
            ("events", pa.int64()),
            ("started_at", _TIME),
            ("ended_at", _TIME),
            ("file_index", pa.uint64()),
            ("first_row", pa.int64()),
        ]
    ),
    "tied": pa.schema(
        [
            ("case_code", pa.int32()),
            ("event_index", pa.int32()),
            ("instant", pa.int64()),
            ("activity_code", pa.int32()),
            ("resource", pa.int64()),
            ("start_time", _TIME),
            ("whole_hour", pa.bool_()),
        ]
    ),
    "against_source": pa.schema(
        [
            ("case_code", pa.int32()),
            ("event_index", pa.int32()),
            ("start_time", _TIME),
            ("before_start", _TIME),
            ("before_row", pa.int64()),
        ]
    ),
}


@dataclass
class OnePass:
    """What is found, and the temp tables that are filled on the way.

    `case_shape`: case_code, variant (a hash), events, started_at, ended_at, and where its first row lies: file_index,
    first_row. `tied`: rows of a case that have start and end in common with a neighbour; `instant` numbers the groups,
    `resource` its values within one. `against_source`: rows that start and end later than the one before, but whose
    records stand before its ones in their common file.

    `steps`: neighbours in a case; `ties`: those of one instant; `against`: those whose records stand the other way
    round. `within_10`, `within_60`: by activity code, how often it comes after itself within 10 s, and within 10 to
    60 s. `instants`: rows by activity and end, but for whole hours. `worked`: seconds of work that start and end on one
    day, by (hash of the resource + `DAY_STEP` × days since 1970) modulo the number of counters.
    """

    connection: "duckdb.DuckDBPyConnection"
    files: Sequence[Path]
    cases: int = 0
    steps: int = 0
    ties: int = 0
    against: int = 0
    days: Counter[int] = field(default_factory=Counter)
    within_10: Integers = field(default_factory=lambda: np.zeros(1, np.int64))
    within_60: Integers = field(default_factory=lambda: np.zeros(1, np.int64))

    def __post_init__(self) -> None:
        import pyarrow.parquet

        number = sum(pyarrow.parquet.read_metadata(path).num_rows for path in self.files)
        self.instants = SharedCounters.for_rows(number)
        self.worked = np.zeros(min(1 << max(number.bit_length() - 2, 4), _MOST_COUNTERS))
        self._instant = 0
        self._tables = {name: FilledTable(self.connection, name, schema) for name, schema in _TABLES.items()}
        for rows in row_batches(self.files, _COLUMNS):
            self._add(rows)
        for table in self._tables.values():
            table.close()

    def _add(self, rows: Rows) -> None:
        first_day = int(rows.day.min())
        counts = np.bincount(rows.day - first_day)
        there = np.flatnonzero(counts)
        self.days.update(dict(zip((there + first_day).tolist(), counts[there].tolist(), strict=True)))
        self._add_instants(rows)
        self._add_cases(rows)
        self._add_steps(rows)
        self._add_work(rows)

    def _add_instants(self, rows: Rows) -> None:
        counters = self.instants.of_instants(rows.activity, rows.end)
        self.instants.count(counters[rows.end % HOUR != 0])

    def _add_cases(self, rows: Rows) -> None:
        first = np.flatnonzero(np.append(True, ~rows.same_case))
        self.cases += len(first)
        place = (rows["event_index"].astype(np.int64) << 32) + rows.activity
        columns = [
            rows["case_code"][first],
            np.bitwise_xor.reduceat(_mixed(place.view(np.uint64)), first),
            np.diff(np.append(first, len(place))),
            rows.start[first],  # they are sorted by it
            np.maximum.reduceat(rows.end, first),
            np.full(len(first), rows.file),
            first + rows.first_row,
        ]
        self._tables["case_shape"].add(columns)

    def _add_steps(self, rows: Rows) -> None:
        later, ends_later = np.diff(rows.start), np.diff(rows.end)
        self.steps += int(np.count_nonzero(rows.same_case))
        self._add_ties(rows, rows.same_case & (later == 0) & (ends_later == 0))
        against = np.flatnonzero(rows.same_case & (later > 0) & (ends_later > 0))
        against = against[rows.stand_before(against)]
        self.against += len(against)
        against = against[rows.of_one_file(against)]
        one, row = (rows["case_code"], rows["event_index"]), against + 1
        times = (rows.start[row], rows.start[against])
        self._tables["against_source"].add([*(column[row] for column in one), *times, rows["source_row"][against]])
        again = np.flatnonzero(rows.same_case & (rows.activity[1:] == rows.activity[:-1]))
        seconds, activity = later[again], rows.activity[again]
        self.within_10 = _counted(self.within_10, activity[(seconds > 0) & (seconds <= 10 * _SECOND)])
        self.within_60 = _counted(self.within_60, activity[(seconds > 10 * _SECOND) & (seconds <= 60 * _SECOND)])

    def _add_ties(self, rows: Rows, tie: Flags) -> None:
        """`tie`: of each row but the first, whether it is at the same instant as the one before."""
        self.ties += int(np.count_nonzero(tie))
        follows = np.append(False, tie)
        of = np.flatnonzero(follows | np.append(tie, False))
        instant = self._instant + np.cumsum(~follows[of])
        self._instant += int(np.count_nonzero(~follows[of]))
        start, (_, resource) = rows.start[of], rows.resource
        known = [rows["case_code"][of], rows["event_index"][of], instant, rows.activity[of], resource[of]]
        self._tables["tied"].add([*known, start, start % HOUR == 0])

    def _add_work(self, rows: Rows) -> None:
        names, resource = rows.resource
        seconds = rows["processing_seconds"]
        works = np.flatnonzero((seconds > 0) & (resource >= 0) & (rows.end // DAY == rows.day))
        if len(works):
            known = self._hashes(names)[resource[works]]
            np.add.at(self.worked, (known + rows.day[works] * DAY_STEP) & (len(self.worked) - 1), seconds[works])

    def _hashes(self, names: pa.Array) -> Integers:
        """DuckDB's hash of each, as far as it tells the counter."""
        from duckdb import ColumnExpression, FunctionExpression

        of = self.connection.from_arrow(pa.table({"name": names}))
        hashes = of.select(FunctionExpression("hash", ColumnExpression("name"))).to_arrow_table().column(0)
        return np.asarray(hashes.to_numpy() & np.uint64(len(self.worked) - 1)).view(np.int64)

    @cached_property
    def by_day(self) -> list[tuple[datetime, int]]:
        """Events that start, by day, in order."""
        return [(_EPOCH + timedelta(days=day), rows) for day, rows in sorted(self.days.items())]


def _counted(counts: Integers, activity: Integers) -> Integers:
    """The counts by activity, with these added."""
    found = np.bincount(activity, minlength=len(counts))
    found[: len(counts)] += counts
    return found


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A hash of each number: the finalizer of SplitMix64 (Steele, Lea and Flood 2014)."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
