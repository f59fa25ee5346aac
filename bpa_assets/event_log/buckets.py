"""Buckets of whole cases on disk: all work after the first pass is done a bucket at a time, in bounded memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa


@dataclass
class Buckets:
    """Rows spilled by case: bucket number → Arrow stream on disk, rows in source order.

    `absent`: columns that no source has; they are not moved through the disk, and null again when a bucket is read.
    """

    folder: Path
    count: int
    absent: Mapping[str, pa.DataType] = field(default_factory=dict)
    writers: dict[int, Any] = field(default_factory=dict)

    def add(self, rows: pa.RecordBatch) -> None:
        """Append each row to the bucket of its case."""
        rows = rows.drop_columns(list(self.absent))
        if self.count == 1:
            if rows.num_rows:
                self._writer(0, rows.schema).write_batch(rows)
            return
        from bpa_assets.event_log.compiled.case_buckets import case_buckets

        bucket = case_buckets(rows.column("case_id"), self.count)
        order = np.argsort(bucket, kind="stable")
        ends = np.searchsorted(bucket[order], np.arange(self.count + 1))
        rows = rows.take(pa.array(order))
        for number in range(self.count):
            part = rows.slice(ends[number], ends[number + 1] - ends[number])
            if part.num_rows:
                self._writer(number, part.schema).write_batch(part)

    def read(self) -> Iterator[pa.Table]:
        """Each bucket as a table, its file gone."""
        for number in sorted(self.writers):
            table = self._load(number)
            self._path(number).unlink()
            yield table

    def first(self) -> pa.Table:
        """The first bucket, which stays: cases are spread by hash, so it is a fair sample of the log."""
        return self._load(min(self.writers))

    def discard(self) -> None:
        """Forget all rows."""
        for number, writer in self.writers.items():
            writer.close()
            self._path(number).unlink()
        self.writers.clear()

    def _load(self, number: int) -> pa.Table:
        self.writers[number].close()
        with pa.OSFile(str(self._path(number)), "rb") as file:
            table = pa.ipc.open_stream(file).read_all()
        table = table.unify_dictionaries().combine_chunks()
        for name, data_type in self.absent.items():
            table = table.append_column(name, pa.nulls(table.num_rows, data_type))
        return table

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.arrow"

    def _writer(self, number: int, schema: pa.Schema) -> Any:
        if number not in self.writers:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.writers[number] = pa.ipc.new_stream(str(self._path(number)), schema)
        return self.writers[number]
