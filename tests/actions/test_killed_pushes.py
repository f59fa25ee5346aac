"""kill -9 at random instants of the whole push job; `python -m benchmarks.pushing kills` does it 200 times."""

import os
from pathlib import Path

import pytest

from benchmarks.pushing.kills import trial
from bpa_assets.actions import sending


@pytest.mark.skipif(
    not os.environ.get("BPA_TEST_KILLS"), reason="takes a minute: set BPA_TEST_KILLS=1 to kill six pushes"
)
def test_a_push_that_is_killed_at_any_instant_loses_nothing_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LEASE_SECONDS", sending.LEASE_SECONDS)  # the trial shortens it
    for name in ("BPA_HOME", "DAGSTER_HOME", "BPA_POSTGRES_URL", "BPA_LEDGER_URL"):  # the trial sets them
        monkeypatch.setenv(name, "")
    said: list[str] = []
    one = trial(tmp_path, kills=6, seed=6, told=said.append)
    assert one.pushes > 6
    assert "0 twice, 0 lost" in said[-2]
