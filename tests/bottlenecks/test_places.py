"""Where cases wait: the table equals the oracle's, and an example worked out by hand."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpa_assets.bottlenecks.places import bottleneck_table
from bpa_assets.event_log import spilled_records
from bpa_assets.event_log.reading import EventLog
from bpa_assets.process_model.event_chunks import activity_names
from bpa_resources.lake_tables import LAKE_TABLES
from tests import oracle
from tests.random_logs import RandomLog, any_logs, write_parquet
from tests.stored_logs import read, tables_of, write_rows


def bottlenecks(log: EventLog, threshold: float = 7200.0) -> pa.Table:
    files = log.event_log.files
    names = activity_names(files)
    return bottleneck_table(files, activities=tables_of(log).activities, names=names, threshold=threshold)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
@given(any_logs(), st.sampled_from([0.0, 0.5, 60.0, 7200.0]), st.sampled_from([500_000, 3]))
def test_bottlenecks_are_those_of_the_oracle(log: RandomLog, threshold: float, rows_a_bucket: int) -> None:
    expected = oracle.bottlenecks(oracle.pair(log.records, two_times=log.two_times), threshold)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spilled_records, "ROWS_A_BUCKET", rows_a_bucket)
        path = Path(folder) / "log.parquet"
        write_parquet(log.records, path, two_times=log.two_times)
        found = bottlenecks(read([path]), threshold).to_pylist()
    assert [(row["rank"], row["activity"], row["preceding_activity"]) for row in found] == [
        (row["rank"], row["activity"], row["preceding_activity"]) for row in expected
    ]
    for one, other in zip(found, expected, strict=True):
        assert {name: one[name] for name in other} == {
            name: pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
            for name, value in other.items()
        }


def test_a_wait_belongs_to_the_activity_and_to_the_one_it_waited_on(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", "1", "1", "2", "2"],
        activity=["A", "B", "C", "A", "C"],
        # In case 1 C waits on A, which ends after B.
        start_time=[f"2024-01-01T{time}" for time in ("08:00", "09:00", "14:00", "08:00", "09:30")],
        end_time=[f"2024-01-01T{time}" for time in ("11:00", "10:00", "15:00", "09:00", "10:00")],
    )
    table = bottlenecks(read([path]))
    assert tuple(table.column_names) == LAKE_TABLES["bottlenecks"].column_names
    rows = [
        tuple(
            row[name]
            for name in ("activity", "preceding_activity", "cases", "total_waiting_seconds", "cases_over_threshold")
        )
        for row in table.to_pylist()
    ]
    assert rows == [
        ("C", None, 2, 3 * 3600 + 1800, 1),
        ("A", None, 2, 0, 0),
        ("B", None, 1, 0, 0),
        ("C", "A", 2, 3 * 3600 + 1800, 1),
        ("B", "A", 1, 0, 0),
    ]
    assert table["share_of_waiting"].to_pylist() == [1, 0, 0, 1, 0]


def test_where_nothing_waits_there_is_no_share(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", case=["1"], activity=["A"], end_time=["2024-01-01"])
    (row,) = bottlenecks(read([path])).to_pylist()
    assert (row["share_of_waiting"], row["total_waiting_seconds"], row["preceding_activity"]) == (None, 0, None)
