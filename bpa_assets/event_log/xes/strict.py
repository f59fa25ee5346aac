"""Reading a XES log with expat: any encoding, any legal XML, slow and obviously right.

It reads small logs, the logs that `fast` does not understand, and every log with an error, so the sentences a
person reads about broken XML come from here. Add here what traces, events and their attributes are in XML; what else
stands in a log is read by `head`, lists and containers by `composites`; types and files are in `columns`.
"""

from pyexpat import ErrorString, ExpatError, ParserCreate
from typing import Final, NoReturn, Protocol, cast

import numpy as np

from bpa_assets.event_log.limits import (
    LONGEST_ELEMENT,
    LONGEST_VALUE,
    check_column_count,
    too_long_element,
    too_long_value,
)
from bpa_assets.event_log.xes.columns import (
    ATOMIC,
    COMPOSITE,
    MOST_KEY_BYTES,
    MOST_LEVELS,
    MOST_NESTED,
    NO_VALUE,
    SEPARATOR,
    ColumnPlan,
    Kind,
    Level,
    ScratchTables,
    column_array,
    text_array,
)
from bpa_assets.event_log.xes.composites import CompositeReader
from bpa_assets.event_log.xes.head import HeadReader, local
from bpa_resources.errors import InputError

TABLE_EVENTS: Final = 100_000
_READ_BYTES: Final = 1 << 18
_MOST_READ_BYTES: Final = 1 << 24
# expat's codes for a document that ends too early: no element, unclosed token, partial character, unclosed CDATA.
_CUT_OFF: Final = {3, 5, 6, 20}


