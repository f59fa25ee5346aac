"""The rows of a stored log as arrays, a batch of whole cases at a time.

Add here what several figures need of the same rows; the figures themselves are in `one_pass.py` and the finders.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.waits import Integers

Numbers = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

DAY = 86_400_000_000
HOUR = 3_600_000_000
ROWS_A_BATCH = 250_000
"""A batch of all columns of the pass takes some 20 MiB; a case with more rows is one batch."""


@dataclass
class Rows:
    """Whole cases in the stored order: sorted by start within a case; times in µs since 1970.

    `file`: place of the file among those of the log; `first_row`: rows of the file before these.
    """

    table: pa.Table
    file: int
    first_row: int

    def __getitem__(self, name: str) -> Numbers:
        """A column; NaN where a number is absent."""
        return np.asarray(self.table[name].chunk(0).to_numpy(zero_copy_only=False))

    @cached_property
    def activity(self) -> Integers:
        """Codes, as NumPy counts them."""
        return self["activity_code"].astype(np.int64)

    @cached_property
    def start(self) -> Integers:
        """When they start."""
        return np.asarray(self.table["start_time"].chunk(0).view(pa.int64()))

    @cached_property
    def end(self) -> Integers:
        """When they end."""
        return np.asarray(self.table["end_time"].chunk(0).view(pa.int64()))

    @cached_property
    def day(self) -> Integers:
        """Days since 1970 on which they start."""
        return self.start // DAY

    @cached_property
    def same_case(self) -> Flags:
        """Of each row but the first: whether the one before is of the same case."""
        case = self["case_code"]
        return np.asarray(case[1:] == case[:-1])

    @cached_property
    def resource(self) -> tuple[pa.Array, Integers]:
        """The names, and for each row the place of its name among them, -1 if absent."""
        coded = self.table["resource"].chunk(0)
        return coded.dictionary, np.asarray(coded.indices.fill_null(-1)).astype(np.int64)

    def stand_before(self, places: Integers) -> Flags:
        """Whether both records of the row after each place stand before those of the row there; not if unknown."""
        row, started = self.table["source_row"], self.table["start_source_row"]
        before = np.ones(len(places), bool)
        for column in (row, pc.coalesce(started, row)) if started.null_count < len(started) else (row,):
            stands = column.chunk(0).to_numpy(zero_copy_only=False)
            before &= stands[places + 1] < stands[places]  # what is absent is no number, and less than none
        return before

    def of_one_file(self, places: Integers) -> Flags:
        """Whether the row after each place is of the same source file as the row there."""
        file = np.asarray(self.table["source_file"].chunk(0).indices)
        return np.asarray(file[places + 1] == file[places])


def row_batches(files: Sequence[Path], columns: Sequence[str]) -> Iterator[Rows]:
    """The rows of the files of a stored log, only these columns (case_code among them)."""
    import pyarrow.parquet

    texts = [name for name in ("resource", "source_file") if name in columns]
    for number, path in enumerate(files):
        with pyarrow.parquet.ParquetFile(path, read_dictionary=texts) as file:
            row = 0
            for table in _whole_cases(file.iter_batches(ROWS_A_BATCH, columns=list(columns), use_threads=False)):
                yield Rows(table, number, row)
                row += table.num_rows


def _whole_cases(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches that end where a case does: the rows of the last one wait for the next batch."""
    rest: list[pa.RecordBatch] = []
    for batch in batches:
        case = np.asarray(batch.column("case_code"))
        begins = int(np.searchsorted(case, case[-1])) if len(case) else 0
        if begins or (rest and len(case) and case[0] != rest[-1].column("case_code")[-1].as_py()):
            yield _one_chunk([*rest, batch.slice(0, begins)])
            rest = []
        rest += [batch.slice(begins)] if len(case) else []
    if rest:
        yield _one_chunk(rest)


def _one_chunk(batches: Sequence[pa.RecordBatch]) -> pa.Table:
    table = pa.Table.from_batches(batches)
    return table.unify_dictionaries().combine_chunks() if len(batches) > 1 else table
