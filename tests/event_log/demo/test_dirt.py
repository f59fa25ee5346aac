"""The dirt equals its truth: what is recorded stands in the log, and undone it gives the clean log, row by row."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bpa_assets.event_log.demo.log_file import write_demo_log
from tests.event_log.demo.demo_logs import DemoLog

Record = dict[str, Any]
KINDS = {
    "absent_activity", "absent_end_time", "absent_order_value", "absent_region", "absent_resource", "absent_segment",
    "absent_start_time", "duplicate_row", "label_variant", "missing_event", "swapped_times", "unreadable_end_time",
    "whole_day_time",
}  # fmt: skip


def undone(dirty: DemoLog) -> list[Record]:
    """The rows of a dirty log with what its truth records taken back."""
    rows = dirty.texts.to_dicts()
    records = dirty.dirt.to_pylist()
    for record in records:
        if record["column"] is not None:
            row = rows[record["row"] - 1]
            assert row["case_id"] == record["case_id"]
            assert row[record["column"]] == record["dirty"] != record["clean"], record
            row[record["column"]] = record["clean"]
    copies = {record["row"] - 1: int(record["clean"]) - 1 for record in records if record["kind"] == "duplicate_row"}
    for copy, original in copies.items():
        assert rows[copy] == rows[original]
    return [row for number, row in enumerate(rows) if number not in copies]


@pytest.mark.parametrize(("cases", "seed"), [(800, 7), (1700, 21)])
def test_undone_the_dirty_log_is_the_clean_one(tmp_path: Path, cases: int, seed: int) -> None:
    dirty, clean = (
        DemoLog(tmp_path / name, write_demo_log(tmp_path / name, cases=cases, seed=seed, dirty=name == "dirty.csv"))
        for name in ("dirty.csv", "clean.csv")
    )
    removed = [record for record in dirty.dirt.to_pylist() if record["kind"] == "missing_event"]
    left = clean.texts.to_dicts()
    for record in removed:
        gone = json.loads(record["clean"])
        (found,) = [row for row in left if row["case_id"] == record["case_id"] and row.items() >= gone.items()]
        left.remove(found)
    assert undone(dirty) == left
    assert len(removed) > 5


def test_every_kind_is_there_in_its_share_and_the_json_counts_it(dirty: DemoLog) -> None:
    found = dict(dirty.dirt.to_pandas().kind.value_counts())
    assert set(found) == KINDS
    assert {kind: truth["values"] for kind, truth in dirty.truth["dirt"].items()} == found
    by_row = {kind: truth for kind, truth in dirty.truth["dirt"].items() if truth["share"] < 0.02}
    assert len(by_row) == 8
    for kind, truth in by_row.items():
        values = truth["values"] / (2 if kind == "swapped_times" else 1)
        assert 0.5 * truth["share"] < values / dirty.rows_told < 1.5 * truth["share"], kind


def test_the_json_of_a_small_log_lists_the_rows(dirty: DemoLog) -> None:
    for kind, truth in dirty.truth["dirt"].items():
        rows = {row["row"] for row in dirty.dirt.to_pylist() if row["kind"] == kind} - {None}
        if kind != "whole_day_time":
            assert truth.get("rows", []) == sorted(rows)


def test_a_large_log_is_told_in_counts(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    large = DemoLog(path, write_demo_log(path, cases=5001))
    assert all("rows" not in kind for kind in large.truth["dirt"].values())
    assert "exceptions" not in large.truth["planted"]["decision_rule"]
    assert large.dirt["row"].to_pandas().max() <= large.rows_told == len(large.texts) == large.truth["rows"]


def test_a_row_has_one_fault_at_most(dirty: DemoLog) -> None:
    everywhere = {"absent_segment", "whole_day_time"}
    faults = {(row["row"], row["kind"]) for row in dirty.dirt.to_pylist() if row["kind"] not in everywhere}
    rows = [row for row, kind in faults if kind != "missing_event"]
    assert len(rows) == len(set(rows))


def test_only_people_lose_their_name(dirty: DemoLog) -> None:
    gone = {row["clean"] for row in dirty.dirt.to_pylist() if row["kind"] == "absent_resource"}
    assert len(gone) > 15
    assert gone.isdisjoint(dirty.truth["planted"]["automated_resources"])


def test_payments_are_written_as_days_and_nothing_else_is(dirty: DemoLog, clean: DemoLog) -> None:
    midnight = pl.col("start_time").str.ends_with(" 00:00:00") & pl.col("end_time").str.ends_with(" 00:00:00")
    assert dirty.texts.filter(midnight)["activity"].drop_nulls().unique().to_list() == ["Receive payment"]
    assert dirty.texts.filter(midnight).height == dirty.texts.filter(pl.col("role") == "System", midnight).height > 700
    assert clean.texts.filter(midnight).height == 0
