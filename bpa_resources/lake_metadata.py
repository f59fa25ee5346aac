"""What the Dagster UI shows of a stored table: rows, columns, where it lies, its first rows.

Previews hold a few values of the log itself; nothing of the environment, no secrets.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet

from bpa_resources.lake import StoredTable
from bpa_resources.lake_tables import LAKE_TABLES

PREVIEW_ROWS, PREVIEW_COLUMNS, _PREVIEW_TEXT = 5, 8, 40


def table_metadata(asset: str, stored: StoredTable) -> dict[str, Any]:
    """Metadata of a table that a stage stored."""
    size = sum(file.stat().st_size for file in stored.files)
    return {
        "dagster/row_count": stored.rows,
        "dagster/column_schema": _column_schema(asset, pyarrow.parquet.read_schema(stored.files[0])),
        "preview": dg.MetadataValue.md(_preview(stored)),
        "path": dg.MetadataValue.path(str(stored.files[0])),
        "size_bytes": size,
    }


def _column_schema(asset: str, schema: pa.Schema) -> dg.TableSchema:
    declared = {column.name: column for column in LAKE_TABLES[asset].columns} if asset in LAKE_TABLES else {}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(field.name, declared[field.name].type, declared[field.name].description)
            if field.name in declared
            else dg.TableColumn(field.name, str(field.type), "Attribute of the log")
            for field in schema
        ]
    )


def _preview(stored: StoredTable) -> str:
    """The first rows as a Markdown table."""
    with pyarrow.parquet.ParquetFile(stored.files[0]) as file:
        batch = next(file.iter_batches(batch_size=PREVIEW_ROWS), None)
        names = file.schema_arrow.names[:PREVIEW_COLUMNS]
    rows = [] if batch is None else batch.select(names).to_pylist()
    if not rows:
        return "*no rows*"
    return markdown_table(names, [[row[name] for name in names] for row in rows])


def markdown_table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows as a Markdown table of short cells."""
    lines = [list(names), ["---"] * len(names), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    """A value as text in a Markdown cell: short, on one line, nothing in it is markup."""
    text = " ".join(_text(value).split())
    short = text if len(text) <= _PREVIEW_TEXT else f"{text[: _PREVIEW_TEXT - 1]}…"
    return "".join(f"&#{ord(character)};" if character in "|<>&`*_[]\\" else character for character in short)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, list):
        return " → ".join(map(_text, value))
    return str(value)
