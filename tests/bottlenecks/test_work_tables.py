"""When cases wait, for whom, handovers and rework: the tables equal a plain loop's, and examples worked out by hand."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.bottlenecks.handovers import handover_table
from bpa_assets.bottlenecks.rework import rework_table
from bpa_assets.bottlenecks.row_groups import RowGroups
from bpa_assets.bottlenecks.waiting_by_hour import waiting_by_hour
from bpa_assets.bottlenecks.waiting_by_resource import waiting_by_resource
from bpa_assets.bottlenecks.work_rows import WorkRows, work_rows
from bpa_assets.event_log import spilled_records
from bpa_assets.event_log.reading import EventLog
from bpa_assets.process_model.event_chunks import activity_names
from bpa_resources.lake_tables import LAKE_TABLES
from tests.random_logs import RandomLog, any_logs, write_parquet
from tests.stored_logs import Row, by_case, read, stored, tables_of, write_rows

ZONE = "Europe/Amsterdam"
ZERO = datetime(1970, 1, 1)


def work_of(log: EventLog) -> WorkRows:
    files = log.event_log.files
    return work_rows(files, activities=activity_names(files))


# --- the oracle: loops over the rows of the log ----------------------------------------------------------------------


def by_hour(rows: Sequence[Row]) -> list[Row]:
    waits: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for row in rows:
        begun = row["start_time"] - timedelta(microseconds=round(row["waiting_seconds"] * 1e6))
        local = begun.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE))
        waits[row["activity"], local.isoweekday(), local.hour].append(row["waiting_seconds"])
    return [
        {
            **dict(zip(("activity", "weekday", "hour"), key, strict=True)),
            "rows": len(values),
            "total_waiting_seconds": sum(values),
            "mean_waiting_seconds": sum(values) / len(values),
        }
        for key, values in waits.items()
    ]


def by_resource(rows: Sequence[Row]) -> list[Row]:
    of: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        of[row["activity"], row["resource"], row["role"]].append(row)
    found = []
    for key, group in of.items():
        one: Row = {**dict(zip(("activity", "resource", "role"), key, strict=True)), "rows": len(group)}
        for kind in ("processing", "waiting"):
            values = [row[f"{kind}_seconds"] for row in group]
            one |= {f"total_{kind}_seconds": sum(values), f"mean_{kind}_seconds": sum(values) / len(values)}
            one[f"median_{kind}_seconds"] = float(np.median(values))
        found.append(one)
    return found


def handed_over(rows: Sequence[Row]) -> list[Row]:
    pairs: dict[tuple[str, str], list[tuple[Row, bool]]] = defaultdict(list)
    for before, one, after in zip([{}, *rows], rows, rows[1:], strict=False):
        source, target = one["resource"], after["resource"]
        if one["case_id"] == after["case_id"] and source and target and source != target:
            back = before.get("case_id") == one["case_id"] and before["resource"] == target
            pairs[source, target].append((after, back))
    return [
        {
            "source_resource": source,
            "target_resource": target,
            "rows": len(taken),
            "cases": len({row["case_id"] for row, _ in taken}),
            "total_waiting_seconds": sum(row["waiting_seconds"] for row, _ in taken),
            "mean_waiting_seconds": sum(row["waiting_seconds"] for row, _ in taken) / len(taken),
            "ping_pong": sum(back for _, back in taken),
        }
        for (source, target), taken in pairs.items()
    ]


def reworked(rows: Sequence[Row]) -> list[Row]:
    again: dict[tuple[str, str], list[Row]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for before, row in zip([{}, *rows], rows, strict=False):
        if (row["case_id"], row["activity"]) in seen:
            again[
                row["activity"], "repeated at once" if before["activity"] == row["activity"] else "returned to"
            ].append(row)
        seen.add((row["case_id"], row["activity"]))
    return [
        {
            "activity": activity,
            "kind": kind,
            "cases": len({row["case_id"] for row in repeated}),
            "rows": len(repeated),
            "processing_seconds": sum(row["processing_seconds"] for row in repeated),
            "waiting_seconds": sum(row["waiting_seconds"] for row in repeated),
        }
        for (activity, kind), repeated in again.items()
    ]


Made = tuple[Callable[[WorkRows], pa.Table], Callable[[Sequence[Row]], list[Row]], str]
TABLES: list[Made] = [
    (lambda rows: waiting_by_hour(rows, zone=ZONE), by_hour, "waiting_time_of_week"),
    (waiting_by_resource, by_resource, "waiting_by_resource"),
    (handover_table, handed_over, "handovers"),
    (rework_table, reworked, "rework"),
]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows in an order that does not depend on durations."""
    return sorted(rows, key=lambda row: [str(row[name]) for name in row if not name.endswith("_seconds")])


