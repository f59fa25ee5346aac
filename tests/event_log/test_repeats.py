"""Exports that overlap: a record that an earlier file has is kept once; one that a file has twice is kept twice."""

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_resources.errors import InputError
from tests.stored_logs import by_case, read, stored, write_rows

DAY = "2024-01-0"


def export(path: Path, days: list[int], **more: list[Any]) -> Path:
    times = [f"{DAY}{day}" for day in days]
    return write_rows(path, case=["1"] * len(days), activity=[f"A{day}" for day in days], end_time=times, **more)


def test_a_record_of_an_earlier_file_is_rejected_with_where_it_was_first(tmp_path: Path) -> None:
    paths = [
        export(tmp_path / "a.csv", [1, 2]),
        export(tmp_path / "b.csv", [2, 3]),
        export(tmp_path / "c.csv", [1, 3, 4]),
    ]
    log = read(paths)
    assert [row["activity"] for row in by_case(stored(log))] == ["A1", "A2", "A3", "A4"]
    assert log.rejected_events.to_pylist() == [
        {
            "reason": reason,
            "source_file": file,
            "source_row": row,
            "record": f'{{"case":"1","activity":"A{day}","end_time":"{DAY}{day}"}}',
        }
        for reason, file, row, day in [
            ("duplicate of a.csv:2", "b.csv", 1, 2),
            ("duplicate of a.csv:1", "c.csv", 1, 1),
            ("duplicate of b.csv:2", "c.csv", 2, 3),
        ]
    ]
    names = ("rows_read", "events", "rejected_events", "rows_paired", "duplicate_rows")
    assert [log.accounting[name] for name in names] == [7, 4, 3, 0, 0]


def test_equal_records_within_a_file_are_kept_and_counted(tmp_path: Path) -> None:
    log = read([export(tmp_path / "a.csv", [1, 2, 1, 1], Note=["x", "y", "x", "x"])])
    assert [row["source_row"] for row in by_case(stored(log))] == [1, 3, 4, 2]
    assert (log.accounting["duplicate_rows"], log.accounting["rejected_events"]) == (2, 0)


def test_records_that_differ_in_an_attribute_only_are_no_duplicates(tmp_path: Path) -> None:
    log = read([export(tmp_path / "a.csv", [1, 1], Note=["x", None])])
    assert log.accounting["duplicate_rows"] == 0
    log = read([export(tmp_path / "b.csv", [1], Note=["x"]), export(tmp_path / "c.csv", [1], Note=["y"])])
    assert (log.accounting["events"], log.accounting["rejected_events"]) == (2, 0)


def test_a_record_that_one_file_has_twice_and_an_earlier_one_once_is_kept_once(tmp_path: Path) -> None:
    log = read([export(tmp_path / "a.csv", [1]), export(tmp_path / "b.csv", [1, 1])])
    assert [row["reason"] for row in log.rejected_events.to_pylist()] == ["duplicate of a.csv:1"] * 2
    log = read([export(tmp_path / "c.csv", [1, 1]), export(tmp_path / "d.csv", [1])])
    assert (log.accounting["events"], log.accounting["duplicate_rows"]) == (2, 1)


def test_columns_in_another_order_make_no_other_record(tmp_path: Path) -> None:
    one = write_rows(tmp_path / "a.csv", case=["1"], activity=["A"], end_time=["2024-01-01"], Note=["x"])
    other = write_rows(tmp_path / "b.csv", Note=["x"], end_time=["2024-01-01"], activity=["A"], case=["1"])
    assert read([one, other]).rejected_events["reason"].to_pylist() == ["duplicate of a.csv:1"]


def test_equal_completions_of_pairs_are_counted_too(tmp_path: Path) -> None:
    steps = ["start", "complete", "start", "complete"]
    times = [f"{DAY}{day}" for day in (1, 2, 1, 2)]
    columns = {"case": ["1"] * 4, "activity": ["A"] * 4, "end_time": times, "lifecycle:transition": steps}
    log = read([write_rows(tmp_path / "a.csv", **columns)])
    assert (log.accounting["duplicate_rows"], log.accounting["rows_paired"]) == (2, 2)


def test_an_unreadable_record_of_two_files_is_rejected_once_for_each_reason(tmp_path: Path) -> None:
    bad = {"case": ["1", "1"], "activity": ["A", "B"], "end_time": ["2024-01-01", "soon"]}
    log = read([write_rows(tmp_path / "a.csv", **bad), write_rows(tmp_path / "b.csv", **bad)])
    assert [(row["source_file"], row["reason"]) for row in log.rejected_events.to_pylist()] == [
        ("a.csv", "unreadable time soon"),
        ("b.csv", "duplicate of a.csv:1"),
        ("b.csv", "duplicate of a.csv:2"),
    ]
    assert [log.accounting[name] for name in ("rows_read", "events", "rejected_events")] == [4, 1, 3]


def test_the_same_log_packed_is_the_same_records(tmp_path: Path) -> None:
    path = export(tmp_path / "a.csv", [1, 2])
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    log = read([path, tmp_path / "b.csv.gz"])
    assert [row["reason"] for row in log.rejected_events.to_pylist()] == [
        "duplicate of a.csv:1",
        "duplicate of a.csv:2",
    ]


def test_parquet_files_may_overlap(tmp_path: Path) -> None:
    for name, days in (("a", [1, 2]), ("b", [2, 3])):
        columns = {"case": ["1", "1"], "activity": ["A", "A"], "end_time": [f"{DAY}{day}" for day in days], "n": days}
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    log = read([tmp_path / "a.parquet", tmp_path / "b.parquet"])
    assert log.rejected_events["reason"].to_pylist() == ["duplicate of a.parquet:2"]


def test_a_file_of_nothing_new_is_no_fault_but_a_log_of_nothing_is(tmp_path: Path) -> None:
    one, other = export(tmp_path / "a.csv", [1]), export(tmp_path / "b.csv", [1])
    assert read([one, other]).accounting["events"] == 1
    empty = [
        write_rows(tmp_path / f"{name}.csv", case=[None], activity=["A"], end_time=["2024-01-01"]) for name in "cd"
    ]
    with pytest.raises(InputError, match=r"c\.csv, d\.csv: none of the 2 records can be used; the first: no case"):
        read(empty)
