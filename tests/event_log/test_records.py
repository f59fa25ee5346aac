"""Records on their way to the buckets: nothing is lost, whole cases stay together, times move to UTC."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.event_log import spilled_records
from bpa_assets.event_log.buckets import Buckets
from bpa_assets.event_log.compiled.case_buckets import case_buckets
from bpa_assets.event_log.demo.log_file import write_demo_log
from bpa_assets.event_log.judgement import Accounts, count_faults
from bpa_assets.event_log.rejected_records import REJECTED, RejectedRecords
from bpa_resources.errors import InputError
from tests.stored_logs import read, stored, write_rows


def test_a_bucket_gives_back_the_rows_of_its_cases_in_their_order(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path / "buckets", 3)
    cases = [f"case {number % 7}" for number in range(40)]
    for first in (0, 25):
        part = cases[first : first + 25]
        buckets.add(pa.record_batch({"case_id": pa.array(part), "row": np.arange(first, first + len(part))}))
    found = [table.to_pylist() for table in buckets.read()]
    assert 1 < len(found) <= 3
    assert all([row["row"] for row in rows] == sorted(row["row"] for row in rows) for rows in found)
    assert sorted((row["row"], row["case_id"]) for rows in found for row in rows) == list(enumerate(cases))
    assert sum(len({row["case_id"] for row in rows}) for rows in found) == 7
    assert list((tmp_path / "buckets").iterdir()) == []


def test_cases_fill_their_buckets_evenly() -> None:
    for cases in ([str(number) for number in range(60_000)], [f"O-{number * 1000}" for number in range(60_000)]):
        sizes = np.bincount(case_buckets(pa.array(cases), 6))
        assert sizes.min() > 9_000
        assert (case_buckets(pa.array(cases).dictionary_encode(), 6) == case_buckets(pa.array(cases), 6)).all()


def test_buckets_that_are_discarded_hold_nothing(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path / "buckets", 1)
    buckets.add(pa.record_batch({"case_id": ["a"], "row": [1]}))
    buckets.discard()
    assert list(buckets.read()) == []
    buckets.add(pa.record_batch({"case_id": ["a"], "row": [2]}))
    assert [table["row"].to_pylist() for table in buckets.read()] == [[2]]


def test_rejected_records_are_kept_in_the_order_of_the_file() -> None:
    rejects = RejectedRecords()
    for number in (2, 1):
        row = {"reason": "x", "source_file": "f", "source_row": number, "record": "{}"}
        rejects.keep(pa.Table.from_pylist([row], schema=REJECTED))
    rejects.keep(REJECTED.empty_table())
    assert (rejects.table()["source_row"].to_pylist(), rejects.rows) == ([1, 2], 2)


def test_a_case_lies_in_one_row_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_demo_log(tmp_path / "log.parquet", cases=50, dirty=False, with_truth=False)
    monkeypatch.setattr(spilled_records, "ROWS_A_BUCKET", 40)
    log = read([tmp_path / "log.parquet"])
    (file,) = log.event_log.files
    groups = pq.ParquetFile(file)
    assert groups.num_row_groups > 5
    cases = [set(groups.read_row_group(n)["case_id"].to_pylist()) for n in range(groups.num_row_groups)]
    assert sum(map(len, cases)) == len(set().union(*cases)) == 50


def test_numbers_that_count_from_1970_are_times_in_parquet_too(tmp_path: Path) -> None:
    columns = {"case": [1, 1], "activity": [5, 7], "end_time": [1618333506, None], "start_time": [1618333500] * 2}
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    rows = stored(read([tmp_path / "log.parquet"]))
    assert [(row["case_id"], row["activity"], str(row["start_time"]), row["is_open"]) for row in rows] == [
        ("1", "7", "2021-04-13 17:05:00", True),
        ("1", "5", "2021-04-13 17:05:00", False),
    ]


def test_numbers_that_are_no_times_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"case": ["1"], "activity": ["A"], "end_time": [0.5]}), tmp_path / "log.parquet")
    with pytest.raises(InputError, match=r"no time in column 'end_time' can be read \(the first is '0.5'\)"):
        read([tmp_path / "log.parquet"])


def test_a_time_of_parquet_that_python_cannot_hold_is_rejected(tmp_path: Path) -> None:
    times = pa.array([2**60, 0], pa.timestamp("us"))
    columns = {"case": ["1", "1"], "activity": ["A", "B"], "end_time": times}
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    log = read([tmp_path / "log.parquet"])
    assert [row["activity"] for row in stored(log)] == ["B"]
    assert log.rejected_events["reason"].to_pylist()[0].startswith("unreadable time 38504-08-17")


def test_columns_of_parquet_that_differ_in_case_only_are_two(tmp_path: Path) -> None:
    times = pa.array([0], pa.timestamp("us"))
    columns = [pa.array(["1"]), pa.array(["A"]), pa.array(["B"]), times]
    pq.write_table(pa.table(columns, names=["case", "Activity", "activity", "end_time"]), tmp_path / "log.parquet")
    with pytest.raises(
        InputError, match="two columns could be the activity, 'Activity' and 'activity', and they differ"
    ):
        read([tmp_path / "log.parquet"])


def test_an_empty_text_of_parquet_is_no_value(tmp_path: Path) -> None:
    columns = {
        "case": ["1", ""],
        "activity": ["A", "A"],
        "end_time": pa.array([0, 0], pa.timestamp("us")),
        "x": ["", ""],
    }
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    log = read([tmp_path / "log.parquet"])
    assert [(row["case_id"], row["x"]) for row in stored(log)] == [("1", None)]
    assert log.rejected_events["reason"].to_pylist() == ["no case"]


@pytest.mark.parametrize("cut", [3, 200])
def test_a_cut_or_an_empty_parquet_file_is_refused(tmp_path: Path, cut: int) -> None:
    write_demo_log(tmp_path / "whole.parquet", cases=2, dirty=False, with_truth=False)
    (tmp_path / "log.parquet").write_bytes((tmp_path / "whole.parquet").read_bytes()[:-cut])
    with pytest.raises(InputError, match=r"^log\.parquet"):
        read([tmp_path / "log.parquet"])
    empty = pa.table({"case": pa.array([], pa.string()), "activity": pa.array([], pa.string())})
    pq.write_table(empty, tmp_path / "empty.parquet")
    with pytest.raises(InputError, match=r"empty\.parquet has columns but no rows"):
        read([tmp_path / "empty.parquet"])


def test_the_last_row_of_a_cut_file_is_not_passed_over(tmp_path: Path) -> None:
    times = ["2024-01-01 10:00:00", "2024-01-01 11:00:00"]
    path = write_rows(tmp_path / "log.csv", case=["1", "1"], activity=["A", "B"], end_time=times)
    whole = path.read_bytes()
    path.write_bytes(whole.rstrip())
    assert read([path]).accounting["events"] == 2
    path.write_bytes(whole.rstrip()[:-12])
    with pytest.raises(InputError, match=r"log\.csv ends in the middle of its last row"):
        read([path])


def test_a_record_that_cannot_be_read_as_one_is_rejected_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case,activity,end_time\n1,A,2024-01-01\n1,B,2024-01-02,too,much\n1,C,2024-01-03\n")
    log = read([path])
    assert [row["activity"] for row in stored(log)] == ["A", "C"]
    (rejected,) = log.rejected_events.to_pylist()
    assert (rejected["source_file"], rejected["source_row"]) == ("log.csv", 2)
    assert [log.accounting[name] for name in ("rows_read", "events", "rejected_events")] == [3, 2, 1]


def test_a_stored_log_is_judged_by_its_accounts_and_faults(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv", case=["1", "1", None], activity=["A", "B", "C"], end_time=["2024-01-01"] * 3
    )
    log = read([path])
    names = ("rows_read", "events", "rejected_events", "rows_paired", "inserted_events")
    pq.write_table(pa.table({name: [log.accounting[name]] for name in names}), tmp_path / "accounts.parquet")
    accounts = Accounts.of([tmp_path / "accounts.parquet"])
    assert (accounts.add_up(), accounts.rejected_share, accounts.as_dict()["events"]) == (True, 1 / 3, 2)
    assert not Accounts(rows_read=3, events=1, rejected_events=1, rows_paired=0).add_up()
    assert Accounts(rows_read=0, events=0, rejected_events=0, rows_paired=0).rejected_share == 0
    assert set(count_faults(log.event_log.files).values()) == {0}


def test_faults_of_a_stored_log_are_counted_by_kind(tmp_path: Path) -> None:
    def moments(*days: int | None) -> pa.Array:
        return pa.array([None if day is None else day * 86_400_000_000 for day in days], pa.timestamp("us"))

    broken = {
        "case_id": ["1", None, "2", "1", "1"],
        "activity": ["A", "B", None, "C", "D"],
        "case_code": [0, 0, 1, 0, 0],
        "event_index": [0, 1, 0, 0, 2],
        "start_time": moments(2, 3, None, 5, 4),
        "end_time": moments(1, 3, 3, 5, 4),
    }
    pq.write_table(pa.table(broken), tmp_path / "log.parquet")
    assert count_faults([tmp_path / "log.parquet"]) == {
        "without_case": 1,
        "without_activity": 1,
        "without_time": 1,
        "ends_before_it_starts": 1,
        "case_split": 1,
        "numbered_wrong": 1,
        "out_of_order": 1,
    }
