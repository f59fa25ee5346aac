"""The exact reader of delimited text: Python's csv, strict, for any text; it defines what a record is.

It goes on after a record whose quotes do not match, and says where a quote is never closed. Add to it when another
malformation deserves its own sentence; speed belongs to `quick`.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import Self

import numpy as np
import pyarrow as pa

from bpa_assets.event_log.delimited.record_files import RecordFiles
from bpa_assets.event_log.delimited.text import LONGEST_RECORD, DelimitedText, is_blank
from bpa_resources.errors import InputError

_BATCH = 10_000
_BATCH_CHARACTERS = 8 << 20


def read_exactly(text: DelimitedText, into: RecordFiles, *, name: str) -> None:
    """Cut any text into records with Python's csv, strictly; 5 to 10 times the cost of the quick reader.

    A record whose quotes do not match is refused as its first line, and reading goes on with the next line.

    Raises:
        InputError: a quote is never closed, or a record is longer than LONGEST_RECORD.

    """
    width = len(text.columns)
    batch = _Batch(into)
    with text.open_text() as file:
        lines = _Lines(file, name=name, ends_in_newline=text.ends_in_newline)
        for number, fields in _numbered(lines, delimiter=text.delimiter):
            if number == 0:  # the header
                continue
            if fields is None:
                reason = "a quote within a quoted field is not doubled"
                into.refuse(reason, source_row=number, record=[lines.refused])
            elif len(fields) != width:
                into.refuse_width(fields, source_row=number)
            else:
                batch.add(fields, number=number, characters=lines.characters)
    batch.flush()


def _numbered(lines: "_Lines", *, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the records that are no blank lines with their numbers, the header as 0; None where quotes do not match."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin_record()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.give_back()
            yield lines.record, None
        else:
            if is_blank(fields):
                continue
            yield lines.record, fields
        lines.record += 1


class _Lines:
    """The lines of a text as csv takes them; those of a record that fails can be given back but for the first."""

    def __init__(self, file: io.TextIOWrapper, *, name: str, ends_in_newline: bool) -> None:
        self.record = 0
        self.characters = 0
        self.refused = ""
        self._file = file
        self._name = name
        self._ends_in_newline = ends_in_newline
        self._ended = False
        self._taken: list[str] = []
        self._given_back: deque[str] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else self._file.readline(LONGEST_RECORD)
        if not line:
            self._ended = True
            raise StopIteration
        self._taken.append(line)
        self.characters += len(line)
        if self.characters >= LONGEST_RECORD:
            raise InputError(
                f"record {self.record} of {self._name} is longer than {LONGEST_RECORD:,} characters: "
                "it opens a quote that is never closed, or a value in it is too long: close the one or cut the other"
            )
        return line

    def begin_record(self) -> None:
        self._taken = []
        self.characters = 0

    def give_back(self) -> None:
        """Refuse the first line of the record that failed, and let the others be read again as records."""
        if self._ended:
            if len(self._taken) == 1 and not self._ends_in_newline:
                raise InputError(cut_off(self._name, self.record))
            raise InputError(
                f"record {self.record} of {self._name} opens a quote that is never closed; "
                "close it, or copy the file again if it is cut off"
            )
        self.refused = self._taken[0].rstrip("\r\n")
        self._given_back.extendleft(reversed(self._taken[1:]))


def cut_off(name: str, record: int) -> str:
    """Return the sentence for a file that ends within a record."""
    return f"{name} ends in the middle of record {record}: it seems cut off; copy it again"


class _Batch:
    """Collects rows from Python until they are worth an Arrow batch."""

    def __init__(self, into: RecordFiles) -> None:
        self._into = into
        self._rows: list[list[str]] = []
        self._numbers: list[int] = []
        self._characters = 0

    def add(self, fields: list[str], *, number: int, characters: int) -> None:
        self._rows.append(fields)
        self._numbers.append(number)
        self._characters += characters
        if len(self._rows) >= _BATCH or self._characters >= _BATCH_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [pa.array([field or None for field in column], pa.string()) for column in columns]
            self._into.add(arrays, np.asarray(self._numbers, dtype=np.int64))
        self._rows, self._numbers, self._characters = [], [], 0
