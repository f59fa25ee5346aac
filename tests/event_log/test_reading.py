"""Files to event_log, end to end: equal to the oracle for every kind of file, and every record accounted for."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpa_assets.event_log import event_table, sources, spilled_records, typed_columns
from bpa_assets.settings import ProcessConfig, Source
from bpa_resources.errors import InputError
from bpa_resources.tables.event_log import EVENT_LOG
from tests import oracle
from tests.oracle import Record
from tests.random_log_files import Convention, TimeText
from tests.random_logs import RandomLog, any_logs, write_csv, write_parquet, write_xes
from tests.stored_logs import Row, by_case, expected, fixed_columns, read, stored, tables_of, write_rows

# A busy machine is no failure.
UNTIMED = settings(deadline=None, suppress_health_check=list(HealthCheck))

CONVENTIONS = st.sampled_from(get_args(Convention))


def check(log: RandomLog, name: str, write: Callable[[Path], Sequence[Record]]) -> None:
    """What is read from the written file is what the oracle makes of its records, and the accounts add up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        events = oracle.pair(write(path), two_times=log.two_times)
        found = read([path])
        assert fixed_columns(found) == expected(events)
        accounts = found.accounting
        assert accounts["rows_read"] == len(log.records)
        assert accounts["events"] == found.event_log.rows == len(events)
        assert accounts["rejected_events"] == found.rejected_events.num_rows == 0
        assert accounts["rows_paired"] == len(log.records) - len(events)


@UNTIMED
@pytest.mark.parametrize("large", [1, 10**9], ids=["compiled", "duckdb"])
@given(any_logs(), CONVENTIONS, st.sampled_from(get_args(TimeText)), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_a_csv_becomes_the_events_of_the_oracle(
    large: int, log: RandomLog, convention: Convention, times: TimeText, delimiter: str, packed: bool
) -> None:
    def write(path: Path) -> Sequence[Record]:
        write_csv(log.records, path, two_times=log.two_times, convention=convention, times=times, delimiter=delimiter)
        return log.records

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed_columns, "LARGE", large)
        check(log, "log.csv.gz" if packed else "log.csv", write)


