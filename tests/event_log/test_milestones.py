"""Wide files: a row a case, a column a milestone; offered, and read when the settings say which the milestones are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.settings import ProcessConfig, Source, read_process_config
from bpa_resources.errors import InputError
from tests.stored_logs import by_case, read, stored, write_rows

NAMES = ("Created", "Approved", "Paid")
CONFIG = ProcessConfig(source=Source(milestones=NAMES))
ORDERS = ProcessConfig(source=Source(case_id="Order", milestones=NAMES))


def orders(path: Path) -> Path:
    return write_rows(
        path,
        Order=["A", "B", "C"],
        Created=["01.02.2026 08:00", "02.02.2026 09:00", None],
        Approved=["01.02.2026 10:30", None, None],
        Paid=["20.02.2026 00:00", "13.02.2026 12:00", None],
        Amount=["10", "20", "30"],
    )


def test_a_wide_file_is_offered_with_its_milestones_and_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read([orders(tmp_path / "orders.csv")])
    assert 'source: {case_id: "Order", milestones: ["Created", "Approved", "Paid"]}' in str(refused.value)


def test_what_is_offered_can_be_pasted_into_process_yaml(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read([orders(tmp_path / "orders.csv")])
    (tmp_path / "process.yaml").write_text("source: {" + str(refused.value).partition("source: {")[2])
    assert read_process_config(tmp_path / "process.yaml").source == ORDERS.source


def test_each_date_is_an_event_with_the_name_of_its_column(tmp_path: Path) -> None:
    log = read([orders(tmp_path / "orders.csv")], config=ORDERS)
    rows = [(row["case_id"], row["activity"], row["end_time"], row["source_row"]) for row in by_case(stored(log))]
    assert rows == [
        ("A", "Created", datetime(2026, 2, 1, 8), 1),
        ("A", "Approved", datetime(2026, 2, 1, 10, 30), 1),
        ("A", "Paid", datetime(2026, 2, 20), 1),
        ("B", "Created", datetime(2026, 2, 2, 9), 2),
        ("B", "Paid", datetime(2026, 2, 13, 12), 2),
    ]
    assert {row["Amount".lower()] for row in stored(log)} == {10, 20}
    assert [row["level"] for row in log.event_attribute.to_pylist()] == ["case"]


def test_a_row_without_any_milestone_is_refused_and_counted(tmp_path: Path) -> None:
    log = read([orders(tmp_path / "orders.csv")], config=ORDERS)
    (refused,) = log.rejected_events.to_pylist()
    assert (refused["source_row"], refused["reason"]) == (3, "no activity")
    assert '"Order":"C"' in refused["record"]
    assert [log.accounting[name] for name in ("rows_read", "events", "rejected_events")] == [6, 5, 1]


def test_a_date_that_cannot_be_read_is_refused_and_the_rest_of_its_row_is_kept(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["A", "B"],
        Created=["2026-01-01", "2026-01-02"],
        Approved=["soon", "2026-01-03"],
        Paid=["2026-01-04", "2026-01-05"],
    )
    log = read([path], config=CONFIG)
    (refused,) = log.rejected_events.to_pylist()
    assert (refused["source_row"], "soon" in refused["reason"]) == (1, True)
    assert [row["activity"] for row in by_case(stored(log))] == ["Created", "Paid", *NAMES]


def test_milestones_of_one_moment_keep_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    days = {name: ["2026-01-01"] for name in ("Paid", "Approved", "Created")}
    log = read([write_rows(tmp_path / "log.csv", case=["A"], **days)], config=CONFIG)
    assert [row["activity"] for row in by_case(stored(log))] == list(NAMES)


def test_typed_dates_of_a_parquet_file_are_read(tmp_path: Path) -> None:
    days = [datetime(2026, 1, day, tzinfo=UTC).replace(tzinfo=None) for day in (1, 2, 3)]
    columns = {"case": ["A"], "Created": [days[0].date()], "Approved": [days[1]], "Paid": [days[2]]}
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    assert [row["end_time"] for row in by_case(stored(read([tmp_path / "log.parquet"], config=CONFIG)))] == days


def test_a_row_that_an_earlier_file_has_is_refused_with_all_its_milestones(tmp_path: Path) -> None:
    orders(tmp_path / "a.csv"), orders(tmp_path / "b.csv")
    log = read([tmp_path / "a.csv", tmp_path / "b.csv"], config=ORDERS)
    again = [row for row in log.rejected_events.to_pylist() if row["source_file"] == "b.csv"]
    assert [(row["source_row"], row["reason"]) for row in again] == [
        (row, f"duplicate of a.csv:{row}") for row in (1, 1, 1, 2, 2, 3)
    ]
    assert log.accounting["events"] == 5


def test_milestones_leave_no_room_for_columns_of_activities_and_times() -> None:
    with pytest.raises(ValueError, match="remove end_time"):
        Source(milestones=NAMES, end_time="Paid")


def test_a_milestone_that_is_no_column_is_named_in_the_sentence(tmp_path: Path) -> None:
    config = ProcessConfig(source=Source(milestones=("Created", "Shipped")))
    with pytest.raises(InputError, match=r"has no column 'Shipped' \(source.milestones\)"):
        read([orders(tmp_path / "orders.csv")], config=config)


@settings(max_examples=20)
@given(st.lists(st.tuples(*[st.none() | st.integers(0, 10**6)] * 4), min_size=1, max_size=30))
def test_random_wide_files_are_the_same_as_long_ones(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[int | None, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("wide")
    begin = datetime(2026, 1, 1)
    names = [*NAMES, "Closed"]
    moments = [[None if one is None else begin + timedelta(minutes=one) for one in row] for row in table]
    if not any(time for row in moments for time in row):
        return
    columns = {name: [row[place] for row in moments] for place, name in enumerate(names)}
    wide = write_rows(folder / "wide.csv", case=[f"C{number}" for number in range(len(table))], **columns)
    events = [
        (f"C{n}", name, time) for n, row in enumerate(moments) for name, time in zip(names, row, strict=True) if time
    ]
    case, activity, time = zip(*events, strict=True)
    long = write_rows(folder / "long.csv", case=case, activity=activity, time=time)
    found = stored(read([wide], config=ProcessConfig(source=Source(milestones=tuple(names)))))
    kept = ("case_id", "activity", "start_time", "end_time", "event_index", "waiting_seconds")
    assert [[row[name] for name in kept] for row in by_case(found)] == [
        [row[name] for name in kept] for row in by_case(stored(read([long])))
    ]
