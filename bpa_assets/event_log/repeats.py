"""Records that an earlier file of the same log has already: exports that overlap.

Rows equal in every column across two files are kept once; equal rows within one file are all kept.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from bpa_assets.event_log.rejected_records import REJECTED
from bpa_assets.event_log.sources import Source

if TYPE_CHECKING:
    import duckdb

_FIRST_SEEN = """
with first_seen as (
    select digest, min(file) as file, min_by(source_row, (file, source_row)) as source_row
    from record_digest
    group by digest
    having min(file) < max(file)
)
select record.file, record.source_row, first_seen.file as first_file, first_seen.source_row as first_row
from record_digest as record
join first_seen using (digest)
where record.file > first_seen.file
order by record.file, record.source_row
"""


def rows_in_earlier_files(sources: Sequence[Source], *, connection: "duckdb.DuckDBPyConnection") -> dict[int, pa.Table]:
    """File index → the records (columns of `REJECTED`) that an earlier file has too, with where."""
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

    if len(sources) < 2:
        return {}
    connection.execute("create or replace temp table record_digest (file integer, source_row bigint, digest uhugeint)")
    for index, source in enumerate(sources):
        rows = source.scan(connection).project(
            ConstantExpression(index).cast("INTEGER"),
            ColumnExpression("source_row"),
            FunctionExpression("md5_number", source.record_json(sort=True)),
        )
        rows.insert_into("record_digest")
    found = connection.execute(_FIRST_SEEN).fetchall()
    connection.execute("drop table record_digest")
    return {
        index: _rejected(source, index, found, sources, connection)
        for index, source in enumerate(sources)
        if any(file == index for file, *_ in found)
    }


def _rejected(
    source: Source,
    index: int,
    found: list[tuple[int, int, int, int]],
    sources: Sequence[Source],
    connection: "duckdb.DuckDBPyConnection",
) -> pa.Table:
    from duckdb import ColumnExpression

    reasons = {
        row: f"duplicate of {sources[first].name}:{sources[first].row(first_row)}"
        for file, row, first, first_row in found
        if file == index
    }
    wanted = connection.from_arrow(pa.table({"source_row": pa.array(list(reasons), pa.int64())}))
    rows = source.scan(connection).join(wanted, "source_row")
    records = rows.project(ColumnExpression("source_row"), source.record_json().alias("record")).order("source_row")
    table = records.to_arrow_table()
    numbers = table["source_row"].to_pylist()
    files = pa.repeat(pa.scalar(source.name), len(numbers))
    reason = pa.array([reasons[number] for number in numbers])
    return pa.table([reason, files, table["source_row"], table["record"].cast(pa.string())], schema=REJECTED)
