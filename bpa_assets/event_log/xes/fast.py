"""Reading a large UTF-8 XES log with compiled code: some hundred megabytes a CPU-second, in bounded memory.

It gives exactly what `strict` gives, or says that it cannot. Here is only the flow of the bytes through
`tokens` and `values` into tables; this module is imported only for large files, as Numba's import costs more
than reading a small one.
"""

import secrets
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bpa_assets.event_log.compiled.iso_times import read_times
from bpa_assets.event_log.limits import (
    LONGEST_ELEMENT,
    LONGEST_VALUE,
    check_column_count,
    too_long_element,
    too_long_value,
)
from bpa_assets.event_log.xes.columns import KINDS, NO_VALUE, ScratchTables, column_array, times_array
from bpa_assets.event_log.xes.head import HeadReader, LaterParts
from bpa_assets.event_log.xes.strict import Bytes, cut_off
from bpa_assets.event_log.xes.tokens import (
    AFTER_LOG,
    BAIL,
    IN_LOG,
    MAX_ASIDE,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_KEY_BYTES,
    MORE,
    PADDING,
    tokenize,
)
from bpa_assets.event_log.xes.values import fill_cells, gather_texts
from bpa_resources.errors import InputError

BUFFER_BYTES: Final = 1 << 22  # stays in the processor's cache
TABLE_ROWS: Final = 1 << 18
TABLE_CELLS: Final = MAX_CELLS
_END_OF_TAG: Final = ord(">")
MOST_BYTES: Final = 1 << 30  # of one trace; beyond it, positions would leave their 32 bits


class NotUnderstoodError(Exception):
    """The log has something that only the strict reader reads, or reports."""


