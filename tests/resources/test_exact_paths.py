"""DuckDB opens the file that is named, whatever characters its name has."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest

from bpa_resources.exact_paths import exact_path


@pytest.mark.parametrize("name", ["log[1].parquet", "log*.parquet", "lo?.parquet", "a[b]*.parquet"])
def test_a_name_that_looks_like_a_pattern_is_the_file_of_that_name(name: str, tmp_path: Path) -> None:
    for other in ("log1.parquet", "log2.parquet", "lox.parquet", "ab.parquet"):
        pyarrow.parquet.write_table(pa.table({"name": [other]}), tmp_path / other)
    pyarrow.parquet.write_table(pa.table({"name": [name]}), tmp_path / name)
    assert duckdb.connect().read_parquet([exact_path(tmp_path / name)]).fetchall() == [(name,)]
