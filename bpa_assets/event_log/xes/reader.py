"""Reading XES logs (IEEE 1849) into Parquet: the way in for the rest of the pipeline.

A small log is read by expat (`strict`). A large one is read by compiled code (`fast`), and by expat after all
where it has something that the compiled code does not understand. Both give the same (tested), so nobody needs to
know which one read. What a column means for the process (which is the case, which the activity) is decided by who
calls; so is what happens to times without a zone.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from bpa_assets.event_log.xes.columns import SEPARATOR, ColumnPlan, Kind, Level, ScratchTables, column_name
from bpa_assets.event_log.xes.head import Head, HeadReader, find_body
from bpa_assets.event_log.xes.source import Source, opened
from bpa_assets.event_log.xes.strict import Bytes, StrictReader
from bpa_resources.errors import InputError

# To import Numba and to load what it compiled costs as much as to read this much with expat (measured).
SMALL_BYTES: Final = 8 << 20

Reader = Literal["best", "fast", "strict"]


@dataclass(frozen=True)
class XesColumn:
    """One attribute of the traces or of the events."""

    name: str
    """Key as in the file; of a trace's attribute with `case:` before it; nested, after that of its parent and `/`."""
    level: Level
    type: Kind
    """As declared in the file; `string` where different types are declared."""
    is_nested: bool = False
    """Whether it is an attribute of an attribute."""


@dataclass(frozen=True)
class XesFile:
    """A log that was read."""

    parquet: tuple[Path, ...]
    """Files of one schema, together the events in their order: columns c0, c1, … as in `columns`, then source_row."""
    columns: tuple[XesColumn, ...]
    events: int
    head: Head
    """What the log declares beside its traces."""
    left_out: int = 0
    """How many nested attributes, items of lists and declarations were beyond the bounds."""


class _Resumed:
    """Bytes that were read already, then the rest of their source."""

    def __init__(self, start: memoryview, source: Source) -> None:
        self._start, self._source = start, source

    def readinto(self, buffer: memoryview) -> int:
        n = min(len(buffer), len(self._start))
        buffer[:n] = self._start[:n]
        self._start = self._start[n:]
        return n + (self._source.readinto(buffer[n:]) if n < len(buffer) else 0)


def read_xes(path: Path, *, scratch: Path, name: str) -> XesFile:
    """Read a XES log, gzipped or not, into Parquet files in a new folder of `scratch`.

    One row an event, in the order of the file; `source_row` is its number there, from 1. Columns appear in the order
    in which the file first has them. An attribute that is absent or empty is null (defaults of `<global>` are in
    `head`, not filled in), and so is a float that is NaN; a trace's attributes stand in all its events; those nested
    in others have columns of their own; of a key that an element has twice the last value counts.

    Types: string and id → text, int → int64, float → double, boolean → bool, date → timestamp in microseconds, UTC;
    list and container → JSON as text.
    A column stays text, as written, where one of its values is not of its type, where a time has no zone, or where
    the file declares several types for it.

    `name` is what messages call the file. Raises InputError, and leaves no file, when the log is not XES, not
    well-formed, cut off, has a DTD, or has no events.
    """
    return read_with(path, reader="best", scratch=scratch, name=name)


def read_with(path: Path, *, reader: Reader, scratch: Path, name: str) -> XesFile:
    """As `read_xes`, but `fast` tries the compiled reader on a small log too, and `strict` keeps to expat."""
    folder = Path(tempfile.mkdtemp(prefix="xes-", dir=scratch))
    try:
        tables = ScratchTables(folder, ColumnPlan())
        head, left_out = _read_once(path, reader=reader, name=name, tables=tables)
        if tables.contradicts_plan():
            # A value came late that makes a column text: read again, now knowing it.
            tables.start_again()
            head, left_out = _read_once(path, reader=reader, name=name, tables=tables)
        if not tables.rows:
            raise InputError(f"{name} has no events: give a XES log with at least one")
        return XesFile(tables.finish(), _columns(tables.plan), tables.rows, head, left_out + head.left_out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _columns(plan: ColumnPlan) -> tuple[XesColumn, ...]:
    return tuple(
        XesColumn(column_name(level, key), level, plan.kind(column), SEPARATOR in key)
        for column, (level, key) in enumerate(plan.names)
    )


def _read_once(path: Path, *, reader: Reader, name: str, tables: ScratchTables) -> tuple[Head, int]:
    """Read the log into the tables; what it declares, and how many things were left out."""
    with opened(path, name=name) as source:
        buffer = memoryview(bytearray(SMALL_BYTES))
        start = buffer[: source.readinto(buffer)]
        small = len(start) < SMALL_BYTES and reader == "best"
        # The compiled code looks at eight bytes at a time as the common processors order them.
        strict = small or reader == "strict" or sys.byteorder != "little"
        head = HeadReader()
        body = None if strict else find_body(start, head)
        if body is None:
            return _strictly(_Resumed(start, source), name, tables)
        from bpa_assets.event_log.xes.fast import FastReader, NotUnderstoodError

        try:
            FastReader(name, tables, head).read(_Resumed(start[body:], source))
            return head.head, 0
        except NotUnderstoodError:
            tables.start_again()
    with opened(path, name=name) as source:
        return _strictly(source, name, tables)


def _strictly(source: Bytes, name: str, tables: ScratchTables) -> tuple[Head, int]:
    reader = StrictReader(name, tables)
    reader.read(source)
    return reader.head.head, reader.left_out
