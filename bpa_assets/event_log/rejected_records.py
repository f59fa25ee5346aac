"""The records that were refused, each with the reason: the rows of `rejected_events`."""

from dataclasses import dataclass, field

import pyarrow as pa

REJECTED = pa.schema(
    [("reason", pa.string()), ("source_file", pa.string()), ("source_row", pa.int64()), ("record", pa.string())]
)


@dataclass
class RejectedRecords:
    """The records that were refused, on their way to `rejected_events`."""

    parts: list[pa.Table] = field(default_factory=list)
    rows: int = 0

    def keep(self, part: pa.Table) -> None:
        """Keep rows (columns of `REJECTED`)."""
        if part.num_rows:
            self.parts.append(part)
            self.rows += part.num_rows

    def named(self, file: pa.Array, source_row: pa.Array) -> pa.Table:
        """Those of these records (file and row) that are among them."""
        names = pa.table({"source_file": file, "source_row": source_row})
        return self.table().join(names, ["source_file", "source_row"], join_type="left semi")

    def table(self) -> pa.Table:
        """All of them, by file and number."""
        rows = pa.concat_tables([REJECTED.empty_table(), *self.parts])
        return rows.sort_by([("source_file", "ascending"), ("source_row", "ascending")]).combine_chunks()
