"""The text of a delimited file before its records: encoding, delimiter and header.

Add to it what must be known before the text can be cut into records. What can be told of bytes alone lies in
`file_bytes`, cutting in `quick` and `exact`. What a column means is settled by the stage.
"""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from bpa_assets.event_log.delimited.file_bytes import examined, utf8_of_unmarked, utf8_of_wide
from bpa_assets.event_log.delimited.preamble import check_is_header, lines_before
from bpa_assets.event_log.limits import LONGEST_VALUE, check_columns
from bpa_assets.event_log.plain_files import wide_encoding
from bpa_resources.errors import InputError

DELIMITERS = ",;\t|"
LONGEST_RECORD = LONGEST_VALUE

# The limit is the process's, so it is raised once and never lowered: two files may be read at the same time.
csv.field_size_limit(max(csv.field_size_limit(), LONGEST_RECORD + 1))

_SAMPLE = 1 << 20
_SAMPLE_RECORDS = 100
_SEPARATOR_LINE = re.compile(r'\A"?sep=(.)"? *(?:\r\n|\n|\r)', re.IGNORECASE)


@dataclass(frozen=True)
class DelimitedText:
    """A file of delimited text, ready to be cut into records.

    `path` is UTF-8 without NUL bytes; the header begins at byte `offset` (after a mark and a `sep=` line).
    `regular_quotes`: every quote opens a field, closes it, or is doubled within one, and the last one is closed.
    """

    path: Path
    offset: int
    delimiter: str
    columns: tuple[str, ...]
    regular_quotes: bool
    ends_in_newline: bool
    findings: tuple[str, ...]

    def open_bytes(self) -> IO[bytes]:
        """Open the bytes for reading at the header."""
        return _opened(self.path, offset=self.offset)

    def open_text(self) -> io.TextIOWrapper:
        """Open the text for reading at the header, line ends untouched."""
        return io.TextIOWrapper(self.open_bytes(), encoding="utf-8", newline="")


def delimited_text(path: Path, *, scratch: Path, name: str, delimiter: str | None) -> DelimitedText:
    """Find encoding, delimiter and header of a plain file, and examine all its bytes once.

    Raises:
        InputError: nothing but blanks, NUL bytes, no delimiter in the header, or a header whose quotes do not match.

    """
    findings: list[str] = []
    with path.open("rb") as file:
        encoding = wide_encoding(file.read(_SAMPLE))
    if encoding is not None:
        path, told = utf8_of_wide(path, encoding=encoding, scratch=scratch, name=name)
        findings.append(told)
    offset, sample, complete = _sample(path, name=name)
    if hint := _SEPARATOR_LINE.match(sample):  # Excel's
        offset, sample = offset + hint.end(), sample[hint.end() :]
        delimiter = hint[1] if delimiter is None else delimiter
    if above := lines_before(sample, delimiters=delimiter or DELIMITERS):
        length = sum(map(len, above))  # of bytes, too: the sample is Latin-1
        offset, sample = offset + length, sample[length:]
        findings.append(f"{name}: what stands above the header is passed over ('{above[0].strip()[:60]}')")
    if delimiter is None:
        delimiter = _inferred_delimiter(sample, complete=complete, name=name)
        if delimiter != ",":
            findings.append(f"{name}: the delimiter is {_shown(delimiter)} (inferred)")
    else:
        delimiter = _given_delimiter(delimiter, sample, complete=complete, name=name)
    told_by_bytes = examined(path, delimiter=delimiter, name=name)
    if not told_by_bytes.is_utf8:
        path, told = utf8_of_unmarked(path, scratch=scratch, name=name)
        findings.append(told)
    columns = _header(path, offset=offset, delimiter=delimiter, name=name)
    check_columns(columns, name=name)
    check_is_header(columns, name=name)
    return DelimitedText(
        path,
        offset,
        delimiter,
        columns,
        told_by_bytes.regular_quotes,
        told_by_bytes.ends_in_newline,
        tuple(findings),
    )


def is_blank(fields: list[str]) -> bool:
    """Tell whether a record is a blank line: no field, or a single one without content."""
    return not fields or (len(fields) == 1 and not fields[0].strip())


def _opened(path: Path, *, offset: int) -> IO[bytes]:
    file = path.open("rb")
    file.seek(offset)
    return file


def _sample(path: Path, *, name: str) -> tuple[int, str, bool]:
    """Return the bytes of a mark, the first text after it, and whether that is all.

    Decoded as Latin-1: delimiters, quotes and line ends are ASCII in every encoding that is left here.
    """
    with path.open("rb") as file:
        raw = file.read(_SAMPLE)
    offset = len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0
    sample = raw[offset:].decode("latin-1")
    if not sample.strip():
        raise InputError(f"{name} is empty; nothing to read")
    return offset, sample, len(raw) < _SAMPLE


def _inferred_delimiter(sample: str, *, complete: bool, name: str) -> str:
    scores = {mark: score for mark in DELIMITERS if (score := _score(mark, sample, complete=complete))}
    if not scores:
        raise InputError(
            f"{name} has one column: its header holds none of the delimiters , ; tab |; "
            "set source.delimiter if it has another"
        )
    return max(scores, key=lambda mark: scores[mark])


def _given_delimiter(given: str, sample: str, *, complete: bool, name: str) -> str:
    delimiter = {"\\t": "\t", "tab": "\t"}.get(given, given)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        raise InputError(f"source.delimiter must be one ASCII character, no quote and no line end, but is {given!r}")
    if not _score(delimiter, sample, complete=complete):
        raise InputError(f"{name} has no {_shown(delimiter)} in its header; correct source.delimiter")
    return delimiter


def _shown(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else f"'{delimiter}'"


def _score(delimiter: str, sample: str, *, complete: bool) -> tuple[float, int] | None:
    """Rate a delimiter by the share of the first records as wide as the header, then by its width; None below two."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    records = list(islice((fields for fields in reader if not is_blank(fields)), _SAMPLE_RECORDS + 1))
    if not complete and 1 < len(records) <= _SAMPLE_RECORDS:
        records.pop()  # the sample ends within it
    width = len(records[0]) if records else 0
    if width < 2:
        return None
    equal = sum(len(fields) == width for fields in records[1:])
    return equal / max(1, len(records) - 1), width


def _header(path: Path, *, offset: int, delimiter: str, name: str) -> tuple[str, ...]:
    """Return the names in the first record that is not blank, without blanks around them."""
    with io.TextIOWrapper(_opened(path, offset=offset), encoding="utf-8", newline="") as file:
        lines = iter(lambda: file.readline(LONGEST_RECORD), "")
        try:
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            fields = next(fields for fields in reader if not is_blank(fields))
        except (csv.Error, StopIteration):
            raise InputError(f"the header of {name} cannot be read: its quotes do not match") from None
    return tuple(field.strip() for field in fields)
