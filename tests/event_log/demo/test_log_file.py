"""The file: its size, the same bytes for the same arguments, nothing half-written, and the reader takes all of it."""

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from bpa_assets.event_log.demo import log_file
from bpa_assets.event_log.demo.log_file import ROWS_A_CASE, truth_file, write_demo_log
from bpa_assets.event_log.demo.site import simulate_site
from bpa_resources.errors import InputError
from tests.event_log.demo.demo_logs import DemoLog
from tests.stored_logs import by_case, read, stored

TRUTH = ("json", "dirt.parquet", "waits.parquet")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_same_arguments_give_the_same_bytes_and_another_seed_another_log(tmp_path: Path, suffix: str) -> None:
    made = []
    for number, seed in enumerate((7, 7, 8)):
        path = tmp_path / str(number) / f"log.{suffix}"
        path.parent.mkdir()
        write_demo_log(path, cases=200, seed=seed)
        made.append([file.read_bytes() for file in (path, *(truth_file(path, what) for what in TRUTH))])
    assert made[0] == made[1]
    assert all(one != other for one, other in zip(made[0], made[2], strict=True))


def test_a_log_has_the_cases_that_were_asked_for(tmp_path: Path) -> None:
    for cases in (1, 2, 37, 1500, 1501, 4000):
        path = tmp_path / f"{cases}.parquet"
        rows = write_demo_log(path, cases=cases, dirty=False, with_truth=False)
        found = pq.read_table(path, columns=["case_id"])["case_id"]
        assert (len(found), found.unique().to_pylist().__len__()) == (rows, cases)
        assert set(found.to_pylist()) == {f"O-{number}" for number in range(1, cases + 1)}
        assert cases < 100 or abs(rows / cases / ROWS_A_CASE - 1) < 0.03
        assert [file.name for file in tmp_path.iterdir() if "truth" in file.name or file.name.startswith(".")] == []


def test_compiled_the_queues_give_what_they_give_interpreted() -> None:
    one, other = (simulate_site(2, 0, 300, 26, seed=5, compiled=compiled).times for compiled in (False, True))
    for name in one.__dataclass_fields__:
        assert (getattr(one, name) == getattr(other, name)).all(), name


def test_no_time_lies_after_the_export(typed: DemoLog) -> None:
    ((latest, earliest),) = typed.ask("select max(end_time)::text, min(start_time)::text from log")
    assert typed.truth["first_day"] < earliest < latest < typed.truth["exported_at"].replace("T", " ")
    assert typed.truth["exported_at"] < "2026-03"


def test_both_formats_read_as_the_same_log(tmp_path: Path, clean: DemoLog) -> None:
    write_demo_log(tmp_path / "log.parquet", dirty=False, with_truth=False)
    logs = read([clean.path]), read([tmp_path / "log.parquet"])
    one, other = ([{**row, "source_file": None} for row in by_case(stored(log))] for log in logs)
    assert len(one) == clean.rows_told
    assert one == other


def test_the_reader_accounts_for_every_row_and_refuses_only_what_was_spoilt(dirty: DemoLog) -> None:
    log = read([dirty.path])
    rejected = set(log.rejected_events["source_row"].to_pylist())
    accounts = log.accounting
    read_in = [accounts[name] for name in ("rows_read", "events", "rejected_events", "rows_paired")]
    assert read_in == [dirty.rows_told, len(stored(log)), len(rejected), 0]
    assert dirty.rows_told == dirty.truth["rows"] == len(stored(log)) + len(rejected)
    spoilt = {kind: set(found.get("rows", [])) for kind, found in dirty.truth["dirt"].items()}
    assert spoilt["unreadable_end_time"] <= rejected <= spoilt["unreadable_end_time"] | spoilt["absent_activity"]
    assert 0 < len(rejected) / dirty.rows_told < 0.01  # above, the check warns


def test_a_log_of_another_name_than_csv_or_parquet_is_refused(tmp_path: Path) -> None:
    for name, arguments, said in (
        ("log.xlsx", {}, "log.xlsx: a demo log is a .csv or a .parquet file"),
        ("log.csv", {"cases": 0}, "at least 1 case, not 0"),
        ("log.csv", {"seed": -1}, "a seed is 0 or greater, not -1"),
    ):
        with pytest.raises(InputError, match=said):
            write_demo_log(tmp_path / name, **arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_fails_halfway_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv"
    write_demo_log(path, cases=30)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def second_fails(number: int, *arguments: int, **options: bool) -> object:
        if number == 1:
            raise OSError("no space left")
        return simulate_site(number, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(log_file, "simulate_site", second_fails)
    monkeypatch.setattr(log_file._File, "_ROWS_A_PART", 10)
    with pytest.raises(OSError, match="no space left"):
        write_demo_log(path, cases=1600)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_log_without_truth_takes_that_of_an_earlier_log_away(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    write_demo_log(path, cases=5)
    assert len(list(tmp_path.iterdir())) == 4
    write_demo_log(path, cases=5, with_truth=False)
    assert list(tmp_path.iterdir()) == [path]


def test_a_clean_log_has_no_fault(clean: DemoLog) -> None:
    assert clean.truth["dirt"] == {}
    assert clean.dirt.num_rows == 0
    assert clean.texts.null_count().sum_horizontal().to_list() == [0]
    times = clean.texts.select(pl.col("start_time", "end_time").str.to_datetime())
    assert (times["end_time"] > times["start_time"]).all()
    assert np.all(np.diff(times["start_time"].dt.epoch("s").to_numpy()) >= 0)
