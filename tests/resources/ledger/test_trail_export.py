"""The exported trail is an event log: one row a happening, case = action, resource = who."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from bpa_resources.connectors.call import Outcome
from bpa_resources.errors import InputError
from bpa_resources.ledger.ledger import Ledger
from tests.resources.ledger.asked_for import ANN_OR_BOB, after, asked, entered


@pytest.fixture
def trail(ledger: Ledger) -> Ledger:
    """A ledger with one action that went all the way and one that was rejected."""
    action = entered(ledger, asked("1", policy=ANN_OR_BOB))
    ledger.approve(action.action_id, "ann@example.com", action.request_hash, after(1))
    ledger.claim("w", after(2), 60)
    ledger.finish(action.action_id, "w", Outcome("done"), after(3.5))
    other = entered(ledger, asked("2", policy=ANN_OR_BOB), at=4)
    ledger.reject(other.action_id, "bob@example.com", "=1+1, no", after(5))
    return ledger


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_trail_is_written_as_an_event_log(trail: Ledger, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"trail.{ending}"
    assert trail.export_audit(file) == 7
    log = pl.read_csv(file, try_parse_dates=True) if ending == "csv" else pl.read_parquet(file)
    first = asked("1").action_id
    assert log.filter(pl.col("case_id") == first)["activity"].to_list() == [
        "proposed", "approval given", "approved", "sending", "done",
    ]  # fmt: skip
    assert log["resource"].to_list() == [
        "bpa", "ann@example.com", "bpa", "w", "w", "bpa", "bob@example.com",
    ]  # fmt: skip
    assert log["timestamp"].dt.replace_time_zone(None)[4] == datetime(2026, 11, 2, 9, 0, 3, 500_000)
    assert log["reason"].to_list()[-1] == "=1+1, no"
    assert log["rule_id"].unique().to_list() == ["r-late"]


def test_the_same_trail_gives_the_same_bytes(trail: Ledger, tmp_path: Path) -> None:
    for ending in ("csv", "parquet"):
        one, two = tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"
        trail.export_audit(one)
        trail.export_audit(two)
        assert one.read_bytes() == two.read_bytes()


def test_nothing_is_written_over_and_no_other_form_is_guessed(trail: Ledger, tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine")
    with pytest.raises(InputError, match=r"there\.csv exists"):
        trail.export_audit(there)
    assert there.read_text() == "mine"
    with pytest.raises(InputError, match=r"\.csv or \.parquet"):
        trail.export_audit(tmp_path / "trail.xlsx")
    with pytest.raises(InputError, match="cannot be written"):
        trail.export_audit(tmp_path / "absent" / "trail.csv")


def test_an_empty_trail_is_a_log_without_rows(ledger: Ledger, tmp_path: Path) -> None:
    assert ledger.export_audit(tmp_path / "trail.csv") == 0
    assert (tmp_path / "trail.csv").read_text().startswith("case_id,activity,timestamp,resource")
