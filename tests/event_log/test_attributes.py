"""The attributes of a log: names, types by content, and whether they belong to the case or to the event."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.event_log.attributes import RESERVED, column_names, common_type, names_in_files, snake_case
from bpa_assets.event_log.reading import EventLog
from bpa_assets.settings import ProcessConfig, Source
from tests.stored_logs import read, stored, write_rows

UNTIMED = settings(deadline=None)


@pytest.mark.parametrize(
    ("source_name", "name"),
    [
        ("Order Value", "order_value"),
        ("orderValue", "order_value"),
        ("case:Order-Value", "case_order_value"),
        ("(case)_AMOUNT_REQ", "case_amount_req"),
        ("HTTPStatus", "httpstatus"),
        ("Größe", "groe"),
        ("Prüfung", "prufung"),
        ("a__b", "a_b"),
        ("審査", ""),
        ("", ""),
        ("x" * 100, "x" * 63),
    ],
)
def test_a_name_is_written_in_snake_case(source_name: str, name: str) -> None:
    assert snake_case(source_name) == name


def test_a_name_that_collides_gets_a_prefix_and_then_a_number() -> None:
    assert column_names(["Cost", "X", "x", "X!", "attr_x", "1st", "審査", "", "Process", "Suspend times"]) == [
        "attr_cost",
        "x",
        "attr_x",
        "attr_x_2",
        "attr_attr_x",
        "attr_1st",
        "column_7",
        "column_8",
        "attr_process",
        "attr_suspend_times",
    ]


@UNTIMED
@given(st.lists(st.text(max_size=8) | st.sampled_from(["x", "X", "attr_x", "attr_x_2", "cost", "column_1"])))
def test_names_are_plain_each_once_and_no_fixed_column(source_names: list[str]) -> None:
    names = column_names(source_names)
    assert len(set(names)) == len(names) == len(source_names)
    assert not RESERVED & set(names)
    for name in names:
        assert name.isascii()
        assert name.replace("_", "").isalnum()
        assert name == name.lower()
        assert not name[0].isdigit()


def test_files_share_a_column_when_names_differ_in_case_and_signs_only() -> None:
    assert names_in_files([["Order Value", "Note"], ["order_value", "NOTE", "More"]]) == [
        ["order_value", "note"],
        ["order_value", "note", "more"],
    ]
    # Other letters are another attribute, though both are written alike or not at all.
    assert names_in_files([["審査", "Prüfung"], ["部門", "Prufung"]]) == [
        ["column_1", "prufung"],
        ["column_3", "attr_prufung"],
    ]
    assert names_in_files([["x", "X"], ["X"]]) == [["x", "attr_x"], ["x"]]


def test_types_of_several_files_meet_in_one_that_holds_them_all() -> None:
    assert common_type(["BIGINT", "BIGINT"]) == "BIGINT"
    assert common_type(["BIGINT", "DOUBLE"]) == "DOUBLE"
    assert common_type(["BIGINT", "BOOLEAN"]) == "VARCHAR"
    assert common_type(["TIMESTAMP", "DOUBLE"]) == "VARCHAR"
    assert common_type(["SOMETHING"]) == "VARCHAR"


# --- through a file --------------------------------------------------------------------------------------------------


def attribute(log: EventLog) -> tuple[str, list[Any]]:
    """Type and values of the only attribute; times as text."""
    (found,) = log.event_attribute.to_pylist()
    values = [row[found["column_name"]] for row in sorted(stored(log), key=lambda row: row["source_row"])]
    return found["type"], [str(value) if found["type"] == "TIMESTAMP" and value else value for value in values]


def written(path: Path, texts: list[str | None], **more: Any) -> Path:
    times = [f"2024-01-01T{row // 60 % 24:02}:{row % 60:02}" for row in range(len(texts))]
    return write_rows(path, case=["1"] * len(texts), activity=["A"] * len(texts), end_time=times, X=texts, **more)


@pytest.mark.parametrize(
    ("texts", "expected", "values"),
    [
        (["7", "-8", None, "0"], "BIGINT", [7, -8, None, 0]),
        (["007", "8"], "VARCHAR", ["007", "8"]),
        (["+1", "2"], "VARCHAR", ["+1", "2"]),
        (["9223372036854775807", "1"], "BIGINT", [9223372036854775807, 1]),
        (["9223372036854775808", "1"], "VARCHAR", ["9223372036854775808", "1"]),
        (["1", "2.5", "1e3", "-0.25"], "DOUBLE", [1.0, 2.5, 1000.0, -0.25]),
        (["1.5", "12345678901234567"], "VARCHAR", ["1.5", "12345678901234567"]),
        (["1,5", "2"], "DOUBLE", [1.5, 2.0]),
        (["01.5", "2"], "VARCHAR", ["01.5", "2"]),
        (["1.5", "nan"], "VARCHAR", ["1.5", "nan"]),
        (["1e999", "2"], "VARCHAR", ["1e999", "2"]),
        (["true", "False", None], "BOOLEAN", [True, False, None]),
        (["yes", "no"], "VARCHAR", ["yes", "no"]),
        (["1", "true"], "VARCHAR", ["1", "true"]),
        (["2024-01-02", "2024-01-02 10:00"], "TIMESTAMP", ["2024-01-02 00:00:00", "2024-01-02 10:00:00"]),
        (["2024-01-02T10:00+02:00", "2024-01-02T10:00Z"], "TIMESTAMP", ["2024-01-02 08:00:00", "2024-01-02 10:00:00"]),
        (["2024-01-02", "2024-02-30"], "VARCHAR", ["2024-01-02", "2024-02-30"]),
        (["2024-01-02", "9999-12-31"], "VARCHAR", ["2024-01-02", "9999-12-31"]),
        (["2024-01-02", "0001-01-01"], "VARCHAR", ["2024-01-02", "0001-01-01"]),
        (["2024-01-02 (BC)", "2024-01-02"], "VARCHAR", ["2024-01-02 (BC)", "2024-01-02"]),
        (["2024", "2023"], "BIGINT", [2024, 2023]),
        ([None, None], "VARCHAR", [None, None]),
        ([" 1", "2"], "VARCHAR", [" 1", "2"]),
    ],
)
def test_a_type_is_inferred_only_if_every_value_fits_it_exactly(
    tmp_path: Path, texts: list[str | None], expected: str, values: list[Any]
) -> None:
    assert attribute(read([written(tmp_path / "log.csv", texts)])) == (expected, values)


@pytest.mark.parametrize(
    ("last", "expected"), [("x", "VARCHAR"), ("0.5", "DOUBLE"), ("007", "VARCHAR"), ("7", "BIGINT")]
)
def test_a_value_far_down_the_file_decides_too(tmp_path: Path, last: str, expected: str) -> None:
    texts: list[str | None] = [*(str(number) for number in range(20_500)), last]
    found, values = attribute(read([written(tmp_path / "log.csv", texts)]))
    assert found == expected
    assert str(values[-1]) == last
    assert len(values) == len(texts)
    assert {type(value) for value in values} == {{"VARCHAR": str, "DOUBLE": float, "BIGINT": int}[expected]}


def test_a_type_holds_the_values_of_every_file(tmp_path: Path) -> None:
    one = written(tmp_path / "1.csv", ["1", "1234567890123456789"])
    times = ["2025-01-01", "2025-01-02"]
    two = write_rows(tmp_path / "2.csv", case=["2", "2"], activity=["A", "A"], end_time=times, x=["1.5", "2"])
    log = read([one, two])
    (found,) = log.event_attribute.to_pylist()
    assert (found["source_name"], found["column_name"], found["type"]) == ("X", "x", "DOUBLE")
    assert [row["x"] for row in stored(log)] == [1.0, 1234567890123456789.0, 1.5, 2.0]


def test_a_local_time_in_an_attribute_is_of_the_zone_of_the_log(tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", ["2024-07-01T12:00", "2024-07-01T12:00Z"])
    config = ProcessConfig(source=Source(timezone="Europe/Amsterdam"))
    assert attribute(read([path], config=config))[1] == ["2024-07-01 10:00:00", "2024-07-01 12:00:00"]


# Names that mean something inside: to the reader, to the scan, to DuckDB.
WITHIN = (
    *("c0", "c1", "reason", "record", "bucket", "misfit", "file_index", "start_time_text", "end_time:local", "digest"),
    *(
        "lifecycle",
        "instance",
        "t",
        "rows",
        "select",
        "column",
        "check",
        "file_row_number",
        "attribute:x",
        "row_number",
    ),
    *("a.b", 'we"ird', "it's", "a,b", "%s", "{0}", "Ünï", "審査", "1st", "__", "name", "index"),
)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_attribute_may_be_called_anything(tmp_path: Path, kind: str) -> None:
    columns: dict[str, list[Any]] = {"case_id": ["1", "1"], "activity": ["A", "B"], "end_time": ["2024-01-01", "soon"]}
    columns |= {name: [f"v {name}", "w"] for name in WITHIN}
    path = tmp_path / f"log.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table(columns), path)
    else:
        import csv

        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([list(columns), *zip(*columns.values(), strict=True)])
    log = read([path])
    (row,) = stored(log)
    found = {one["source_name"]: row[one["column_name"]] for one in log.event_attribute.to_pylist()}
    assert found == {name: f"v {name}" for name in WITHIN}
    assert (row["case_id"], row["activity"], log.rejected_events.num_rows) == ("1", "A", 1)


def test_a_name_of_a_fixed_column_gets_the_prefix(tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", ["a"], Waiting_Seconds=["b"], source_row=["c"], x=["d"])
    log = read([path])
    (row,) = stored(log)
    assert (row["x"], row["attr_waiting_seconds"], row["attr_source_row"], row["attr_x"]) == ("a", "b", "c", "d")
    assert row["source_row"] == 1
    assert log.event_attribute.select(["source_name", "column_name"]).to_pylist()[1] == {
        "source_name": "Waiting_Seconds",
        "column_name": "attr_waiting_seconds",
    }


def test_an_attribute_is_of_the_case_if_it_never_changes_within_one(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", "2", "1", "2"],
        activity=["A"] * 4,
        end_time=[f"2024-01-0{day}" for day in range(1, 5)],
        constant=["x", "y", "x", "y"],
        changing=["x", "y", "x", "z"],
        sometimes=["x", "y", None, "y"],
        number=["1", "2", "1", "2"],
        moment=["2024-01-01", "2024-01-02", "2024-01-01", "2024-01-03"],
        empty=[None] * 4,
        flag=["true", "false", "true", "false"],
    )
    levels = {row["column_name"]: row["level"] for row in read([path]).event_attribute.to_pylist()}
    assert levels == {
        "constant": "case",
        "changing": "event",
        "sometimes": "event",
        "number": "case",
        "moment": "event",
        "empty": "case",
        "flag": "case",
    }


@pytest.mark.parametrize(
    ("values", "type_name", "expected"),
    [
        (pa.array([1, None], pa.int8()), "BIGINT", [1, None]),
        (pa.array([1, 2], pa.uint32()), "BIGINT", [1, 2]),
        (pa.array([0.5, 2], pa.float32()), "DOUBLE", [0.5, 2.0]),
        (pa.array([True, False]), "BOOLEAN", [True, False]),
        (pa.array(["007", ""]), "VARCHAR", ["007", None]),
        (pa.array(["7", "8"]), "BIGINT", [7, 8]),
        (pa.array(["a", "b"]).dictionary_encode(), "VARCHAR", ["a", "b"]),
        (pa.array([1_000_000, 0], pa.timestamp("us")), "TIMESTAMP", ["1970-01-01 00:00:01", "1970-01-01 00:00:00"]),
        (
            pa.array([1, 0], pa.timestamp("s", "Asia/Tokyo")),
            "TIMESTAMP",
            ["1970-01-01 00:00:01", "1970-01-01 00:00:00"],
        ),
        (pa.array([1, 0], pa.date32()), "TIMESTAMP", ["1970-01-02 00:00:00", "1970-01-01 00:00:00"]),
        (pa.array([[1], [2]]), "VARCHAR", ["[1]", "[2]"]),
        (pa.nulls(2), "VARCHAR", [None, None]),
    ],
)
def test_types_of_parquet_are_kept(tmp_path: Path, values: pa.Array, type_name: str, expected: list[Any]) -> None:
    times = pa.array([0, 1], pa.timestamp("ns"))
    columns = {"case": ["1", "1"], "activity": ["A", "B"], "end_time": times, "x": values}
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    assert attribute(read([tmp_path / "log.parquet"])) == (type_name, expected)