def alike(rows: Iterable[Row]) -> list[Row]:
    """Such rows, their durations but for rounding."""
    return [
        {name: _near(value) if isinstance(value, float) else value for name, value in row.items()}
        for row in in_order(rows)
    ]


def _near(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-6)


def assert_as_the_loop(work: WorkRows, rows: Sequence[Row]) -> None:
    for make, loop, name in TABLES:
        table = make(work)
        assert tuple(table.column_names) == LAKE_TABLES[name].column_names
        assert in_order(table.to_pylist()) == alike(loop(rows)), name


def assert_sums_of(work: WorkRows, log: EventLog) -> None:
    tables = tables_of(log)
    assert sum(handover_table(work)["rows"].to_pylist()) == sum(tables.cases["handovers"].to_pylist())
    assert sum(rework_table(work)["rows"].to_pylist()) == sum(tables.activities["rework_events"].to_pylist())


@st.composite
def some_work(draw: st.DrawFn) -> tuple[WorkRows, list[Row]]:
    """Draw rows of few cases, activities and people around a change of clocks; as columns and as a loop wants them."""
    moment = draw(st.sampled_from([datetime(2024, 3, 30, 20), datetime(2024, 10, 26, 20), datetime(1969, 12, 31)]))
    minutes = st.sampled_from([0, 0, 7, 61, 1440])
    code = st.integers(-1, 1)
    drawn = st.tuples(st.integers(0, 2), st.integers(0, 2), code, code, st.integers(0, 400), minutes, minutes)
    rows = sorted(draw(st.lists(drawn, min_size=1, max_size=20)), key=lambda row: row[0])
    case, activity, resource, role, start, waits, works = (
        np.array(column, np.int64) for column in zip(*rows, strict=True)
    )
    begun = int((moment - ZERO).total_seconds()) * 1_000_000
    micros = 60_000_000
    work = WorkRows(case, activity, resource, role, begun + start * micros, waits * micros, works * micros, *NAMES)
    return work, [
        {
            "case_id": str(row[0]),
            **{
                name: texts[code] if code >= 0 else None
                for name, texts, code in zip(_TEXTS, NAMES, row[1:4], strict=True)
            },
            "start_time": moment + timedelta(minutes=row[4]),
            "waiting_seconds": row[5] * 60.0,
            "processing_seconds": row[6] * 60.0,
        }
        for row in rows
    ]


_TEXTS = ("activity", "resource", "role")
NAMES = (["Pay", "Approve", "Enter"], ["Bob", "Ann"], ["Clerk", "Boss"])


@given(some_work())
def test_every_table_is_that_of_a_loop_over_random_rows(drawn: tuple[WorkRows, list[Row]]) -> None:
    assert_as_the_loop(*drawn)


@settings(max_examples=5)
@given(any_logs(), st.sampled_from([500_000, 3]))
def test_every_table_is_that_of_a_loop_over_random_logs(log: RandomLog, rows_a_bucket: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spilled_records, "ROWS_A_BUCKET", rows_a_bucket)
        path = Path(folder) / "log.parquet"
        write_parquet(log.records, path, two_times=log.two_times)
        found = read([path])
        assert_as_the_loop(work_of(found), by_case(stored(found)))
        assert_sums_of(work_of(found), found)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["Production"])
