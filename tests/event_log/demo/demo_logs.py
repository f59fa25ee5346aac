"""Demo logs made once for all tests of the maker, and their truth."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from bpa_assets.event_log.demo.log_file import truth_file

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class DemoLog:
    """A log on disk."""

    path: Path
    rows_told: int

    @cached_property
    def truth(self) -> dict[str, Any]:
        """The JSON beside it."""
        found: dict[str, Any] = json.loads(truth_file(self.path, "json").read_text(encoding="utf-8"))
        return found

    @cached_property
    def dirt(self) -> pa.Table:
        """What was made dirty."""
        return pq.read_table(truth_file(self.path, "dirt.parquet"))

    @cached_property
    def waits(self) -> pa.Table:
        """Why each row waited."""
        return pq.read_table(truth_file(self.path, "waits.parquet"))

    @cached_property
    def texts(self) -> pl.DataFrame:
        """A CSV log as it is written: texts, null where nothing stands."""
        return pl.read_csv(self.path, infer_schema=False)

    def ask(self, query: str) -> Rows:
        """The answer about a clean Parquet log: tables `log` and `waits`, rows of both in the same order."""
        with duckdb.connect() as connection:
            connection.register("log", pq.read_table(self.path))
            connection.register("waits", self.waits)
            return connection.execute(query).fetchall()