class Bytes(Protocol):
    """Where the bytes come from."""

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer as far as there are bytes; how many."""


def cut_off(name: str, *, traces: int) -> str:
    """Say that a log ends after so many whole traces."""
    return f"{name} is cut off: it ends after {traces} complete traces, before </log>; get the whole file again"


class _Cells:
    """The values of one column in the current table: a code for each distinct text, -1 for the empty one."""

    def __init__(self) -> None:
        self.code_of: dict[str, int] = {}
        self.rows: list[int] = []
        self.ends: list[int] = []
        self.codes: list[int] = []

    def code(self, text: str) -> int:
        return self.code_of.setdefault(text, len(self.code_of)) if text else -1

    def column(self, plan: ColumnPlan, column: int, rows: int) -> object:
        cells = np.full(rows, -1, np.int64)
        if self.ends:
            for first, end, code in zip(self.rows, self.ends, self.codes, strict=True):
                cells[first:end] = code
        else:
            cells[self.rows] = self.codes
        cells[cells < 0] = NO_VALUE
        return column_array(column, plan=plan, cells=cells, texts=text_array(self.code_of))


class StrictReader:
    """One pass over one log. `left_out`: how many nested attributes and items of lists are beyond the bounds."""

    def __init__(self, name: str, tables: ScratchTables) -> None:
        self.head = HeadReader()
        self.left_out = 0
        self._name, self._plan, self._tables = name, tables.plan, tables
        self._number: dict[tuple[Level, str], int] = {}
        self._cells: dict[int, _Cells] = {}
        self._case: dict[int, int] = {}
        self._open: list[str] = []  # of the elements that matter: log, trace, event
        self._within = ""  # the innermost of them
        self._level: Level = "case"
        self._keys: list[str] = []  # of the open attributes of a trace or event: each with those above
        self._composite: CompositeReader | None = None
        self._nested = 0  # columns of nested attributes
        self._ignored = 0  # depth below an element whose content does not matter
        self._rows = self._first_row = self._traces = 0
        self._root_seen = False
        self._parser = ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, source: Bytes) -> None:
        """Read the log into the tables; InputError when it is not a whole XES log."""
        empty = True
        fed = 0
        size = _READ_BYTES
        while True:
            buffer = memoryview(bytearray(size))
            n = source.readinto(buffer)
            empty = empty and not bytes(buffer[:n]).strip()
            if n == 0:
                break
            self._parse(buffer[:n], False)
            fed += n
            if fed - self._parser.CurrentByteIndex > LONGEST_ELEMENT:
                raise too_long_element(name=self._name)
            # expat reads a comment that does not end again with every piece: let the pieces grow.
            size = min(2 * size, _MOST_READ_BYTES)
        if empty:
            raise InputError(f"{self._name} is empty: give a XES log with at least one event")
        self._parse(b"", True)
        self._flush()

    def _parse(self, data: bytes | memoryview, final: bool) -> None:
        try:
            self._parser.Parse(cast(bytes, data), final)
        except ExpatError as error:
            self._refuse(error.code, error.lineno)
        except (ValueError, LookupError):  # a declared encoding that Python does not have, or not for XML
            self._not_xes(f"its encoding is not known (line {self._parser.CurrentLineNumber})")

    def _refuse(self, code: int, line: int) -> NoReturn:
        if not self._root_seen:
            self._not_xes(f"it is not XML (line {line}: {ErrorString(code)})")
        if code in _CUT_OFF:
            raise InputError(cut_off(self._name, traces=self._traces))
        raise InputError(f"{self._name} is not well-formed XML: {ErrorString(code)} in line {line}; export it again")

    def _not_xes(self, why: str) -> NoReturn:
        raise InputError(f"{self._name} is not XES: {why}; give a log whose root is <log>")

    def _doctype(self, root: str, *_: object) -> None:
        if local(root) != "log":
            self._not_xes(f"its root is <{root}>")
        raise InputError(
            f"{self._name} declares XML entities (line {self._parser.CurrentLineNumber}), which are refused: "
            "remove its <!DOCTYPE …>"
        )

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        if self._ignored:
            self._ignored += 1
            return
        name = local(element) if ":" in element else element
        if self._composite is not None:
            self._composite.start(name, attributes)
        elif self._keys or self._within == "event":
            self._attribute(name, attributes)
        elif self.head.depth:
            self.head.start(name, attributes)
        elif name == "event" and self._within:
            self._rows += 1
            self._open_item(name)
        elif self._within == "trace":
            self._attribute(name, attributes)
        elif self._within:
            self._child_of_log(name, attributes)
        else:
            self._root(element)

    def _root(self, element: str) -> None:
        if local(element) != "log":
            self._not_xes(f"its root is <{element}>")
        self._root_seen = True
        self._open_item("log")

    def _child_of_log(self, name: str, attributes: dict[str, str]) -> None:
        if name == "trace":
            self._first_row = self._rows
            self._open_item(name)
        else:
            self.head.start(name, attributes)

    def _open_item(self, name: str) -> None:
        self._open.append(name)
        self._within = name
        self._level = "event" if name == "event" else "case"

    def _attribute(self, name: str, attributes: dict[str, str]) -> None:
        """Read the start of an element in a trace, an event or an attribute of them."""
        key, value = attributes.get("key"), attributes.get("value")
        if not key or (name not in COMPOSITE and (name not in ATOMIC or value is None)):
            self._ignored = 1
            return
        if self._keys:
            key = self._keys[-1] + SEPARATOR + key
            if not self._has_room(key):
                self.left_out += 1
                self._ignored = 1
                return
        self._keys.append(key)
        if name in ATOMIC and value is not None:
            self._value(key, ATOMIC[name], value)
        else:
            self._composite = CompositeReader(name)

    def _has_room(self, key: str) -> bool:
        if len(self._keys) >= MOST_LEVELS or len(key.encode()) > MOST_KEY_BYTES:
            return False
        return self._nested < MOST_NESTED or (self._level, key) in self._number

    def _value(self, key: str, kind: Kind, value: str) -> None:
        column = self._number.get((self._level, key))
        if column is None:
            column = self._number[self._level, key] = len(self._plan.names)
            self._plan.names.append((self._level, key))
            self._plan.declared.append(set())
            self._nested += SEPARATOR in key
            check_column_count(column + 1, name=self._name)
        if len(value) > LONGEST_VALUE:
            raise too_long_value(len(value), column=key, name=self._name)
        self._plan.declared[column].add(kind)
        cells = self._cells.get(column)
        if cells is None:
            cells = self._cells[column] = _Cells()
        code = cells.code(value)
        if self._level == "case":
            self._case[column] = code
        else:
            cells.rows.append(self._rows - 1)
            cells.codes.append(code)

    def _end(self, _: str) -> None:
        if self._ignored:
            self._ignored -= 1
        elif self._composite is not None:
            self._end_in_composite(self._composite)
        elif self._keys:
            self._keys.pop()
        elif self.head.depth:
            self.head.end()
        else:
            self._end_item()

    def _end_in_composite(self, composite: CompositeReader) -> None:
        text = composite.end()
        if text is not None:
            self._value(self._keys.pop(), composite.kind, text)
            self.left_out += composite.left_out
            self._composite = None

    def _end_item(self) -> None:
        """Read the end of an event, a trace or the log."""
        closed = self._open.pop()
        self._within = self._open[-1] if self._open else ""
        self._level = "case"
        if closed == "trace":
            self._traces += 1
            for column, code in self._case.items():
                cells = self._cells[column]
                cells.rows.append(self._first_row)
                cells.ends.append(self._rows)
                cells.codes.append(code)
            self._case = {}
        if self._rows >= TABLE_EVENTS and self._within == "log":
            self._flush()

    def _flush(self) -> None:
        cells = sorted(self._cells.items())
        columns = {column: found.column(self._plan, column, self._rows) for column, found in cells}
        if self._rows:
            self._tables.add(columns, rows=self._rows)
        self._cells = {}
        self._rows = 0