@UNTIMED
@given(any_logs(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_an_xes_becomes_the_events_of_the_oracle(
    log: RandomLog, split_traces: bool, namespace: bool, offsets: bool, packed: bool
) -> None:
    def write(path: Path) -> Sequence[Record]:
        return write_xes(log.records, path, split_traces=split_traces, namespace=namespace, offsets=offsets)

    check(log, "log.xes.gz" if packed else "log.xes", write)


@UNTIMED
@given(any_logs(), CONVENTIONS, st.booleans())
def test_a_parquet_file_becomes_the_events_of_the_oracle(log: RandomLog, convention: Convention, zoned: bool) -> None:
    def write(path: Path) -> Sequence[Record]:
        write_parquet(log.records, path, two_times=log.two_times, convention=convention, zoned=zoned)
        return log.records

    check(log, "log.parquet", write)


@UNTIMED
@given(any_logs())
def test_many_buckets_and_many_files_hold_what_one_holds(log: RandomLog) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "log.parquet"
        write_parquet(log.records, path, two_times=log.two_times)
        whole = read([path])
        patch.setattr(spilled_records, "ROWS_A_BUCKET", 3)
        patch.setattr(sources, "_BATCH", 5)
        patch.setattr(event_table, "ROWS_A_FILE", 6)
        parted = read([path])
        assert by_case(stored(parted)) == by_case(stored(whole))
        same = ("rows_read", "events", "rejected_events", "rows_paired", "duplicate_rows", "reversed_rows")
        assert {name: parted.accounting[name] for name in same} == {name: whole.accounting[name] for name in same}
        assert parted.event_attribute.equals(whole.event_attribute)
        check_numbers(stored(parted))
        for name in ("activities", "transitions", "variants", "process_profile"):
            assert getattr(tables_of(parted), name).to_pylist() == getattr(tables_of(whole), name).to_pylist()


def check_numbers(rows: list[Row]) -> None:
    """A case lies together, codes are dense, one an activity and one a case, and cases come in the order of theirs."""
    cases = [row["case_code"] for row in rows]
    assert cases == sorted(cases)
    assert set(cases) == set(range(len({row["case_id"] for row in rows})))
    assert len({(row["case_code"], row["case_id"]) for row in rows}) == len(set(cases))
    activities = {(row["activity_code"], row["activity"]) for row in rows}
    assert {code for code, _ in activities} == set(range(len({row["activity"] for row in rows})))
    assert len(activities) == len({row["activity"] for row in rows})


def test_event_log_has_the_columns_of_the_lake_in_their_order(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", case=["1"], activity=["A"], end_time=["2024-01-01"], Note=["x"])
    (row,) = stored(read([path]))
    assert tuple(row) == (*EVENT_LOG.column_names, "note")
    assert (row["source_file"], row["source_row"], row["imputed"], row["cost"]) == ("log.csv", 1, [], None)


def test_a_log_larger_than_a_batch_keeps_the_order_of_its_ties(tmp_path: Path) -> None:
    cases, steps = 400, 50
    path = write_rows(
        tmp_path / "log.csv",
        case=[str(case) for _ in range(steps) for case in range(cases)],
        activity=[f"A{step}" for step in range(steps) for _ in range(cases)],
        end_time=["2024-01-01 10:00:00"] * (cases * steps),
    )
    rows = by_case(stored(read([path])))
    assert [row["activity"] for row in rows] == [f"A{step}" for step in range(steps)] * cases
    assert [row["source_row"] for row in rows[:3]] == [1, 1 + cases, 1 + 2 * cases]


# --- several files ---------------------------------------------------------------------------------------------------


def test_files_are_one_log_in_the_order_of_their_names(tmp_path: Path) -> None:
    second = write_rows(tmp_path / "b.csv", case=["1"], activity=["second"], end_time=["2024-01-01"])
    first = write_rows(tmp_path / "a.csv", case=["1"], activity=["first"], end_time=["2024-01-01"])
    log = read([second, first])
    assert [(row["activity"], row["source_file"]) for row in stored(log)] == [("first", "a.csv"), ("second", "b.csv")]
    assert log.accounting["source_files"] == ["a.csv", "b.csv"]


@UNTIMED
@given(any_logs(), st.lists(st.booleans(), min_size=24, max_size=24))
def test_a_log_parted_into_files_is_the_same_log(log: RandomLog, in_first: list[bool]) -> None:
    parts = [
        [one for one, first in zip(log.records, in_first, strict=False) if first],
        [one for one, first in zip(log.records, in_first, strict=False) if not first],
    ]
    # A record that both files have would be kept once; one file alone keeps it twice.
    plain = [
        {(r.case, r.activity, r.start, r.end, r.lifecycle, r.instance, r.resource) for r in part} for part in parts
    ]
    if not all(parts) or plain[0] & plain[1]:
        return
    if len({any(r.start and r.end for r in part) for part in parts}) > 1:
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "1.parquet", Path(folder) / "2.parquet"]
        for part, path in zip(parts, paths, strict=True):
            write_parquet(part, path, two_times=log.two_times)
        joined = Path(folder) / "joined.parquet"
        write_parquet([*parts[0], *parts[1]], joined, two_times=log.two_times)
        places = ("source_file", "source_row", "start_source_row")
        one, other = (
            [{name: value for name, value in row.items() if name not in places} for row in by_case(stored(read(files)))]
            for files in (paths, [joined])
        )
        assert one == other


def test_files_may_have_different_columns_and_kinds(tmp_path: Path) -> None:
    csv = write_rows(
        tmp_path / "a.csv", case=["1"], activity=["A"], end_time=["2024-01-01"], Amount=["7"], Only__here=["x"]
    )
    xes = tmp_path / "b.xes"
    xes.write_text(
        '<log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="B"/>'
        '<date key="time:timestamp" value="2024-01-02T00:00:00Z"/><float key="amount" value="1.5"/></event>'
        "</trace></log>"
    )
    log = read([csv, xes])
    assert [(row["activity"], row["amount"], row["only_here"]) for row in stored(log)] == [
        ("A", 7.0, "x"),
        ("B", 1.5, None),
    ]
    assert [(row["source_name"], row["type"]) for row in log.event_attribute.to_pylist()] == [
        ("Amount", "DOUBLE"),
        ("Only here", "VARCHAR"),
    ]


def test_a_start_in_one_file_and_its_completion_in_another_are_one_row(tmp_path: Path) -> None:
    columns = {"lifecycle:transition": ["start"], "case": ["1"], "activity": ["A"], "end_time": ["2024-01-01T10:00"]}
    paths = [write_rows(tmp_path / "1.csv", **columns)]
    columns |= {"lifecycle:transition": ["complete"], "end_time": ["2024-01-01T11:00"]}
    paths.append(write_rows(tmp_path / "2.csv", **columns))
    log = read(paths)
    (row,) = stored(log)
    assert (row["processing_seconds"], row["source_file"]) == (3600, "2.csv")
    assert log.accounting["rows_paired"] == 1


# --- bad records and files -------------------------------------------------------------------------------------------


def test_one_unreadable_time_in_a_thousand_is_rejected_with_its_reason_and_record(tmp_path: Path) -> None:
    times = [f"2024-01-01T10:{number // 60:02}:{number % 60:02}" for number in range(1000)]
    times[776] = "yesterday"
    path = write_rows(
        tmp_path / "log.csv", case=["1"] * 1000, activity=["A"] * 1000, end_time=times, Note=['say "x"'] * 1000
    )
    log = read([path])
    assert log.rejected_events.to_pylist() == [
        {
            "reason": "unreadable time yesterday",
            "source_file": "log.csv",
            "source_row": 777,
            "record": '{"case":"1","activity":"A","end_time":"yesterday","Note":"say \\"x\\""}',
        }
    ]
    assert {row["source_row"] for row in stored(log)} == set(range(1, 1001)) - {777}
    assert [log.accounting[name] for name in ("rows_read", "events", "rejected_events", "rows_paired")] == [
        1000,
        999,
        1,
        0,
    ]


def test_a_record_without_a_case_an_activity_or_a_readable_time_is_rejected(tmp_path: Path) -> None:
    day = "2024-01-02"
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", None, "1", "1", "1", "1", "1"],
        activity=["A", "A", None, "A", "A", "A", "A"],
        start_time=["2024-01-01", day, day, None, "never", day, day],
        end_time=[day, day, day, None, day, "soon", day],
        enabled_time=[day, None, None, None, None, None, "later"],
    )
    log = read([path])
    assert [(row["source_row"], row["reason"]) for row in log.rejected_events.to_pylist()] == [
        (2, "no case"),
        (3, "no activity"),
        (4, "no time"),
        (5, "unreadable start time never"),
        (6, "unreadable time soon"),
        (7, "unreadable enabled time later"),
    ]
    assert [log.accounting[name] for name in ("rows_read", "events", "rejected_events")] == [7, 1, 6]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("case", None, "none of the 2 records can be used; the first: no case"),
        ("activity", None, "no activity"),
        ("end_time", None, "no time"),
        ("end_time", "soon", "no time in column 'end_time' can be read"),
    ],
)
def test_a_log_without_a_usable_record_is_refused(tmp_path: Path, column: str, value: str | None, said: str) -> None:
    columns: dict[str, list[str | None]] = {"case": ["1"] * 2, "activity": ["A"] * 2, "end_time": ["2024-01-01"] * 2}
    path = write_rows(tmp_path / "log.csv", **columns | {column: [value] * 2})
    with pytest.raises(InputError, match=said):
        read([path])


