"""What the Dagster UI shows of the tables that dbt built: rows, and the first of them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from bpa_resources.lake_metadata import PREVIEW_COLUMNS, PREVIEW_ROWS, markdown_table

if TYPE_CHECKING:
    import duckdb


def with_facts(events: Iterable[Any], *, database: Path, manifest: Path) -> Iterator[Any]:
    """The events of a dbt build; those of tables come at its end, when dbt has let go of the database, with facts."""
    import duckdb

    outputs: list[dg.Output[Any]] = []
    for event in events:
        if isinstance(event, dg.Output):
            outputs.append(event)
        else:
            yield event
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    with duckdb.connect(str(database), read_only=True) as connection:
        for output in outputs:
            unique_id = getattr(output.metadata["unique_id"], "value", output.metadata["unique_id"])
            node = nodes[unique_id]
            facts = _facts(connection, node["alias"]) if node["schema"] == "main" else {}
            yield output.with_metadata({**output.metadata, **facts})


def _facts(connection: "duckdb.DuckDBPyConnection", name: str) -> dict[str, Any]:
    """Rows and preview of a table or view that analysts see."""
    relation = connection.table(f"main.{name}")
    ((rows,),) = relation.aggregate("count(*)").fetchall()
    names = relation.columns[:PREVIEW_COLUMNS]
    first = relation.limit(PREVIEW_ROWS).fetchall()
    preview = markdown_table(names, [row[: len(names)] for row in first]) if first else "*no rows*"
    return {"dagster/row_count": rows, "preview": dg.MetadataValue.md(preview)}