class _Found:
    """What the tokenizer found in one buffer, and the columns it knows from all buffers."""

    def __init__(self) -> None:
        self.keys = np.zeros(MAX_KEY_BYTES, np.uint8)
        self.key_at = np.zeros(MAX_COLUMNS + 1, np.int32)
        self.key_table = np.full(4 * MAX_COLUMNS, -1, np.int32)
        self.of_event = np.zeros(MAX_COLUMNS, np.uint8)
        self.kinds = np.zeros(MAX_COLUMNS, np.uint8)
        self.counts = np.zeros(2, np.int64)
        self.aside = np.zeros(2 * MAX_ASIDE, np.int64)
        self.make_room(BUFFER_BYTES)

    def make_room(self, buffer_bytes: int) -> None:
        """Make the arrays long enough for what can be in so many bytes: `<id key="k" value=""/>`, `<event/>`."""
        self.slots, self.rows, self.starts, self.ends = (np.empty(buffer_bytes // 16, np.int32) for _ in range(4))
        self.classes = np.empty(buffer_bytes // 16, np.uint8)
        self.times = np.empty(buffer_bytes // 16, np.int64)
        self.trace_first, self.trace_end = (np.empty(buffer_bytes // 8, np.int32) for _ in range(2))

    @property
    def columns(self) -> int:
        return int(self.counts[0])

    def key(self, column: int) -> str:
        return self.keys[self.key_at[column] : self.key_at[column + 1]].tobytes().decode()


class _OpenTable:
    """The events since the last table was given away: their cells, and the distinct texts of each column."""

    def __init__(self) -> None:
        self.rows = self.entries = 0
        self.cells = np.empty((0, 0), np.int64)
        self.distinct = np.zeros(MAX_COLUMNS, np.int32)
        self.has_times = np.zeros(MAX_COLUMNS, np.bool_)
        self.make_room(1 << 20, 4 * BUFFER_BYTES)

    def make_room(self, entries: int, text_bytes: int) -> None:
        """Make room in the (empty) dictionary."""
        self.hash_table = np.full(1 << (2 * entries - 1).bit_length(), -1, np.int32)
        self.entry_slot, self.entry_code = (np.empty(entries, np.int32) for _ in range(2))
        self.entry_at = np.zeros(entries + 1, np.int32)
        self.texts = np.empty(text_bytes + 8, np.uint8)

    def has_room(self, *, tokens: int, text_bytes: int, events: int, columns: int) -> bool:
        """Whether what was found in one more buffer can be added."""
        rows = self.rows + events
        return (
            self.entries + tokens <= self.entry_slot.size
            and int(self.entry_at[self.entries]) + text_bytes + 8 <= self.texts.size
            and rows <= TABLE_ROWS
            and rows * columns <= TABLE_CELLS
        )

    def grow_cells(self, *, columns: int, rows: int) -> None:
        """Make the cells cover so many columns and rows; new ones are empty."""
        if columns > self.cells.shape[0] or rows > self.cells.shape[1]:
            columns = max(columns, self.cells.shape[0])
            spare = min(2 * self.cells.shape[1], TABLE_ROWS, TABLE_CELLS // max(columns, 1))
            grown = np.full((columns, max(rows, spare)), NO_VALUE, np.int64)
            grown[: self.cells.shape[0], : self.rows] = self.cells[:, : self.rows]
            self.cells = grown

    def clear(self) -> None:
        """Begin the next table in the same memory."""
        self.cells[:, : self.rows] = NO_VALUE
        self.hash_table.fill(-1)
        self.distinct.fill(0)
        self.has_times.fill(False)
        self.rows = self.entries = 0


class FastReader:
    """One pass over one log."""

    def __init__(self, name: str, tables: ScratchTables, head: HeadReader) -> None:
        self._name, self._plan, self._tables = name, tables.plan, tables
        self._later = LaterParts(head)
        self._found, self._table = _Found(), _OpenTable()
        self._kinds_seen = np.zeros(0, np.uint8)
        self._traces = 0
        # Unknown to who wrote the log, so that nobody can make all texts of a log fall on one place.
        self._seed = np.uint64(secrets.randbits(64))

    def read(self, source: Bytes) -> None:
        """Read from the first trace on; NotUnderstoodError, or InputError when the file ends too early."""
        buffer = np.zeros(BUFFER_BYTES + PADDING, np.uint8)
        filled, state = 0, IN_LOG
        while True:
            n = source.readinto(buffer.data[filled : len(buffer) - PADDING])
            filled += n
            buffer[filled : filled + PADDING] = 0
            done, state = self._tokenize(buffer, filled, state)
            if n == 0:
                break
            filled -= done
            buffer[:filled] = buffer[done : done + filled]
            if filled > (len(buffer) - PADDING) // 2:
                buffer = self._larger(buffer, filled)
        if state != AFTER_LOG or done != filled:
            raise InputError(cut_off(self._name, traces=self._traces))
        self._give_table()

    def _larger(self, buffer: NDArray[np.uint8], filled: int) -> NDArray[np.uint8]:
        """Make a buffer of twice the size, for a trace longer than half of it."""
        if filled > LONGEST_ELEMENT and not (buffer[filled - LONGEST_ELEMENT : filled] == _END_OF_TAG).any():
            raise too_long_element(name=self._name)
        size = 2 * (len(buffer) - PADDING)
        if size > MOST_BYTES:
            raise NotUnderstoodError
        self._found.make_room(size)
        larger = np.zeros(size + PADDING, np.uint8)
        larger[:filled] = buffer[:filled]
        return larger

    def _tokenize(self, buffer: NDArray[np.uint8], end: int, state: int) -> tuple[int, int]:
        """Take all complete traces of `buffer[:end]` over; where they end, and whether the log ended there."""
        found, done = self._found, 0
        while True:
            status, done, state, tokens, events, traces, asides = tokenize(
                buffer, done, end, state, found.keys, found.key_at, found.key_table, found.of_event, found.kinds,
                found.counts, found.slots, found.rows, found.starts, found.ends, found.classes, found.trace_first,
                found.trace_end, found.aside,
            )  # fmt: skip
            if status == BAIL:
                raise NotUnderstoodError
            for start, after in found.aside[: 2 * asides].reshape(-1, 2):
                self._later.add(buffer[start:after].tobytes())
            self._note_columns()
            self._take(buffer, tokens, events, traces)
            self._traces += traces
            if status == MORE:
                return done, state

    def _note_columns(self) -> None:
        found, plan = self._found, self._plan
        kinds = found.kinds[: found.columns]
        if np.array_equal(kinds, self._kinds_seen):
            return
        check_column_count(found.columns, name=self._name)
        for column in range(found.columns):
            if column == len(plan.names):
                plan.names.append(("event" if found.of_event[column] else "case", found.key(column)))
                plan.declared.append(set())
            plan.declared[column] = {kind for bit, kind in enumerate(KINDS) if kinds[column] >> bit & 1}
        self._kinds_seen = kinds.copy()

    def _take(self, buffer: NDArray[np.uint8], tokens: int, events: int, traces: int) -> None:
        """Add what was found to the open table."""
        found, table, plan = self._found, self._table, self._plan
        starts, ends = found.starts[:tokens], found.ends[:tokens]
        slots, rows = found.slots[:tokens], found.rows[:tokens]
        is_time = np.array([plan.stored(column) == "date" for column in range(found.columns)], np.bool_)
        meant = is_time.copy()
        read_times(buffer, slots, starts, ends, is_time, found.times)
        plan.as_text.update(np.flatnonzero(meant & ~is_time).tolist())
        lengths = ends - starts
        text_bytes = int(lengths.sum()) if tokens else 0
        if text_bytes > LONGEST_VALUE and lengths.max() > LONGEST_VALUE:
            raise too_long_value(int(lengths.max()), column=found.key(slots[lengths.argmax()]), name=self._name)
        if not table.has_room(tokens=tokens, text_bytes=text_bytes, events=events, columns=found.columns):
            self._give_table()
            if tokens > table.entry_slot.size or text_bytes + 8 > table.texts.size:
                table.make_room(max(tokens, table.entry_slot.size), max(text_bytes, table.texts.size))
        table.grow_cells(columns=found.columns, rows=table.rows + events)
        table.has_times[: found.columns] |= is_time
        entries = fill_cells(
            buffer, slots, rows, starts, ends, found.of_event, found.trace_first[:traces], found.trace_end[:traces],
            is_time, found.times, self._seed, table.rows, table.hash_table, table.entries, table.entry_slot,
            table.entry_code, table.entry_at, table.texts, table.distinct, table.cells,
        )  # fmt: skip
        if entries < 0:
            raise NotUnderstoodError
        table.entries = entries
        table.rows += events

    def _give_table(self) -> None:
        """Make Arrow columns of the open table and begin the next one."""
        table, n = self._table, self._table.entries
        first = np.zeros(len(table.distinct), np.int64)
        first[1:] = np.cumsum(table.distinct)[:-1]
        offsets = np.empty(n + 1, np.int32)
        gathered = gather_texts(table.entry_slot[:n], table.entry_code[:n], table.entry_at, table.texts, first, offsets)
        texts = pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(gathered))
        columns = {}
        for column in range(min(self._found.columns, len(table.cells))):
            cells = table.cells[column, : table.rows]
            if table.has_times[column]:
                columns[column] = times_array(cells)
            elif table.distinct[column]:
                distinct = texts.slice(int(first[column]), int(table.distinct[column]))
                columns[column] = column_array(column, plan=self._plan, cells=cells, texts=distinct)
        if table.rows:
            self._tables.add(columns, rows=table.rows)
        table.clear()
