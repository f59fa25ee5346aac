"""A log has one profile: the same figures, sentences and examples, whatever DuckDB's threads do."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bpa_assets.event_log.opened_sources import connect
from bpa_assets.event_log.quality.log_profile import LogTables, profile_log
from bpa_assets.settings import ProcessConfig
from tests.stored_logs import MEMORY, read, write_rows

if TYPE_CHECKING:
    import duckdb

STEPS = ("Ask", "Check", "Answer", "Send 1", "Pay", "Archive")
CASES = 2_400
PATTERNS = {
    *("distorted_labels", "polluted_labels", "missing_values", "duplicate_events", "same_instant_events"),
    *("single_event_cases", "reversed_steps", "missing_events", "outlying_durations"),
}
MONDAY = datetime(2024, 1, 8, 9, 0, 1)


def case_rows(number: int) -> list[tuple[object, ...]]:
    """One case: every fortieth misses one step, swaps two, doubles one, or has three at once; all as often."""
    begin = MONDAY + timedelta(hours=number // 12, minutes=7 * (number % 2))  # six cases start at one instant
    steps, kind, place = list(STEPS), number % 40, (number // 40) % 4
    if kind == 0:
        del steps[place + 1]
    elif kind == 1:
        steps[place : place + 2] = reversed(steps[place : place + 2])
    elif kind == 2:
        steps.insert(place, steps[place])
    elif kind == 3:
        steps = steps[:1]
    elif kind == 4:
        steps[0] = ("ASK", "ask ", "Ask-", "A sk")[place]
    elif kind == 5:
        steps[3] = f"Send {number}"
    times = [begin + timedelta(minutes=10 * turn, seconds=turn) for turn in range(len(steps))]
    if kind == 6:
        times[1:4] = times[1:2] * 3
    if kind == 2:
        times[place + 1] = times[place]
    turns = [min(turn, place) if kind == 2 else turn for turn in range(len(steps))]
    user = [None if (number + turn) % 7 == 0 else f"user {(number + turn) % 30}" for turn in turns]
    ends = [time + timedelta(days=9 if kind == 7 and turn == 2 else 0, seconds=60) for turn, time in enumerate(times)]
    return [(number, *row) for row in zip(steps, times, ends, user, strict=True)]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> LogTables:
    """A log with many ties in two files, in row groups so small that every thread has some."""
    names = ("case", "activity", "start_time", "end_time", "user")
    columns = zip(*(row for number in range(CASES) for row in case_rows(number)), strict=True)
    path = write_rows(tmp_path_factory.mktemp("log") / "log.csv", **dict(zip(names, columns, strict=True)))
    log = read([path])
    (stored,) = log.event_log.files
    rows = pq.read_table(stored)
    parts = [rows.filter(pc.field("case_code") < CASES // 2), rows.filter(pc.field("case_code") >= CASES // 2)]
    files = [stored.with_name(f"part-{number}.parquet") for number in range(2)]
    for file, part in zip(files, parts, strict=True):
        pq.write_table(part, file, row_group_size=500)
    return LogTables(files, log.event_attribute, pa.Table.from_pylist([log.accounting]), log.rejected_events)


@pytest.fixture
def four_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect_with_threads(scratch: Path, memory_bytes: int) -> "duckdb.DuckDBPyConnection":
        connection = connect(scratch, memory_bytes)
        connection.execute("set threads = 4")
        return connection

    monkeypatch.setattr("bpa_assets.event_log.quality.log_profile.connect", connect_with_threads)


@pytest.mark.usefixtures("four_threads")
def test_a_log_with_many_ties_has_one_profile_with_several_threads(tables: LogTables, tmp_path: Path) -> None:
    at = datetime(2026, 11, 1)
    first, *others = (
        profile_log(tables, config=ProcessConfig(), scratch=tmp_path, memory_bytes=MEMORY, read_at=at) for _ in range(3)
    )
    assert {issue.pattern.name for issue in first.issues} >= PATTERNS
    for other in others:
        assert other.quality_issue.to_pylist() == first.quality_issue.to_pylist()
        assert other.log_profile.equals(first.log_profile)


def test_examples_are_the_records_that_they_name(tables: LogTables, tmp_path: Path) -> None:
    """Each is found by the place of its row in one of two files."""
    records = [(str(row[0]), row[1]) for number in range(CASES) for row in case_rows(number)]
    profile = profile_log(tables, config=ProcessConfig(), scratch=tmp_path, memory_bytes=MEMORY)
    shown = [example for issue in profile.issues for example in issue.examples if example.source_row]
    assert len(shown) >= 40
    for example in shown:
        assert (example.case_id, example.activity) == records[(example.source_row or 0) - 1]