def test_a_log_of_no_events_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.xes").write_text('<log><trace><string key="concept:name" value="1"/></trace></log>')
    with pytest.raises(InputError, match=r"log\.xes"):
        read([tmp_path / "log.xes"])


def test_a_refused_log_names_the_file_of_several(tmp_path: Path) -> None:
    good = write_rows(tmp_path / "a.csv", case=["1"], activity=["A"], end_time=["2024-01-01"])
    bad = write_rows(tmp_path / "b.csv", case=["1"], activity=["A"], end_time=["soon"])
    with pytest.raises(InputError, match=r"^b\.csv: no time"):
        read([good, bad])


# --- costs, suspensions, findings ------------------------------------------------------------------------------------

WORK: dict[str, list[str | None]] = {
    "case": ["1", "1", "1", "1"],
    "activity": ["A", "B", "C", "D"],
    "start_time": ["2024-01-01T10:00", "2024-01-01T11:00", "2024-01-01T12:00", None],
    "end_time": ["2024-01-01T10:30", "2024-01-01T13:00", "2024-01-01T13:00", "2024-01-01T14:00"],
    "resource": ["Ann", "Bob", None, "Ann"],
    "role": ["Clerk", None, "Chief", "Clerk"],
}


def costs(path: Path, config: dict[str, object]) -> list[float | None]:
    return [row["cost"] for row in by_case(stored(read([path], config=ProcessConfig.model_validate(config))))]


