"""kill -9 at random instants of a run on a published process; `python -m benchmarks.kills` does it 200 times."""

import os
from pathlib import Path

import pytest

from benchmarks.kills import trial


@pytest.mark.skipif(not os.environ.get("BPA_TEST_KILLS"), reason="takes minutes: set BPA_TEST_KILLS=1 to kill six runs")
def test_a_kill_at_any_instant_leaves_what_was_published_whole_and_the_rerun_is_right(tmp_path: Path) -> None:
    said: list[str] = []
    found = trial(tmp_path, kills=6, seed=6, report=said.append)
    assert sum(found.values()) == 6
    assert said[-1].endswith("rerun: right")
