"""The quick reader of delimited text: Arrow cuts the records, for text whose quotes are regular.

It must give the answer of `exact`; where it could not, it says so and the exact reader takes over. Add to
it what makes the common file cheaper.
"""

import csv
import io
from collections.abc import Callable
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from bpa_assets.event_log.delimited.record_files import Numbers, RecordFiles, column_names
from bpa_assets.event_log.delimited.text import DelimitedText, is_blank

_BLOCK = 2 << 20  # bytes taken at a time; a longer record is left to the exact reader
_TEXTS_THAT_REPEAT = pa.dictionary(pa.int32(), pa.string())
_REPEATED = 10  # times at least, on average


def read_quickly(text: DelimitedText, into: RecordFiles) -> bool:
    """Cut text with regular quotes into records; False if a record is too long for it (then nothing counts).

    About 3 CPU-seconds for 10M records of 110 bytes, in 200 MB.
    """
    types = dict.fromkeys(_repeating(text), _TEXTS_THAT_REPEAT)
    numbering = _Numbering()
    blank = 0

    def on_other_width(row: Any) -> str:
        nonlocal blank
        fields = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=text.delimiter))
        if is_blank(fields):
            blank += 1
        else:
            number = row.number - 1 - blank  # Arrow counts from 1, with the header, without empty lines
            numbering.skip(number)
            into.refuse_width(fields, source_row=number)
        return "skip"

    try:
        with text.open_bytes() as file, _opened(file, text, types, on_other_width) as reader:
            header = 1  # comes as the first row: Arrow would skip a line, but a header may be several
            for batch in reader:
                rows = batch.slice(header)
                header = max(0, header - batch.num_rows)
                into.add(rows.columns, numbering.next(rows.num_rows))
    except pa.ArrowInvalid:
        return False
    return True


def _opened(
    file: IO[bytes], text: DelimitedText, types: dict[str, pa.DataType], on_other_width: Callable[[Any], str]
) -> Any:
    names = column_names(len(text.columns))
    return pa.csv.open_csv(
        _WholeLineEnds(file),
        # One thread: with more of them Arrow does not number the records it hands back.
        read_options=pa.csv.ReadOptions(column_names=names, block_size=_BLOCK, use_threads=False),
        parse_options=pa.csv.ParseOptions(
            delimiter=text.delimiter, newlines_in_values=True, invalid_row_handler=on_other_width
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()) | types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            check_utf8=False,  # done before
        ),
    )


def _repeating(text: DelimitedText) -> list[str]:
    """The columns whose texts repeat in the first block: as dictionaries they cost half from here to the buckets."""
    import pyarrow.compute as pc

    try:
        with text.open_bytes() as file, _opened(file, text, {}, lambda _: "skip") as reader:
            head = reader.read_next_batch()
    except (pa.ArrowInvalid, StopIteration):
        return []
    return [
        name
        for name, column in zip(head.schema.names, head.columns, strict=True)
        if _REPEATED * pc.count_distinct(column).as_py() <= head.num_rows
    ]


class _WholeLineEnds(io.RawIOBase):
    """Hands out blocks that never end between CR and LF: Arrow drops an LF there even within quotes."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        while block.endswith(b"\r") and (following := self._file.read(1)):
            block += following
        return block


class _Numbering:
    """Numbers the readable records 1, 2, …, leaving out the numbers of refused ones."""

    def __init__(self) -> None:
        self._last = 0
        self._skipped: list[int] = []

    def skip(self, number: int) -> None:
        """Leave out a number; they come in order, and before the records that follow them."""
        self._skipped.append(number)

    def next(self, count: int) -> Numbers:
        skipped = np.asarray(self._skipped, dtype=np.int64)
        position = np.arange(count, dtype=np.int64)
        readable_before = skipped - (self._last + 1) - np.arange(len(skipped))
        numbers: Numbers = self._last + 1 + position + np.searchsorted(readable_before, position, side="right")
        if count:
            self._last = int(numbers[-1])
            self._skipped = self._skipped[int(np.searchsorted(skipped, self._last)) :]
        return numbers
