"""How the assets of the lake present themselves in the Dagster UI: from the declared tables, the same everywhere."""

import dagster as dg

from bpa_resources.lake_tables import LAKE_TABLES

OWNERS = ["team:process-mining"]


def description_of(table: str) -> str:
    """One row per …, and the columns with what they mean."""
    declared = LAKE_TABLES[table]
    columns = "\n".join(f"- `{column.name}` ({column.type}): {column.description}" for column in declared.columns)
    return f"One row per {declared.one_row}.\n\n{columns}"


def lake_asset_out(table: str, *, kinds: set[str]) -> dg.AssetOut:
    """The output of a multi-asset that is a table of the lake."""
    return dg.AssetOut(key=table, description=description_of(table), owners=OWNERS, kinds=kinds)
