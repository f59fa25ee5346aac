"""Columns with names, numbers and holes that meet no code of ours: imputation and judgement take them as any others."""

from datetime import datetime
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.event_log.imputation import values
from bpa_assets.event_log.reading import EventLog
from tests.event_log.quality.conftest import Profiled, found
from tests.stored_logs import Row, by_case, read, stored, write_rows

OUR_NAMES = (
    *("value", "n", "known", "first", "second", "guess", "accuracy", "plain", "plain_hits", "loss", "gain", "reach"),
    *(
        "case",
        "sorted",
        "lower",
        "middle",
        "upper",
        "variant",
        "cases",
        "events",
        "day",
        "whole_hour",
        "time",
        "position",
        "file_row_number",
        "file_index",
        "first_row",
        "place",
    ),
)


def filled(log: EventLog, column: str) -> Row:
    return {row["column_name"]: row for row in log.imputation.to_pylist()}[column]


def rows(cases: int, *activities: str) -> dict[str, list[object]]:
    """Case, activity and time of cases of a few steps, one an hour."""
    steps = [(case, step) for case in range(cases) for step in range(len(activities))]
    return {
        "case_id": [f"c{case}" for case, _ in steps],
        "activity": [activities[step] for _, step in steps],
        "end_time": [f"2026-01-{case % 28 + 1:02} {step:02}:00:00" for case, step in steps],
    }


@pytest.mark.parametrize("name", OUR_NAMES)
def test_an_attribute_may_have_any_name_of_ours(name: str, profiled: Profiled, tmp_path: Path) -> None:
    columns = rows(40, "Ask", "Give")
    zones = [("north", "south")[row % 2] for row in range(80)]
    amounts = [5 + row % 2 * 20 + row % 3 for row in range(80)]
    told = {name: zones, "zone": [None if row % 9 == 4 else zones[row] for row in range(80)]}
    sums = {"amount": [None if row % 9 == 5 else amounts[row] for row in range(80)]}
    log = read([write_rows(tmp_path / "names.csv", **columns, **told, **sums)])
    assert filled(log, "zone")["filled"] == 9
    profile = profiled(**columns, **told, **sums)
    assert {issue.column for issue in found(profile, "missing_values")} <= {"zone", "amount"}


def test_a_number_that_has_the_name_of_ours_is_filled_in_as_any_other(tmp_path: Path) -> None:
    columns = rows(40, "Ask", "Give")
    for name in ("amount", "value", "reach", "case"):
        amounts = [None if row == 7 else 10 + row % 2 * 1000 + row // 2 for row in range(80)]
        log = read([write_rows(tmp_path / f"{name}.csv", **columns, **{name: amounts})])
        (row,) = [row for row in stored(log) if row["imputed"]]
        column = log.event_attribute["column_name"][0].as_py()
        # Of Give the amounts are 1010 to 1049, 1013 is hidden: the median of the other 39 is the twentieth of them.
        assert (row[column], filled(log, column)["context"]) == (1030, "median by activity")


def test_one_blank_time_is_filled_in_shown_and_judged(profiled: Profiled) -> None:
    columns = rows(40, "Ask", "Check", "Give")
    columns["end_time"][4] = None
    told = {"column_name": "time", "kind": "time", "rows_absent": 1, "filled": 1, "context": "median by step",
            "accuracy": 1.0, "plain_accuracy": 1.0, "abstained_because": None, "drift": None}  # fmt: skip
    (issue,) = found(profiled(imputation=[told], **columns), "missing_values")
    assert (issue.column, issue.rows, issue.told) == (
        "time", 1, "time is absent in 1 records; 1 were filled in: median by step",
    )  # fmt: skip
    assert [example.source_row for example in issue.examples] == [5]


def test_numbers_of_very_many_digits_are_names_and_stay_exact(tmp_path: Path) -> None:
    columns = rows(40, "Ask", "Check", "Give")
    numbers: list[object] = [10**17 + 7 * (row // 3) for row in range(120)]
    numbers[4] = None
    log = read([write_rows(tmp_path / "log.csv", **columns, tracking=numbers)])
    assert [row["tracking"] for row in by_case(stored(log)) if row["case_id"] == "c1"] == [10**17 + 7] * 3


def test_what_is_a_code_where_it_is_learned_is_one_in_every_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "SAMPLE", 60)
    columns = rows(400, "Ask", "Give")
    codes = [row % 19 if row < 600 else row for row in range(800)]
    zones = [None if row % 50 == 7 else f"zone {row % 19}" for row in range(800)]
    assert read([write_rows(tmp_path / "log.csv", **columns, code=codes, zone=zones)]).event_log.rows == 800


def test_one_value_that_is_no_number_changes_nothing(tmp_path: Path) -> None:
    random = Random(5)
    columns = rows(300, "Ask", "Give")
    times = [datetime.fromisoformat(str(time)) for time in columns["end_time"]]
    amounts: list[float | None] = [None if row % 10 == 3 else random.random() for row in range(600)]
    for odd in (0.5, float("nan"), float("inf")):
        amounts[0] = odd
        table = pa.table({**columns, "end_time": pa.array(times, pa.timestamp("us")), "amount": amounts})
        pq.write_table(table, tmp_path / "log.parquet")
        row = filled(read([tmp_path / "log.parquet"]), "amount")
        assert (row["filled"], row["abstained_because"]) == (0, "no context tells it better than the median")


def test_a_case_is_hidden_whole_where_the_value_is_that_of_the_case(tmp_path: Path) -> None:
    """A region that has nothing to do with the customer is not told by the customer's other rows."""
    random = Random(3)
    columns = rows(400, "Ask", "Check", "Give")
    regions = [random.choice(["north", "south", "east", "west"]) for _ in range(400)]
    absent = {random.randrange(400) for _ in range(80)}
    customer = [f"customer {row // 3 // 3}" for row in range(1200)]
    region = [None if row // 3 in absent else regions[row // 3] for row in range(1200)]
    log = read([write_rows(tmp_path / "log.csv", **columns, customer=customer, region=region)])
    assert filled(log, "region")["filled"] == 0


def test_a_good_way_does_not_carry_a_worthless_one_along(tmp_path: Path) -> None:
    """The value of the case is right where the case has one; where it has none, no median beats that of all."""
    random = Random(1)
    columns = rows(300, "Ask", "Check", "Give")
    totals = [round(random.uniform(1, 4000)) for _ in range(300)]
    total: list[object] = [totals[row // 3] for row in range(900)]
    for row in range(0, 900, 30):
        total[row] = None  # the other rows of the case tell
    for row in range(3, 900, 45):
        total[row : row + 3] = [None] * 3  # nothing tells
    groups = [random.choice("abc") for _ in range(300)]
    log = read(
        [write_rows(tmp_path / "log.csv", **columns, total=total, group=[groups[row // 3] for row in range(900)])]
    )
    hopeless = {f"c{row // 3}" for row in range(3, 900, 45)}
    for row in stored(log):
        assert (row["total"] is None) == (row["case_id"] in hopeless)
