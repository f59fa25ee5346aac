"""The lake tables of one run as the report reads them: whole if small, through DuckDB or in chunks if not.

A table that is not there (its stage does not exist in this version, or was not run) is empty, so that a section that
needs it says so instead of breaking the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpa_resources.exact_paths import exact_path

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


@dataclass(frozen=True)
class RunTables:
    """The Parquet files of each table, by name."""

    files: Mapping[str, Sequence[Path]]

    def has(self, name: str) -> bool:
        """Whether the table is there."""
        return bool(self.files.get(name))

    def has_rows(self, name: str) -> bool:
        """Whether the table is there and not empty, as that of a reference model where there is none."""
        import pyarrow.parquet

        return any(pyarrow.parquet.read_metadata(file).num_rows for file in self.files.get(name, ()))

    def table(self, name: str, columns: Sequence[str] | None = None) -> "pa.Table":
        """A table that is there, of case size at most."""
        import pyarrow.parquet

        return pyarrow.parquet.read_table(list(self.files[name]), columns=columns and list(columns))

    def rows(self, name: str) -> list[Row]:
        """The rows of a small table; none if it is not there."""
        return self.table(name).to_pylist() if self.has(name) else []

    def row(self, name: str) -> Row:
        """The one row of a table that has one row a process; empty if it is not there."""
        return next(iter(self.rows(name)), {})

    def paths(self, name: str) -> list[str]:
        """The files, for `read_parquet`."""
        return [exact_path(file) for file in self.files.get(name, ())]
