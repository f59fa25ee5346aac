"""Features by hand, and that no later row of a case changes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.rule_set.mining.mining import MinedFrom, moments_of
from bpa_assets.rule_set.moments.feature_columns import attributes_of, counted_activities, possible_features
from bpa_assets.rule_set.moments.moments import Moments
from bpa_assets.rule_set.moments.targets import NEVER, asked
from bpa_assets.settings import ProcessConfig
from tests.rule_set.planted_rules import source_of
from tests.stored_logs import write_rows

NET = PetriNet(4, ("a", "b", None, None), ((0,), (2,), (3,), (3,)), ((2,), (3,), (2,), (1,)))
HOUR = timedelta(hours=1)
MONDAY = datetime(2024, 1, 1, 8)

Row = tuple[str, str, datetime, datetime, str, float | None, str | None, str]

# case, activity, start, end, resource, amount, note, kind
ROWS: list[Row] = [
    ("1", "a", MONDAY, MONDAY + HOUR, "Ann", 10.0, None, "x"),
    ("1", "b", MONDAY + 3 * HOUR, MONDAY + 4 * HOUR, "Bo", None, "seen", "x"),
    ("1", "b", MONDAY + 4 * HOUR, MONDAY + 6 * HOUR, "Ann", 30.0, None, "x"),
    ("2", "a", MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, "Bo", 20.0, None, "y"),
    ("2", "b", MONDAY + 5 * HOUR, MONDAY + 26 * HOUR, "Bo", 20.0, None, "y"),
]
CONFIG = ProcessConfig.model_validate(
    {"ends": ["b"], "sla": {"cycle_time": "5h"}, "outcome": {"good": ["a"], "bad": ["b"]}, "impute": {"values": False}}
)


def _source(rows: Sequence[Row], folder: Path, config: ProcessConfig = CONFIG) -> MinedFrom:
    folder.mkdir()
    names = ("case_id", "activity", "start_time", "end_time", "resource", "amount", "note", "kind")
    columns = {
        name: [one.isoformat() if isinstance(one, datetime) else one for one in values]
        for name, values in zip(names, zip(*rows, strict=True), strict=True)
    }
    return source_of(write_rows(folder / "log.csv", **columns), NET, config)


def _moments(rows: Sequence[Row], folder: Path) -> Moments:
    return moments_of(_source(rows, folder))[0]


def _row(table: pa.Table, case: str, index: int) -> dict[str, Any]:
    (row,) = (one for one in table.to_pylist() if (one["case_id"], one["event_index"]) == (case, index))
    return dict(row)


def test_features_by_hand(tmp_path: Path) -> None:
    found = _moments(ROWS, tmp_path / "one")
    row = _row(found.at("b → b | end"), "1", 1)
    expected = {
        "amount": 10.0, "note": "seen", "kind": "x", "elapsed": 14_400.0, "waiting_so_far": 7_200.0,
        "processing_so_far": 7_200.0, "events_so_far": 2, "rework_so_far": 0, "handovers_so_far": 1,
        "last_activity": "b", "last_resource": "Bo", "weekday": "mon", "hour": 12, "open_cases": 2, "times_a": 1,
        "times_b": 1, "chosen": "b", "passage": 0,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    last = _row(found.at("b → b | end"), "1", 2)
    assert (last["rework_so_far"], last["amount"], last["chosen"], last["passage"]) == (1, 30.0, "end", 1)
    assert _row(found.at("b → b | end"), "2", 1)["weekday"] == "tue"
    assert _row(found.at("start"), "1", 0)["note"] is None


def test_who_is_only_guessed_is_not_known(tmp_path: Path) -> None:
    rows = [
        (str(case), activity, MONDAY + case * HOUR, MONDAY + case * HOUR, who, None, None, "x")
        for case in range(60)
        for activity, who in (("a", "Ann"), ("b", "" if case == 30 else "Bo"))
    ]
    config = ProcessConfig.model_validate({"ends": ["b"]})
    source = _source(rows, tmp_path / "one", config)
    stored = pa.concat_tables(pq.read_table(file) for file in source.event_log).filter(pc.field("case_id") == "30")
    assert stored["resource"].to_pylist() == ["Ann", "Bo"]
    assert stored["imputed"].to_pylist() == [[], ["resource"]]
    found = moments_of(source)[0]
    assert _row(found.at("b → b | end"), "30", 1)["last_resource"] == "Ann"
    assert _row(found.at("b → b | end"), "31", 1)["last_resource"] == "Bo"


def test_targets_by_hand(tmp_path: Path) -> None:
    found = _moments(ROWS, tmp_path / "one")
    at_start = [_row(found.at("start"), case, 0) for case in ("1", "2")]
    assert [one["sla_breach"] for one in at_start] == [True, True]
    assert [one["rework"] for one in at_start] == [True, False]
    assert [one["bad_outcome"] for one in at_start] == [True, True]
    # After the first b of case 1 the outcome (its last b) is yet to come; case 2 is over its limit, and done badly.
    after = [_row(found.at("after b"), "1", 1), _row(found.at("after b"), "2", 1)]
    assert [one["bad_outcome"] for one in after] == [True, None]
    assert [one["sla_breach"] for one in after] == [True, None]
    assert [one["rework"] for one in after] == [True, False]


def test_no_later_row_of_a_case_changes_what_is_known(tmp_path: Path) -> None:
    whole = _moments(ROWS, tmp_path / "whole")
    later: Row = ("1", "b", MONDAY + 5 * HOUR, MONDAY + 9 * HOUR, "Cy", 99.0, "late", "x")
    other = _moments([*ROWS[:2], later, *ROWS[3:]], tmp_path / "other")
    for at, index in (("start", 0), ("after a", 0), ("b → b | end", 1)):
        one, two = (_row(found.at(at), "1", index) for found in (whole, other))
        assert {name: one[name] for name in whole.features} == {name: two[name] for name in whole.features}


def test_open_cases_tell_what_they_chose_and_no_target(tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"ends": ("z",)})
    found = moments_of(_source(ROWS, tmp_path / "one", config))[0]
    assert found.at("b → b | end")["chosen"].to_pylist() == ["b"]
    assert _row(found.at("start"), "2", 0)["rework"] is None
    # It has repeated b; of the open cases only those that already have would count.
    assert _row(found.at("start"), "1", 0)["rework"] is None


def test_moments_are_sorted_and_later_cases_are_marked(tmp_path: Path) -> None:
    rows: list[Row] = [
        (f"c{case}", name, MONDAY + (10 - case) * HOUR, MONDAY + (11 - case) * HOUR, "Ann", 1.0, None, "x")
        for case in range(10)
        for name in ("a", "b")
    ]
    found = _moments(rows, tmp_path / "one")
    begun = found.at("start").select(["case_id", "case_index", "later"]).to_pylist()
    assert [one["case_id"] for one in begun] == [f"c{case}" for case in range(9, -1, -1)]
    assert [one["later"] for one in begun] == [False] * 7 + [True] * 3
    assert found.table["at"].to_pylist() == sorted(found.table["at"].to_pylist(), key=list(found.slices).index)


@pytest.mark.parametrize("names", [["Pay bill", "pay_bill", "Ünï"], ["?", "!"]])
def test_counted_activities_have_names_of_their_own(names: list[str]) -> None:
    found = counted_activities(dict.fromkeys(names, 1), names)
    assert len(set(found.values())) == len(names)
    assert all(one.startswith("times_") for one in found.values())


def test_activities_of_any_script_are_counted_by_their_name() -> None:
    assert counted_activities({}, ["批准", "Ünï  Bill!"]) == {1: "times_ünï_bill", 0: "times_批准"}


def test_which_activity_is_counted_does_not_depend_on_how_frequent_it_is() -> None:
    names = ["Pay bill", "pay_bill"]
    one, other = counted_activities({"Pay bill": 9}, names), counted_activities({"pay_bill": 9}, names)
    assert one == other
    assert one[0].startswith("times_pay_bill_")
    assert one[0] != one[1]


def test_what_an_open_case_has_not_shown_is_no_choice_of_it(tmp_path: Path) -> None:
    # x is done or left out beside y; case 2 has neither done it nor gone on when the log ends.
    net = PetriNet(
        7,
        ("a", None, "x", None, "y", "z"),
        ((0,), (6,), (2,), (2,), (3,), (4, 5)),
        ((6,), (2, 3), (4,), (4,), (5,), (1,)),
    )
    ways = {"1": ("a", "y", "z"), "2": ("a", "y", "y"), "3": ("a", "y", "x", "z")}
    rows: list[Row] = [
        (case, name, MONDAY + row * HOUR, MONDAY + (row + 1) * HOUR, "Ann", 1.0, None, "x")
        for case, way in ways.items()
        for row, name in enumerate(way)
    ]
    (tmp_path / "one").mkdir()
    names = ("case_id", "activity", "start_time", "end_time")
    columns = {name: [str(row[place]) for row in rows] for place, name in enumerate(names)}
    log = write_rows(tmp_path / "one" / "log.csv", **columns)
    found = moments_of(source_of(log, net, ProcessConfig.model_validate({"ends": ["z"]})))[0]
    (point,) = (at for at in found.slices if "→" in at)
    chosen = found.at(point).select(["case_id", "chosen"]).to_pylist()
    assert [(one["case_id"], one["chosen"]) for one in chosen] == [("1", "skip x"), ("3", "x")]


def test_an_attribute_of_a_case_that_was_filled_in_is_known_only_once_it_was_written_down(tmp_path: Path) -> None:
    """The verdict, the same in all rows of a case that have it, is written down at the end of every second case."""
    rows: list[Row] = []
    for case in range(40):
        begin, verdict = MONDAY + case * HOUR, ("yes", "no")[case // 2 % 2]
        for row, name in enumerate(("a", "b", "b")):
            known = verdict if row == 2 or case % 2 == 0 else None
            time = begin + row * timedelta(minutes=5)
            rows.append((str(case), name, time, time + timedelta(minutes=4), "Ann", 1.0, known, "x"))
    config = CONFIG.model_copy(update={"impute": CONFIG.impute.model_copy(update={"values": True})})
    found = moments_of(_source(rows, tmp_path / "one", config))[0]
    at_start = {one["case_id"]: one["note"] for one in found.at("start").to_pylist()}
    assert (at_start["0"], at_start["2"], at_start["1"]) == ("yes", "no", None)
    assert found.at("b → b | end")["note"].to_pylist().count(None) == 20  # after the first b of every second case


def test_attributes_keep_apart_from_each_other_and_from_what_is_computed() -> None:
    names = ["later", "attr_later", "elapsed", "case_elapsed"]
    log = pa.table({"column_name": names, "type": ["DOUBLE"] * 4, "level": ["case"] * 4})
    found = attributes_of(log)
    assert [one.name for one in found] == ["attr_attr_later", "attr_later", "elapsed", "case_elapsed"]
    features = possible_features(found, ["times_a"])
    assert [features[name].source for name in names[2:]] == ["attribute", "attribute"]
    assert features["case_case_elapsed"].source == "computed"


def test_a_target_is_asked_of_cases_that_are_decided_and_where_it_had_not_happened_yet() -> None:
    happened = np.array([5, NEVER, 5, NEVER, 1])
    decided = np.array([True, True, False, False, True])
    comes_true, told = asked(happened, np.full(5, 1), decided)
    assert comes_true.tolist() == [True, False, False, False, False]
    assert told.tolist() == [True, True, False, False, False]
