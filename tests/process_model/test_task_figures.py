"""Figures of the tasks of an activity that has several in the model: by hand, and against its deviations."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from bpa_assets.process_model.discovery.discover import Discovered, discover
from bpa_assets.process_model.drawing import drawing
from bpa_assets.process_model.model_tables import deviation_rows, variants_of
from bpa_assets.process_model.task_figures import task_figures
from tests.stored_logs import Row, read, tables_of, write_rows

HOURS_BEFORE_D = {"b": 1, "c": 3}
MONDAY = datetime(2026, 3, 2, 9)


def log_of(folder: Path, cases: Mapping[str, int]) -> Path:
    """A log whose activities take ten minutes and wait an hour; `d` waits an hour after `b`, three after `c`."""
    rows = []
    for path, times in cases.items():
        for number in range(times):
            at = MONDAY + timedelta(days=number)
            for before, activity in zip(" " + path, path, strict=False):
                at += timedelta(hours=HOURS_BEFORE_D.get(before, 1) if activity == "d" else 1)
                ends = at + timedelta(minutes=10)
                rows.append((f"{path} {number}", activity, at.isoformat(), ends.isoformat()))
                at = ends
    case, activity, start, end = zip(*rows, strict=True)
    return write_rows(folder / "log.csv", case_id=case, activity=activity, start_time=start, end_time=end)


def figures(log: Path) -> tuple[list[Row], Discovered, pa.Table, pa.Table]:
    """The figures of the tasks, the model, the variants and the activities."""
    stored = read([log])
    tables = tables_of(stored)
    found = discover(variants_of(tables.variants).cases)
    rows: list[Row] = task_figures(list(stored.event_log.files), found).to_pylist()
    return rows, found, tables.variants, tables.activities


def test_each_task_has_the_figures_of_its_own_events(tmp_path: Path) -> None:
    rows, found, _, _ = figures(log_of(tmp_path, {"abde": 40, "acdf": 50}))
    assert found.model.f1 == 1
    told = {row["frequency"]: row for row in rows}
    assert {row["activity"] for row in rows} == {"d"}
    assert len(rows) == 2
    for times, hours in ((40, 1), (50, 3)):
        row = told[times]
        assert (row["cases"], row["total_waiting_seconds"]) == (times, times * hours * 3600)
        assert [row[f"{one}_waiting_seconds"] for one in ("mean", "median", "p90")] == [hours * 3600] * 3
        assert [row[f"{one}_processing_seconds"] for one in ("mean", "median", "p90")] == [600] * 3


def test_an_event_that_the_model_does_not_expect_is_of_no_task(tmp_path: Path) -> None:
    rows, found, _, _ = figures(log_of(tmp_path, {"abde": 400, "acdf": 500, "acfd": 1}))
    assert sum(label == "d" for label in found.model.net.labels) == 2
    assert sorted(row["frequency"] for row in rows) == [400, 500]  # of 901


def test_where_every_activity_has_one_task_there_is_nothing_to_tell_apart(tmp_path: Path) -> None:
    rows, _, _, _ = figures(log_of(tmp_path, {"abc": 5}))
    assert rows == []
    assert task_figures([tmp_path / "is not read"], discover({("a", "b"): 1})).num_rows == 0


@pytest.mark.parametrize("name", ["running-example.csv", "ACR.csv.gz"])
def test_on_real_logs_every_event_is_of_a_task_or_a_deviation(shared_logs: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to(shared_logs / name)
    rows, found, table, activities = figures(tmp_path / name)
    variants = variants_of(table)
    assert rows
    deviating = Counter[str]()
    for row in deviation_rows(found.variants, found.alignments, variants):
        if row["kind"] != "skipped":
            deviating[str(row["activity"])] += int(str(row["cases"]))
    frequency = {row["activity"]: row["frequency"] for row in activities.to_pylist()}
    placed = Counter[str]()
    for row in rows:
        placed[row["activity"]] += row["frequency"]
        assert row["cases"] <= row["frequency"]
    assert placed == {activity: frequency[activity] - deviating[activity] for activity in placed}


def test_the_file_of_the_model_has_the_figures_of_each_task(tmp_path: Path) -> None:
    log = log_of(tmp_path, {"abde": 40, "acdf": 50})
    stored = read([log])
    tables = tables_of(stored)
    known = variants_of(tables.variants)
    found = discover(known.cases)
    file = drawing(
        found.model.bpmn,
        activities=tables.activities,
        transitions=tables.transitions,
        variants=known.cases,
        tasks=task_figures(list(stored.event_log.files), found),
        name="p",
    )
    assert file is not None
    text = file.decode()
    assert text.count("tasks of this activity: 2.") == 2
    assert text.count('name="frequency" value="40"') == 3  # b, e and one d
    assert text.count('name="frequency" value="50"') == 3
    assert 'name="frequency" value="90"' in text  # a
