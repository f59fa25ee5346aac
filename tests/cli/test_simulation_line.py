"""What the end of `bpa run` says of the simulation."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet
import pytest

from bpa_cli.report import _simulation_line

QUALITY = pa.table(
    {
        "measure": ["mean_cycle_seconds", "p90_cycle_seconds"],
        "value": [0.25, -0.1],
        "real": [7200.0, 10_000.0],
        "simulated": [9000.0, 9000.0],
    }
)


@pytest.mark.parametrize(
    ("still_open", "said"),
    [
        ([True, False], "simulation: mean cycle time 2h 30m (the log's 2h, +25.0%), 90th percentile -10.0%"),
        ([True, True], ""),  # nothing has an end to be compared with
    ],
)
def test_the_simulated_cycle_time_is_told_of_a_log_with_finished_cases(
    still_open: list[bool], said: str, tmp_path: Path
) -> None:
    tables = {"cases": pa.table({"is_open": still_open}), "simulation_quality": QUALITY}
    for name, table in tables.items():
        pyarrow.parquet.write_table(table, tmp_path / f"{name}.parquet")
    lake = SimpleNamespace(files=lambda name: [tmp_path / f"{name}.parquet"])
    assert _simulation_line(cast(Any, lake)) == said
