"""The columns of a XES log: which there are, what type each has, and their Parquet files.

Both readers, `fast` and `strict`, end here: they give, for a table of some 100,000 events, the code of the
text in each cell and the texts (or times that are read already). Add here what concerns types, nulls or the files;
what concerns XML belongs to the readers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

Level = Literal["case", "event"]
AtomicKind = Literal["string", "date", "int", "float", "boolean", "id"]
Kind = AtomicKind | Literal["list", "container"]
KINDS: Final[tuple[AtomicKind, ...]] = get_args(AtomicKind)
ATOMIC: Final[dict[str, AtomicKind]] = {kind: kind for kind in KINDS}
COMPOSITE: Final[dict[str, Kind]] = {"list": "list", "container": "container"}
"""Kinds whose values are JSON."""

SEPARATOR: Final = "\0"
"""Between the key of an attribute and that of one nested in it: no character of XML, so in no key."""
# How deep attributes are read, how many columns become of nested ones, how long their keys may be, with those above.
MOST_LEVELS: Final = 8
MOST_NESTED: Final = 500
MOST_KEY_BYTES: Final = 4096

NO_VALUE: Final = -(1 << 63)  # in a cell: the attribute is absent
HELD_BYTES: Final = 96 << 20  # of tables kept in memory until all columns are known; beyond it they are written early

_ARROW: Final = {
    "string": pa.string(),
    "id": pa.string(),
    "date": pa.timestamp("us"),
    "int": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
}
# What XML Schema and Java write; \z, as `$` would let a line feed through.
_NUMBERS: Final = {
    "int": r"\A[+-]?[0-9]+\z",
    "float": r"\A([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(INF|Infinity)|NaN|nan)\z",
    "boolean": r"\A((?i:true|false)|0|1)\z",
}
_TIME: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)", re.ASCII
)
Array = Any  # pyarrow has no types


@dataclass
class ColumnPlan:
    """The columns in order of their first appearance, the types they were declared with, and which must stay text."""

    names: list[tuple[Level, str]] = field(default_factory=list)
    declared: list[set[Kind]] = field(default_factory=list)
    as_text: set[int] = field(default_factory=set)

    def forget(self) -> None:
        """Forget the columns, but remember which must be text: they will have the same numbers again."""
        self.as_text = {column for column in range(len(self.names)) if self.stored(column) == "string"}
        self.names, self.declared = [], []

    def kind(self, column: int) -> Kind:
        """Return the declared type; `string` where there are several."""
        declared = self.declared[column]
        return next(iter(declared)) if len(declared) == 1 else "string"

    def stored(self, column: int) -> Kind:
        """Return the type of the column in the files: `string` too where a value is not what was declared."""
        kind = self.kind(column)
        return "string" if column in self.as_text or kind == "id" or kind in COMPOSITE else kind


def microseconds(text: str) -> int | None:
    """Microseconds since 1970 UTC of an ISO 8601 time with its zone; further digits are cut off. Else None."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute = (int(match[i]) for i in range(1, 6))
    second, fraction = int(match[6] or 0), int(((match[7] or "") + "000000")[:6])
    hours, minutes = int(match[9] or 0), int(match[10] or 0)
    if hour > 23 or minute > 59 or second > 59 or hours > 23 or minutes > 59:
        return None
    try:
        days = int((np.datetime64(f"{year:04}-{month:02}-{day:02}", "D")).astype(np.int64)) if year else None
    except ValueError:
        return None
    if days is None:
        return None
    east = (hours * 60 + minutes) * (-1 if match[8] == "-" else 1)
    return ((days * 24 + hour) * 60 + minute - east) * 60_000_000 + second * 1_000_000 + fraction


def read_texts(texts: Array, *, kind: Kind) -> Array | None:
    """Read distinct texts into the Arrow type of `kind`; None if one of them is not such a value.

    NaN becomes null: it is how other programs write that there is no value.
    """
    if kind == "date":
        times = [microseconds(text) for text in texts.to_pylist()]
        return None if None in times else times_array(np.array(times, np.int64))
    if not pc.all(pc.match_substring_regex(texts, _NUMBERS[kind])).as_py() and len(texts):
        return None
    try:
        if kind == "int":
            return pc.cast(pc.replace_substring_regex(texts, r"^\+", ""), pa.int64())
        if kind == "boolean":
            return pc.is_in(pc.utf8_lower(texts), text_array(("true", "1")))
        values = pc.cast(texts, pa.float64())
        return pc.if_else(pc.is_nan(values), pa.nulls(len(values), pa.float64()), values)
    except pa.ArrowInvalid:  # an int of more than 64 bits
        return None


def times_array(cells: NDArray[np.int64]) -> Array:
    """Make a column of times from microseconds since 1970 UTC."""
    return _array(cells, pa.timestamp("us"), cells != NO_VALUE)


