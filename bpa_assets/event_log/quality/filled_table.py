"""A temp table of DuckDB that is filled from arrays, many rows at a time: an insertion of few takes as long."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy.typing as npt
import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

_ROWS_AN_INSERTION = 500_000


@dataclass
class FilledTable:
    """A table of this name; rows that were added are in it once it is closed."""

    connection: "duckdb.DuckDBPyConnection"
    name: str
    schema: pa.Schema
    _waiting: list[pa.Table] = field(default_factory=list)
    _rows: int = 0

    def __post_init__(self) -> None:
        self.connection.from_arrow(self.schema.empty_table()).create(self.name)

    def add(self, columns: Sequence[npt.NDArray[Any] | pa.Array]) -> None:
        """Add rows: a column each of the schema's."""
        arrays = [pa.array(column).cast(one.type) for column, one in zip(columns, self.schema, strict=True)]
        self._waiting.append(pa.Table.from_arrays(arrays, schema=self.schema))
        self._rows += len(columns[0])
        if self._rows >= _ROWS_AN_INSERTION:
            self.close()

    def close(self) -> None:
        """Insert what waits."""
        if self._rows:
            self.connection.from_arrow(pa.concat_tables(self._waiting)).insert_into(self.name)
        self._waiting, self._rows = [], 0
