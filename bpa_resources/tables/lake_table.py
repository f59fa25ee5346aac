"""What a table of the lake is: its columns, and the sentences a reader sees."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name, DuckDB type and the sentence a reader sees."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class LakeTable:
    """One table of the lake; `open_ended` tables carry further columns (the attributes of the log)."""

    name: str
    one_row: str
    columns: tuple[Column, ...]
    open_ended: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """The fixed columns, in order."""
        return tuple(column.name for column in self.columns)


def lake_table(name: str, one_row: str, *columns: tuple[str, str, str], open_ended: bool = False) -> LakeTable:
    """Declare a table: what one row is, and name, DuckDB type and sentence of each column."""
    return LakeTable(name, one_row, tuple(Column(*column) for column in columns), open_ended)