def test_costs_are_the_sum_of_the_known_values_of_their_columns(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", **WORK, Fee=["10", "0.5", None, "free"], Tax=["1", None, None, "nan"])
    assert costs(path, {"source": {"cost": ["Fee", "Tax"]}}) == [11.0, 0.5, None, None]
    assert costs(path, {"source": {"cost": ["Fee"]}, "cost": {"default_per_hour": 40}}) == [10.0, 0.5, 40.0, None]
    assert costs(path, {}) == [None] * 4


@pytest.mark.parametrize("large", [1, 10**9], ids=["compiled", "duckdb"])
def test_times_that_are_missing_stay_missing_where_a_zone_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(typed_columns, "LARGE", large)
    path = write_rows(tmp_path / "log.csv", **WORK, Due=[None, "2024-01-09 08:00", None, "2024-01-09 08:00Z"])
    log = read([path], config=ProcessConfig(source=Source(timezone="Europe/Amsterdam")))
    assert [str(row["start_time"]) for row in by_case(stored(log))] == [
        *(f"2024-01-01 {hour:02}:00:00" for hour in (9, 10, 11)),
        "2024-01-01 13:00:00",
    ]
    assert [row["due"] and str(row["due"]) for row in by_case(stored(log))] == [
        *(None, "2024-01-09 07:00:00"),
        *(None, "2024-01-09 08:00:00"),
    ]


def test_a_typed_attribute_that_is_out_of_reach_stops_no_run(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    day = datetime(2020, 1, 1)
    columns = {"case": ["1", "2"], "activity": ["A", "B"], "end_time": [day, day]}
    pq.write_table(pa.table({**columns, "due": [datetime(9999, 12, 31), day]}), path)
    assert [row["due"] for row in by_case(stored(read([path])))] == [None, day]


def test_a_cost_that_is_no_amount_is_told(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", **WORK, Fee=["10", "inf", None, "free"], Tax=["1", None, None, None])
    config = ProcessConfig.model_validate({"source": {"cost": ["Fee", "Tax"]}})
    told = read([path], config=config).accounting["findings"]
    assert "2 rows have a cost that is no amount ('Fee', 'Tax'): it counts as unknown" in str(told)
    config = ProcessConfig.model_validate({"source": {"cost": ["Tax"]}})
    assert "no amount" not in str(read([path], config=config).accounting["findings"])


def test_costs_are_hours_by_the_rate_of_the_role_else_the_resource_else_everybody(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", **WORK)
    assert costs(path, {"cost": {"per_hour": {"Clerk": 30, "Ann": 99, "Bob": 20}}}) == [15.0, 40.0, None, None]
    assert costs(path, {"cost": {"per_hour": {"Clerk": 30}, "default_per_hour": 10}}) == [15.0, 20.0, 10.0, None]


def test_a_row_that_ends_before_it_starts_stays_at_its_end_without_a_duration(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", "1"],
        activity=["A", "B"],
        start_time=["2024-01-01T12:00", "2024-01-01T13:00"],
        end_time=["2024-01-01T11:00", "2024-01-01T14:00"],
    )
    log = read([path], config=ProcessConfig.model_validate({"cost": {"default_per_hour": 10}}))
    one, other = stored(log)
    assert one["start_time"] == one["end_time"]
    assert str(one["end_time"]) == "2024-01-01 11:00:00"
    assert (one["has_duration"], one["imputed"], one["cost"], one["is_open"]) == (False, ["start_time"], None, False)
    assert (other["has_duration"], other["imputed"], other["cost"]) == (True, [], 10.0)
    assert (log.accounting["reversed_rows"], log.accounting["imputed_values"]) == (1, 1)


def test_suspensions_are_kept_as_lists_of_times(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1"] * 6,
        activity=["A"] * 5 + ["B"],
        end_time=[f"2024-01-01T{hour}:00" for hour in range(10, 16)],
        **{"lifecycle:transition": ["start", "suspend", "resume", "Suspend", "complete", "complete"]},
    )
    log = read([path])
    one, other = stored(log)
    assert [time.hour for time in one["suspend_times"]] == [11, 13]
    assert [time.hour for time in one["resume_times"]] == [12]
    assert other["suspend_times"] is None
    assert (one["processing_seconds"], log.accounting["rows_paired"]) == (4 * 3600, 4)
    kept = [row for row in log.event_attribute.to_pylist() if row["column_name"].endswith("_times")]
    assert [(row["source_name"], row["type"]) for row in kept] == [
        ("suspend", "TIMESTAMP[]"),
        ("resume", "TIMESTAMP[]"),
    ]


def test_of_a_pair_the_enabled_time_is_that_of_the_completion_else_of_the_start(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1"] * 4,
        activity=["A", "A", "B", "B"],
        end_time=[f"2024-01-01T1{hour}:00" for hour in range(4)],
        **{"lifecycle:transition": ["start", "complete"] * 2},
        enabled_time=["2024-01-01T08:00", "2024-01-01T09:00", "2024-01-01T10:00", None],
    )
    assert [row["enabled_time"].hour for row in stored(read([path]))] == [9, 10]


def test_of_a_pair_an_attribute_is_that_of_the_completion_else_of_the_start(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1"] * 4,
        activity=["A", "A", "B", "B"],
        end_time=[f"2024-01-01T1{hour}:00" for hour in range(4)],
        **{"lifecycle:transition": ["start", "complete"] * 2},
        amount=["1", "2", "3", None],
        note=["x", None, "y", "z"],
    )
    assert [(row["amount"], row["note"]) for row in stored(read([path]))] == [(2, "x"), (3, "z")]


def test_what_was_inferred_and_assumed_is_told(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", Case=["1"], Task=["A"], Date=["13/01/2024 10:00"], User=["Ann"])
    assert read([path]).accounting["findings"] == [
        "log.csv: columns by name: case_id = 'Case', activity = 'Task', end_time = 'Date', resource = 'User'",
        "log.csv: 'Date' is written as %d/%m/%Y",
        "times without an offset are taken as UTC; set source.timezone if they are local",
    ]
    config = ProcessConfig(name="Loans", source=Source(timezone="Europe/Amsterdam", timestamp_format="%d/%m/%Y %H:%M"))
    accounts = read([path], config=config).accounting
    assert accounts["name"] == "Loans"
    assert not any("without an offset" in str(one) for one in accounts["findings"])  # type: ignore[attr-defined]
