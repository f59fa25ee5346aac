"""Files through the product to rows that tests can compare: `read_log`, and the tables counted from what it stored.

Add here what tests of several stages need to look at a stored log; what is expected of it is the oracle's.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bpa_assets.event_log.reading import EventLog, read_log
from bpa_assets.process_model.behaviour import observe
from bpa_assets.process_model.tables import BehaviourTables, behaviour_tables
from bpa_assets.settings import ProcessConfig
from tests.oracle import Event

MEMORY = 1 << 30
Row = dict[str, Any]

# The columns that the oracle knows.
FIXED = tuple(Event.__dataclass_fields__)


def read(paths: Sequence[Path], *, config: ProcessConfig | None = None) -> EventLog:
    """Read files as one log; what is stored lies in a folder beside the first file."""
    scratch = Path(tempfile.mkdtemp(dir=paths[0].parent, prefix="scratch-"))
    return read_log(paths, scratch=scratch, config=config or ProcessConfig(), process="p", memory_bytes=MEMORY)


def stored(log: EventLog) -> list[Row]:
    """All rows of event_log, every column, in the order they lie."""
    return [row for file in log.event_log.files for row in pq.read_table(file).to_pylist()]


def by_case(rows: Sequence[Row]) -> list[Row]:
    """The rows sorted by case and place in it, without the numbers given to cases and activities."""
    plain = [{name: value for name, value in row.items() if not name.endswith("_code")} for row in rows]
    return sorted(plain, key=lambda row: (row["case_id"], row["event_index"]))


def fixed_columns(log: EventLog) -> list[Row]:
    """The columns that the oracle knows, by case and place in it; it imputes nothing, so what is imputed is null."""
    return [
        {name: None if name in ("resource", "role") and name in row["imputed"] else row[name] for name in FIXED}
        for row in by_case(stored(log))
    ]


def expected(events: Sequence[Event]) -> list[Row]:
    """The events of the oracle as such rows."""
    return [asdict(event) for event in events]


def write_rows(path: Path, **columns: Sequence[object]) -> Path:
    """Write a CSV file of these columns; `__` in a name stands for a blank, None is an empty field."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([name.replace("__", " ") for name in columns])
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def tables_of(log: EventLog, *, config: ProcessConfig | None = None) -> BehaviourTables:
    """The behaviour tables of a stored log, its case-level attributes included."""
    case_level = [row["column_name"] for row in log.event_attribute.to_pylist() if row["level"] == "case"]
    return behaviour_tables(observe(log.event_log.files, config=config or ProcessConfig(), case_attributes=case_level))


def table_rows(table: pa.Table, like: Sequence[Row]) -> list[Row]:
    """The rows of a table, only the columns that the oracle's rows have."""
    rows: list[Row] = (table.select(list(like[0])) if like else table).to_pylist()
    return rows
