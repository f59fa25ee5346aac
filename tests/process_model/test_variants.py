"""Which cases ran the same sequence: exact even where digests fall together, and however many codes there are."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from bpa_assets.process_model import behaviour, grouped_values, variants
from bpa_assets.process_model.identities import figures
from tests.random_logs import RandomLog, any_logs, write_parquet
from tests.stored_logs import read, tables_of, write_rows

NAMES = ("cases", "activities", "transitions", "variants", "process_profile")


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=15)
@given(any_logs())
def test_the_tables_do_not_depend_on_how_they_are_counted(log: RandomLog) -> None:
    """Every sequence with one digest, and codes too many for a table of marks."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "log.parquet"
        write_parquet(log.records, path, two_times=log.two_times)
        stored = read([path])
        usual = tables_of(stored)
        patch.setattr(variants, "_digests", lambda chunk: np.zeros(len(chunk.first), dtype=np.uint64))
        patch.setattr(behaviour, "_SHORT", 0)
        patch.setattr(grouped_values, "_SHORT", 0)
        patch.setattr(grouped_values, "MOST_MARKS", 0)
        other = tables_of(stored)
        for name in NAMES:
            assert getattr(other, name).to_pylist() == getattr(usual, name).to_pylist()


def test_sequences_of_one_digest_and_other_lengths_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "_digests", lambda chunk: np.zeros(len(chunk.first), dtype=np.uint64))
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", "1", "2", "3", "3", "4"],
        activity=["A", "A", "A", "A", "A", "B"],
        end_time=[f"2024-01-01T00:0{minute}" for minute in range(6)],
    )
    rows = tables_of(read([path])).variants.to_pylist()
    assert {tuple(row["activities"]): row["cases"] for row in rows} == {("A", "A"): 2, ("A",): 1, ("B",): 1}


def test_groups_may_have_numbers_of_any_size() -> None:
    values = grouped_values.GroupedValues[int]()
    values.add(np.array([70_000, 3, 70_000]), np.array([3_000_000, 5_000_000, -1_000_000]))
    values.add(np.array([], dtype=np.int64), np.array([], dtype=np.int64))
    values.add(np.array([3]), np.array([1_000_000]))
    summary = values.pop(70_000, (0.5, 0.9))
    assert (summary.count, summary.total, summary.mean, summary.greatest, summary.negative) == (2, 2.0, 1.0, 3.0, 1)
    assert summary.quantiles == pytest.approx((1.0, 2.6))
    rest = values.pop(3)
    assert (rest.total, rest.quantiles) == (6.0, ())


def test_figures_are_the_rows_and_totals_of_a_stored_table(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", case=["1", "1"], activity=["A", "B"], end_time=["2024-01-01", "2024-01-02"])
    files = read([path]).event_log.files
    assert figures(files) == {"rows": 2}
    assert figures(files, "waiting_seconds", "cost") == {"rows": 2, "waiting_seconds": 86_400.0, "cost": 0}
