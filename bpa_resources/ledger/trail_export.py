"""The audit trail as an event log: case = action, activity = what happened, time, resource = who.

Add a column here that an analyst of the actions themselves asks for. Its form is the one `bpa run` infers from names.
"""

import json
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from bpa_resources.errors import InputError, one_line
from bpa_resources.ledger.tables import action as actions
from bpa_resources.ledger.tables import audit

_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "case_id": pl.String,
    "activity": pl.String,
    "timestamp": pl.Datetime("us"),
    "resource": pl.String,
    "process": pl.String,
    "rule_id": pl.String,
    "action": pl.String,
    "connection": pl.String,
    "operation": pl.String,
    "risk": pl.String,
    "reason": pl.String,
}


def export(connection: sa.Connection, path: Path) -> int:
    """Write every row of the trail, in its order; how many. Raises InputError for a file that is there."""
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise InputError(f"{path.name}: write the trail to a file that ends in .csv or .parquet")
    if path.exists():
        raise InputError(f"{path} exists: name a file that does not")
    of_action = [actions.c[name] for name in ("rule_id", "action", "connection", "operation", "risk")]
    query = (
        sa.select(
            audit.c.action_id, audit.c.event, audit.c.at, audit.c.who, audit.c.process, *of_action, audit.c.details
        )
        .join(actions, actions.c.action_id == audit.c.action_id, isouter=True)
        .order_by(audit.c.seq)
    )
    rows = [(*row[:-1], json.loads(row[-1]).get("reason", "")) for row in connection.execute(query)]
    frame = pl.DataFrame(rows, schema={**_COLUMNS, "timestamp": pl.String}, orient="row").with_columns(
        pl.col("timestamp").str.strptime(pl.Datetime("us"), "%Y-%m-%dT%H:%M:%S%.6fZ")
    )
    try:
        if path.suffix.lower() == ".csv":
            frame.with_columns(pl.col("timestamp").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")).write_csv(path)
        else:
            frame.write_parquet(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {one_line(str(error))}") from error
    return frame.height
