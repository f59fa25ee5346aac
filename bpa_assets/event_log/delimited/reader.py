"""Reading delimited text (CSV): any plain file in, its records as columns of text out, none lost and none shifted.

The entry to the reader. Each concern has its module: bytes and encoding (`file_bytes`), delimiter and header
(`text`), records (`quick` and `exact`, which write through `record_files`). What a column means, its type and its time
format are settled by the stage; gzip is taken off before, in `plain_files`.
"""

from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import duckdb
import pyarrow as pa

from bpa_assets.event_log.delimited.exact import cut_off, read_exactly
from bpa_assets.event_log.delimited.quick import read_quickly
from bpa_assets.event_log.delimited.record_files import RecordFiles
from bpa_assets.event_log.delimited.text import DelimitedText, delimited_text
from bpa_resources.errors import InputError
from bpa_resources.exact_paths import exact_path


@dataclass(frozen=True)
class DelimitedFile:
    """A delimited file, read: its records lie as columns of text in an Arrow stream in scratch.

    Attributes:
        path: Arrow stream of `c0`, `c1`, … text or dictionary of text (null where a field is empty) and `source_row`.
        columns: the names in the header, without blanks around them; they may repeat and may be empty.
        delimiter: the delimiter, given or inferred.
        records: data records in the file, those refused among them, blank lines and the header not.
        refused_records: how many of them could not be read.
        refused: Parquet (`reason` VARCHAR, `source_row` BIGINT, `record` VARCHAR: its fields as a JSON list) of the
            records that could not be read as records, or None.
        ends_in_newline: False if the last record may have been cut within its last field.
        findings: what was inferred and is worth telling, in sentences.

    """

    path: Path
    columns: tuple[str, ...]
    delimiter: str
    records: int
    refused_records: int
    refused: Path | None
    ends_in_newline: bool
    findings: tuple[str, ...]

    def scan(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return the readable records, lazily and in the order of the file: `c0`, `c1`, … and `source_row`.

        `source_row` is the number of the data record in the original file, from 1, the header and blank lines not
        counted; refused records leave gaps. The relation is a stream: it can be executed once.
        """
        return connection.from_arrow(self.batches())

    def batches(self) -> pa.RecordBatchReader:
        """The same as Arrow batches, columns that repeat as dictionaries; a stream, to be read once."""
        return pa.ipc.open_stream(pa.OSFile(str(self.path)))

    def scan_refused(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation | None:
        """Return the refused records (`reason`, `source_row`, `record`), None if there are none."""
        return None if self.refused is None else connection.read_parquet(exact_path(self.refused))


def read_delimited(path: Path, *, scratch: Path, name: str, delimiter: str | None = None) -> DelimitedFile:
    r"""Read a plain (not gzipped) delimited file called `name` into files in `scratch`.

    Quotes as in RFC 4180 ("" within quotes is a quote; line ends within quotes belong to the field); line ends LF,
    CRLF and CR, also mixed; UTF-8, UTF-16 and UTF-32 with a mark, else Windows-1252. Without `delimiter` it is the
    one of , ; tab | with which the first records are most often as wide as the header; a first line `sep=;` is obeyed.

    Lines that are empty or hold only blanks are passed over and not counted. A record with fewer or more fields than
    the header is refused, also if only empty ones seem to be missing: which of them are is not written anywhere. So
    is one whose quotes do not match (its first line; reading goes on with the next).

    Memory is bounded (about 200 MB above the imports). 10M records, 800 MB: about 4 CPU-seconds, and about 27 if
    quotes do not match, as in `"so" he said`.

    Raises:
        InputError: a header but no rows, no delimiter in the header, NUL bytes, a quote that is never closed, a file
            that ends within a record, or no record with as many fields as the header.

    """
    text = delimited_text(path, scratch=scratch, name=name, delimiter=delimiter)
    files = _record_files(text, scratch=scratch, name=name)
    if not files.records:
        raise InputError(f"{name} has a header but no rows")
    if files.last_too_short == files.records and not text.ends_in_newline:
        raise InputError(cut_off(name, files.records))
    findings = text.findings
    if files.refused:
        if not files.readable:
            raise InputError(f"no record of {name} can be read: {files.first_refusal}")
        findings += (f"{name}: {files.refused} of {files.records} records refused, the first is {files.first_refusal}",)
    return DelimitedFile(
        path=files.path,
        columns=text.columns,
        delimiter=text.delimiter,
        records=files.records,
        refused_records=files.refused,
        refused=files.refused_path if files.refused else None,
        ends_in_newline=text.ends_in_newline,
        findings=findings,
    )


def _record_files(text: DelimitedText, *, scratch: Path, name: str) -> RecordFiles:
    """Cut the text into records, with the quick reader where it is sure to be right."""
    if text.regular_quotes:
        with RecordFiles(scratch, columns=len(text.columns)) as files:
            if read_quickly(text, files):
                return files
        rmtree(files.path.parent)
    with RecordFiles(scratch, columns=len(text.columns)) as files:
        read_exactly(text, files, name=name)
    return files