def test_every_table_is_that_of_a_loop_over_real_logs(name: str, shared_logs: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.csv.gz"
    path.write_bytes((shared_logs / path.name).read_bytes())
    log = read([path])
    assert_as_the_loop(work_of(log), by_case(stored(log)))
    assert_sums_of(work_of(log), log)


@given(
    st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 1), st.integers(-5, 1 << 50)), min_size=1, max_size=12),
    st.sampled_from([1, 1 << 40]),
)
def test_groups_of_any_codes_have_exact_sums_and_quantiles(rows: list[tuple[int, int, int]], spread: int) -> None:
    one, other, values = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    groups = RowGroups.of(one * spread + spread - 1, other * spread + spread - 1, one)
    for place, row in enumerate(groups.row.tolist()):
        known = [value for first, second, value in rows if (first, second) == rows[row][:2]]
        assert groups.rows()[place] == len(known)
        assert groups.total(values)[place] == pytest.approx(sum(known) / 1e6, rel=1e-15)
        for share in (0.5, 0.75):
            expected = np.quantile([value / 1e6 for value in known], share)
            assert groups.quantile(values, share)[place] == pytest.approx(expected, rel=1e-9, abs=1e-9)


# --- by hand ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def four_rows(tmp_path_factory: pytest.TempPathFactory) -> WorkRows:
    """One case, of Friday 8 March 2024: Ann and Bob, back and forth over the weekend."""
    times = ["08T14:00", "08T16:00", "11T09:00", "11T12:00"]
    path = write_rows(
        tmp_path_factory.mktemp("log") / "log.csv",
        case=["1"] * 4,
        activity=["Enter", "Approve", "Enter", "Enter"],
        start_time=[f"2024-03-{time}:00" for time in times],
        end_time=[f"2024-03-{time.replace(':00', ':30')}:00" for time in times],
        resource=["Ann", "Bob", "Ann", "Bob"],
    )
    return work_of(read([path]))


def test_a_wait_belongs_to_the_hour_in_which_it_began(four_rows: WorkRows) -> None:
    rows = waiting_by_hour(four_rows, zone="Asia/Tokyo").to_pylist()  # nine hours ahead
    # Handed on in Tokyo on Friday 23:00 (waits 1 h 30 min), on Saturday 1:30 (63.5 h…), on Monday 18:30 (2.5 h).
    assert [(row["activity"], row["weekday"], row["hour"], row["total_waiting_seconds"] / 1800) for row in rows] == [
        ("Approve", 5, 23, 3),
        ("Enter", 1, 18, 5),
        ("Enter", 5, 23, 0),
        ("Enter", 6, 1, 129),
    ]


def test_back_and_forth_is_ping_pong_where_it_comes_back(four_rows: WorkRows) -> None:
    rows = handover_table(four_rows).to_pylist()
    told = ("source_resource", "target_resource", "rows", "cases", "ping_pong", "total_waiting_seconds")
    assert [tuple(row[name] for name in told) for row in rows] == [
        ("Ann", "Bob", 2, 1, 1, 1.5 * 3600 + 2.5 * 3600),
        ("Bob", "Ann", 1, 1, 1, 64.5 * 3600),
    ]


def test_rework_is_repeated_at_once_or_returned_to(four_rows: WorkRows) -> None:
    rows = rework_table(four_rows).to_pylist()
    told = ("activity", "kind", "cases", "rows", "processing_seconds", "waiting_seconds")
    assert [tuple(row[name] for name in told) for row in rows] == [
        ("Enter", "repeated at once", 1, 1, 1800, 2.5 * 3600),
        ("Enter", "returned to", 1, 1, 1800, 64.5 * 3600),
    ]


def test_waiting_belongs_to_who_then_did_the_work(four_rows: WorkRows) -> None:
    rows = waiting_by_resource(four_rows).to_pylist()
    told = ("activity", "resource", "role", "rows", "total_waiting_seconds", "median_processing_seconds")
    assert [tuple(row[name] for name in told) for row in rows] == [
        ("Approve", "Bob", None, 1, 1.5 * 3600, 1800),
        ("Enter", "Ann", None, 2, 64.5 * 3600, 1800),
        ("Enter", "Bob", None, 1, 2.5 * 3600, 1800),
    ]


def test_local_hours_are_right_in_the_nights_in_which_clocks_change(tmp_path: Path) -> None:
    times = [datetime(2024, 3, 31) + timedelta(minutes=30 * n) for n in range(6)]
    times += [datetime(2024, 10, 27) + timedelta(minutes=30 * n) for n in range(6)]
    path = write_rows(tmp_path / "log.csv", case=range(12), activity=["A"] * 12, end_time=times)
    log = read([path])
    found = waiting_by_hour(work_of(log), zone=ZONE).to_pylist()
    assert found == alike(by_hour(by_case(stored(log))))
