"""The files that the records of a delimited file go into, and the rule for a record of another width.

Both readers, `quick` and `exact`, write through it, so their answers look alike. Add to it what
is kept of a record; how records are found stays in the readers.
"""

import json
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_BATCH_ROWS = 200_000
_BATCH_BYTES = 64 << 20
_REFUSALS = 10_000

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


def column_names(count: int) -> list[str]:
    """Return the generated names c0, c1, … under which the fields travel."""
    return [f"c{number}" for number in range(count)]


class RecordFiles:
    """The files the records go into: the readable ones, and beside them the refused ones with the reason.

    They are read once or twice and gone, so the readable ones are an Arrow stream as it lies in memory: of 10M records
    a Parquet file costs 3 CPU-seconds more.
    """

    def __init__(self, scratch: Path, *, columns: int) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=scratch, prefix="delimited-"))
        self.path = folder / "records.arrow"
        self.refused_path = folder / "refused.parquet"
        self.readable = 0
        self.refused = 0
        self.first_refusal = ""
        self.last_too_short = 0
        self._names = column_names(columns)
        self._writer: Any = None
        self._refused_schema = pa.schema([("reason", pa.string()), ("source_row", pa.int64()), ("record", pa.string())])
        self._refused_writer: Any = None
        self._waiting: list[Any] = []
        self._waiting_rows = self._waiting_bytes = 0
        self._refusals: list[tuple[str, int, str]] = []

    def __enter__(self) -> Self:
        """Use it as a context manager: leaving it closes both files."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
            self._flush_refusals()
        if self._writer is not None:
            self._writer.close()
        if self._refused_writer is not None:
            self._refused_writer.close()

    @property
    def records(self) -> int:
        """Data records of the file, refused ones among them."""
        return self.readable + self.refused

    def add(self, fields: list[Any], source_rows: Numbers) -> None:
        """Add readable records: one Arrow array a column, null where a field is empty, and their numbers.

        A column is of texts or a dictionary of texts, the same for all records.
        """
        batch = pa.record_batch([*fields, pa.array(source_rows)], names=[*self._names, "source_row"])
        self.readable += batch.num_rows
        self._waiting.append(batch)
        self._waiting_rows += batch.num_rows
        self._waiting_bytes += batch.nbytes
        if self._waiting_rows >= _BATCH_ROWS or self._waiting_bytes >= _BATCH_BYTES:
            self._flush()

    def refuse(self, reason: str, *, source_row: int, record: list[str], too_short: bool = False) -> None:
        """Keep a record that is not one, with the reason."""
        self.refused += 1
        self.first_refusal = self.first_refusal or f"record {source_row}: {reason}"
        self.last_too_short = source_row if too_short else self.last_too_short
        self._refusals.append((reason, source_row, json.dumps(record, ensure_ascii=False)))
        if len(self._refusals) >= _REFUSALS:
            self._flush_refusals()

    def refuse_width(self, fields: list[str], *, source_row: int) -> None:
        """Keep a record that has not as many fields as the header."""
        found, wanted = len(fields), len(self._names)
        reason = f"{found} {'field' if found == 1 else 'fields'} where the header has {wanted}"
        self.refuse(reason, source_row=source_row, record=fields, too_short=found < wanted)

    def _flush(self) -> None:
        if self._waiting or self._writer is None:
            table = pa.Table.from_batches(self._waiting, None if self._waiting else self._plain_schema())
            if self._writer is None:
                self._writer = pa.ipc.new_stream(str(self.path), table.schema)
            self._writer.write_table(table.unify_dictionaries().combine_chunks())
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0

    def _plain_schema(self) -> pa.Schema:
        return pa.schema([*((name, pa.string()) for name in self._names), ("source_row", pa.int64())])

    def _flush_refusals(self) -> None:
        if not self._refusals:
            return
        if self._refused_writer is None:
            self._refused_writer = pq.ParquetWriter(self.refused_path, self._refused_schema, compression="lz4")
        columns = [list(column) for column in zip(*self._refusals, strict=True)]
        self._refused_writer.write_table(pa.table(columns, schema=self._refused_schema))
        self._refusals = []
