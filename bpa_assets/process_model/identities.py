"""Row counts and column totals of stored tables: the figures behind the arithmetic checks."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet


def figures(files: Sequence[Path], *columns: str) -> dict[str, float]:
    """Rows of a stored table (`rows`) and the total of each named column."""
    rows = sum(pyarrow.parquet.read_metadata(file).num_rows for file in files)
    if not columns:
        return {"rows": rows}
    table = pyarrow.parquet.read_table(list(files), columns=list(columns))
    return {"rows": rows, **{name: pc.sum(table[name]).as_py() or 0 for name in columns}}