def text_array(texts: Iterable[str]) -> Array:
    """Make an array of texts."""
    encoded = [text.encode() for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))


def _array(values: NDArray[Any], type_: Any, valid: NDArray[np.bool_]) -> Array:
    """Do as pa.array, which would import pandas only to see that this is none of its objects."""
    bits = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(type_, len(values), [bits, pa.py_buffer(np.array(values))])


def column_array(column: int, *, plan: ColumnPlan, cells: NDArray[np.int64], texts: Array) -> Array:
    """Make a column from the code in each row and the texts of the codes; note in `plan` when it has to stay text."""
    indices = _array(cells.astype(np.int32), pa.int32(), cells != NO_VALUE)
    kind = plan.stored(column)
    if kind != "string":
        values = read_texts(texts, kind=kind)
        if values is not None:
            return values.take(indices)
        plan.as_text.add(column)
    # A dictionary nearly as long as the column costs more than it saves.
    return texts.take(indices) if len(texts) * 2 > len(cells) else pa.DictionaryArray.from_arrays(indices, texts)


class _Table:
    """Some events: in memory, or written already (then `columns` holds the types alone)."""

    def __init__(self, columns: dict[int, Array], rows: int, first_row: int) -> None:
        self.columns = columns
        self.types = {column: _plain_type(array) for column, array in columns.items()}
        self.rows, self.first_row = rows, first_row
        self.path: Path | None = None


class ScratchTables:
    """The tables of one log on their way to files of one schema."""

    def __init__(self, folder: Path, plan: ColumnPlan) -> None:
        self.folder, self.plan = folder, plan
        self.rows = 0
        self._tables: list[_Table] = []
        self._held = 0

    def start_again(self) -> None:
        """Forget all tables, and the columns but for those that are known to be text."""
        for table in self._tables:
            if table.path:
                table.path.unlink()
        self.plan.forget()
        self._tables, self._held, self.rows = [], 0, 0

    def add(self, columns: dict[int, Array], *, rows: int) -> None:
        """Append a table: its columns by their number (absent: all null)."""
        table = _Table(columns, rows, self.rows + 1)
        self._tables.append(table)
        self.rows += rows
        self._held += sum(array.nbytes for array in columns.values())
        if self._held > HELD_BYTES:
            self._write_held()

    def contradicts_plan(self) -> bool:
        """Whether a column was typed before a value came that needs it to be text: the file has to be read again."""
        return any(
            type_ != pa.string() and self.plan.stored(column) == "string"
            for table in self._tables
            for column, type_ in table.types.items()
        )

    def finish(self) -> tuple[Path, ...]:
        """Write what is held, bring what was written early to the same schema; the files in the order of the log."""
        types = {column: _ARROW[self.plan.stored(column)] for column in range(len(self.plan.names))}
        for table in self._tables:
            if table.path and table.types != types:
                # By its numbers, not its schema: of the early files only columns are missing, never types wrong.
                early = pq.read_table(table.path)
                table.columns = {column: early[f"c{column}"].combine_chunks() for column in table.types}
                _write(table, types, self._path(table))
        self._write_held(types)
        return tuple(self._path(table) for table in self._tables)

    def _write_held(self, types: dict[int, Any] | None = None) -> None:
        for table in self._tables:
            if not table.path:
                table.path = self._path(table)
                _write(table, types or table.types, table.path)
        self._held = 0

    def _path(self, table: _Table) -> Path:
        return self.folder / f"{table.first_row:012}.parquet"


def _plain_type(array: Array) -> Any:
    return array.type.value_type if pa.types.is_dictionary(array.type) else array.type


def _write(table: _Table, types: dict[int, Any], path: Path) -> None:
    source_row = np.arange(table.first_row, table.first_row + table.rows)
    names = [*(f"c{column}" for column in types), "source_row"]
    arrays = [
        table.columns[column] if column in table.columns else pa.nulls(table.rows, type_)
        for column, type_ in types.items()
    ]
    arrays.append(_array(source_row, pa.int64(), np.ones(1, np.bool_)))
    dictionaries = [name for name, array in zip(names, arrays, strict=True) if pa.types.is_dictionary(array.type)]
    pq.write_table(
        pa.Table.from_arrays(arrays, names),
        path,
        compression="lz4",
        use_dictionary=dictionaries,
        column_encoding={"source_row": "DELTA_BINARY_PACKED"},
        write_statistics=False,
        store_schema=False,  # all files alike, whichever of their columns came with a dictionary
        row_group_size=max(table.rows, 1),
    )
    table.columns = {}


def column_name(level: Level, key: str) -> str:
    """The name of an attribute's column: `case:` before that of a trace's, `parent/nested` for one that is nested."""
    return ("case:" if level == "case" else "") + key.replace(SEPARATOR, "/")
