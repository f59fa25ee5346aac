"""Paths as DuckDB must be given them: it reads `log[1].parquet` as a pattern and would open `log1.parquet`."""

import re
from pathlib import Path


def exact_path(path: Path) -> str:
    """The path, written so that DuckDB means this file and not those that match it as a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
