"""The asset checks tell tables that add up from tables that do not."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.bottlenecks import checks

HOURS = {"rows": [2, 1], "total_waiting_seconds": [0.1, 0.2]}
ACTIVITIES = {"frequency": [3], "total_waiting_seconds": [0.3], "rework_events": [3]}


@pytest.mark.parametrize(
    ("check", "ours", "theirs", "wrong"),
    [
        (checks.hours_hold_every_row_and_all_waiting, HOURS, ACTIVITIES, "total_waiting_seconds"),
        (checks.resources_hold_every_row_and_all_waiting, HOURS, ACTIVITIES, "frequency"),
        (checks.pairs_hold_every_handover, {"rows": [2, 1]}, {"handovers": [0, 3]}, "handovers"),
        (checks.pairs_hold_every_handover, {"rows": []}, {"handovers": [0, 0]}, "handovers"),
        (checks.kinds_hold_all_rework, {"rows": [2, 1]}, ACTIVITIES, "rework_events"),
    ],
)
def test_a_check_is_green_only_where_the_sums_are_the_same(
    check: Any, ours: dict[str, list[float]], theirs: dict[str, list[float]], wrong: str, tmp_path: Path
) -> None:
    pq.write_table(pa.table({name: pa.array(column, pa.float64()) for name, column in ours.items()}), tmp_path / "ours")
    pq.write_table(pa.table(theirs), tmp_path / "right")
    pq.write_table(pa.table(theirs | {wrong: [theirs[wrong][0] + 1, *theirs[wrong][1:]]}), tmp_path / "wrong")
    told = {name: check([tmp_path / "ours"], [tmp_path / name]) for name in ("right", "wrong")}
    assert {name: result.passed for name, result in told.items()} == {"right": True, "wrong": False}
