"""Bursts of one instant: all of them are found, whatever shares a counter with what."""

from datetime import datetime, timedelta

import pytest

from bpa_assets.event_log.quality import row_batches, shared_counters
from tests.event_log.quality.conftest import Profiled, found

MONDAY = datetime(2024, 1, 8, 9, 0, 1)


@pytest.mark.parametrize("counters", [16, 1 << 20])
def test_every_burst_is_found_however_few_counters_there_are(
    profiled: Profiled, monkeypatch: pytest.MonkeyPatch, counters: int
) -> None:
    """40 instants of 10 to 14 cases (480 rows), one of 9, and 1,000 rows that have theirs for themselves.

    With 16 counters, of some 90 rows each, a burst is no more than a ninth of what its counter has.
    """
    monkeypatch.setattr(shared_counters, "MOST_COUNTERS", counters)
    monkeypatch.setattr(row_batches, "ROWS_A_BATCH", 100)
    burst = [MONDAY + timedelta(days=number, minutes=7) for number in range(40) for _ in range(10 + number % 5)]
    nine = [MONDAY + timedelta(days=50, minutes=7)] * 9
    alone = [MONDAY + timedelta(hours=number, seconds=number) for number in range(1_000)]
    times = [*burst, *nine, *alone]
    profile = profiled(case=range(len(times)), activity=["Send"] * len(times), time=times)
    (issue,) = found(profile, "batch_bursts")
    assert issue.rows == len(burst) == 480
    assert "14 cases of 'Send' at 2024-01-12 09:07:01" in issue.told  # the first of the greatest
    assert [example.source_row for example in issue.examples] == [10 + 11 + 12 + 13 + row for row in range(1, 6)]


def test_ten_rows_of_nine_cases_are_no_burst(profiled: Profiled) -> None:
    others = [MONDAY + timedelta(hours=number) for number in range(100)]
    instant = MONDAY + timedelta(days=50)
    case = [*range(9), 8, *range(9, 109)]
    profile = profiled(
        case=case, activity=["Send"] * 110, time=[*[instant] * 10, *others], user=[*"abcdefghij", *"k" * 100]
    )
    assert found(profile, "batch_bursts") == []
