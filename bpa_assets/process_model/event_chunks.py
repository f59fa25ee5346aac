"""The stored event log as columns of numbers, a chunk of whole cases at a time.

A row group of `event_log` holds whole cases sorted by case, so every chunk can be finished by itself. Only the
columns that are asked for are read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
"""Numbers of 32 bits; the type is loose because what is written for 64 bits takes them too."""

_BASE = ("case_code", "activity_code", "start_time", "end_time")


@dataclass
class Names:
    """The texts behind the codes of a log; codes are given in order of appearance."""

    codes: dict[str, int] = field(default_factory=dict)

    def encode(self, texts: Sequence[str | None]) -> Codes:
        """Codes of these texts; −1 for none."""
        return np.array(
            [-1 if text is None else self.codes.setdefault(text, len(self.codes)) for text in texts], dtype=np.int32
        )

    @property
    def texts(self) -> list[str]:
        """All texts, by code."""
        return list(self.codes)


@dataclass(frozen=True)
class RowGroup:
    """One row group of an open file; whatever is text comes as a dictionary."""

    file: Any
    number: int

    def table(self, names: Sequence[str]) -> pa.Table:
        """These columns."""
        return self.file.read_row_group(self.number, columns=names, use_threads=False)

    def column(self, name: str) -> pa.Array:
        """One column."""
        return _one(self.table([name])[name])


@dataclass(frozen=True)
class EventChunk:
    """Rows of whole cases, sorted. Times in µs UTC; `first`: index of the first row of each case.

    `row_group` reads further columns; only until the next chunk is asked for.
    """

    case: Codes
    activity: Codes
    start: Integers
    end: Integers
    first: Integers
    columns: Mapping[str, Any]
    row_group: RowGroup

    @cached_property
    def lengths(self) -> Integers:
        """Rows a case."""
        return np.diff(self.first, append=len(self.case))

    @cached_property
    def last(self) -> Integers:
        """Index of the last row of each case."""
        return np.append(self.first[1:], len(self.case)) - 1

    def codes(self, column: str, names: Names) -> Codes:
        """A dictionary-encoded text column as codes of `names`."""
        array = self.columns[column]
        local = np.append(names.encode(array.dictionary.to_pylist()), np.int32(-1))
        return np.asarray(local[array.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)])

    def note_names(self, activities: Sequence[int], names: dict[int, str]) -> None:
        """Add to `names` those of `activities` (codes that occur here) that it lacks: the texts are seldom read."""
        _note_names(self.row_group, self.activity, activities, names)


def event_chunks(files: Sequence[Path], columns: Sequence[str] = (), texts: Sequence[str] = ()) -> Iterator[EventChunk]:
    """Chunks of the event log in `files`, with `columns` and `texts`; whatever is text comes as a dictionary."""
    for group in _row_groups(files, (*columns, *texts)):
        table = group.table([*_BASE, *columns, *texts])
        case = _numbers(table["case_code"])
        yield EventChunk(
            case=case,
            activity=_numbers(table["activity_code"]),
            start=_micros(table["start_time"]),
            end=_micros(table["end_time"]),
            first=np.flatnonzero(np.r_[True, case[1:] != case[:-1]]),
            columns={name: _one(table[name]) for name in table.column_names if name not in _BASE},
            row_group=group,
        )


def activity_names(files: Sequence[Path]) -> list[str]:
    """The activities of a log by their code."""
    names: dict[int, str] = {}
    for group in _row_groups(files, ()):
        activity = _numbers(group.table(["activity_code"])["activity_code"])
        _note_names(group, activity, np.flatnonzero(np.bincount(activity)).tolist(), names)
    return [names[code] for code in range(len(names))]


def _note_names(group: RowGroup, activity: Codes, occurring: Sequence[int], names: dict[int, str]) -> None:
    unknown = [code for code in occurring if code not in names]
    if unknown:
        row_of = np.empty(int(activity.max()) + 1, dtype=np.int64)
        row_of[activity] = np.arange(len(activity))  # any row of each activity; a sort would cost 0.03 s a chunk
        texts = group.column("activity").take(pa.array(row_of[unknown])).to_pylist()
        names.update(zip(unknown, texts, strict=True))


def _row_groups(files: Sequence[Path], texts: Sequence[str]) -> Iterator[RowGroup]:
    for path in files:
        with pyarrow.parquet.ParquetFile(path, read_dictionary=["activity", *texts], memory_map=True) as file:
            for number in range(file.num_row_groups):
                yield RowGroup(file, number)


def _numbers(column: pa.ChunkedArray) -> Codes:
    return np.asarray(_one(column).to_numpy())  # of a chunked array pyarrow would import pandas: 0.65 s


def _micros(column: pa.ChunkedArray) -> Integers:
    return np.asarray(_one(column).cast(pa.timestamp("us")).view(pa.int64()).to_numpy())


def _one(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return column.combine_chunks()
