"""How the wait of a row is split: by hand, by the oracle, and on real logs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.bottlenecks import causes
from bpa_assets.bottlenecks.calendars import DAY, HOUR, Calendars, _resource_day
from bpa_assets.bottlenecks.cause_table import WaitingCauses, explain_waits, unexplained_share
from bpa_assets.bottlenecks.causes import CAUSES, Rows, split_waits
from bpa_assets.bottlenecks.order_sums import ascending, sums_below
from bpa_assets.event_log.reading import EventLog
from bpa_assets.process_model.event_chunks import activity_names
from bpa_assets.settings import Impute, ProcessConfig
from bpa_resources.lake_tables import LAKE_TABLES
from tests.bottlenecks import oracle_causes as oracle
from tests.stored_logs import read, tables_of, write_rows

MONDAY = 4 * DAY  # 1970-01-05
STEP = HOUR // oracle.STEPS_AN_HOUR


def explained(log: EventLog, **known: object) -> WaitingCauses:
    files = log.event_log.files
    basis = tables_of(log).process_profile["time_basis"][0].as_py()
    return explain_waits(files, names=activity_names(files), time_basis=basis, **known)  # type: ignore[arg-type]


def rows_of(rows: Sequence[oracle.Row], unit: int) -> Rows:
    column = {
        name: np.array([getattr(row, name) for row in rows], np.int64) for name in oracle.Row.__dataclass_fields__
    }
    times = {name: MONDAY + column.pop(name) * unit for name in ("enabled", "start", "end")}
    return Rows(**column, **times, timed=np.ones(len(rows), bool))


def office(resources: int = 1) -> Calendars:
    """Monday to Friday, 9 to 17."""
    week = np.zeros((7, 24), bool)
    week[:5, 9:17] = True
    return Calendars(np.tile(week.ravel(), (resources, 1)), "UTC", np.array([], np.int64), np.array([], np.int64))


def test_a_wait_is_split_as_worked_out_by_hand() -> None:
    friday, monday = 4 * 24, 7 * 24
    rows = [
        oracle.Row(0, 0, 0, friday + 16, monday + 12, monday + 13),
        oracle.Row(1, 0, 0, friday + 15, friday + 15, friday + 17),  # was there first: an hour of contention
        oracle.Row(1, 0, 0, monday + 9, monday + 10, monday + 12),  # came later: two hours of prioritization
    ]
    parts = {name: part.tolist() for name, part in split_waits(rows_of(rows, HOUR), office()).items()}
    assert {name: part[0] // HOUR for name, part in parts.items()} == {
        "batching": 0,
        "contention": 1,
        "prioritization": 2,
        "unavailability": 64,  # Friday 17:00 to Monday 9:00
        "extraneous": 1,  # Monday, 9 to 10: nobody was busy
        "unknown": 0,
    }


def test_a_batch_is_waited_for_until_its_last_member_is_there() -> None:
    # Both start at 13:00, the other one was there at 11:00; until 13:00 nothing stood in the way.
    rows = [oracle.Row(0, 0, 0, 9, 13, 14), oracle.Row(0, 0, 0, 11, 13, 14)]
    parts = split_waits(rows_of(rows, HOUR), office())
    assert (parts["batching"] // HOUR).tolist() == [2, 0]
    assert (parts["extraneous"] // HOUR).tolist() == [2, 2]


def test_a_queue_worked_off_in_a_row_is_no_batch() -> None:
    # Busy from 9 to 12 with what came at 8; what came at 10 and 11 follows, one after the other.
    rows = [oracle.Row(1, 0, 0, 8, 9, 12), oracle.Row(0, 0, 0, 10, 12, 13), oracle.Row(0, 0, 0, 11, 13, 14)]
    parts = split_waits(rows_of(rows, HOUR), office())
    assert parts["batching"].tolist() == [0, 0, 0]
    assert (parts["contention"] // HOUR).tolist() == [0, 2, 2]


@st.composite
def some_rows(draw: st.DrawFn) -> list[oracle.Row]:
    """Draw rows of few resources at few times, so that much coincides."""
    grid = draw(st.sampled_from([1, 4, 12]))
    most = draw(st.sampled_from([12, 40])) * 6 // grid
    team = draw(st.sampled_from([0, 1]))
    moments = st.tuples(*[st.integers(0, most)] * 2, st.integers(0, 6)).map(lambda one: (*sorted(one[:2]), one[2]))
    drawn = st.tuples(st.integers(0, 1), st.integers(0, 2), moments)
    return [
        oracle.Row(activity, resource, resource * team, one * grid, two * grid, two * grid + work)
        for activity, resource, (one, two, work) in draw(st.lists(drawn, min_size=1, max_size=16))
    ]


@settings(max_examples=40)
@given(some_rows(), st.integers(0, 99), st.sets(st.integers(0, 5), max_size=2), st.sampled_from([1_000_000, 3]))
def test_causes_are_those_of_the_oracle(rows: list[oracle.Row], seed: int, off: set[int], at_once: int) -> None:
    working = np.random.default_rng(seed).random((3, 168)) < (0.7 if seed % 3 else 1.0)
    days_off = np.array(sorted(_resource_day(np.array([1]), np.array([4 + day]))[0] for day in off), np.int64)
    hours_off = np.cumsum([working[1, 24 * day : 24 * day + 24].sum() for day in sorted(off)], dtype=np.int64)

    def on_duty(resource: int, time: int) -> bool:
        hour = time // oracle.STEPS_AN_HOUR
        return bool(working[resource, hour % 168]) and not (resource == 1 and hour // 24 in off)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(causes, "ROWS_AT_ONCE", at_once)
        found = split_waits(rows_of(rows, STEP), Calendars(working, "UTC", days_off, hours_off))
    expected = oracle.causes(rows, on_duty)
    assert {name: part.tolist() for name, part in found.items()} == {
        cause: [one[cause] * STEP for one in expected] for cause in CAUSES
    }


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=20),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 12)), max_size=5),
)
def test_sums_below_a_limit_are_those_of_a_loop(
    places: list[tuple[int, int]], questions: list[tuple[int, int, int]]
) -> None:
    ranks, weights = (np.array([one[part] for one in places], np.int64) for part in (0, 1))
    asked = [(min(one, len(places)), min(max(one, other), len(places)), limit) for one, other, limit in questions]
    first, last, below = (np.array([one[part] for one in asked], np.int64) for part in (0, 1, 2))
    expected = [sum(weight for rank, weight in places[one:other] if rank < limit) for one, other, limit in asked]
    assert sums_below(ranks, weights, first, last, below).tolist() == expected
    assert ascending(ranks).tolist() == sorted({rank for rank, _ in places})


@pytest.mark.shared
@pytest.mark.parametrize("name", ["LoanApp", "P2P", "Production", "ACR"])
def test_the_causes_sum_to_the_queue_time_of_real_logs(name: str, shared_logs: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.csv.gz"
    path.write_bytes((shared_logs / path.name).read_bytes())
    found = explained(read([path]))
    assert found.untold is None
    assert found.table.num_rows
    assert unexplained_share(found.table) < 1e-9
    assert min(found.table["total_seconds"].to_pylist()) > 0


def test_a_log_without_start_times_tells_no_causes(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", "1"],
        activity=["A", "B"],
        end_time=["2024-01-01", "2024-01-02"],
        user=["x"] * 2,
    )
    found = explained(read([path]))
    assert found.table.num_rows == 0
    assert tuple(found.table.column_names) == LAKE_TABLES["waiting_causes"].column_names
    assert found.untold == (
        "no causes of waiting are told: the log has no start times, so that waiting and work cannot be told apart"
    )


@pytest.mark.parametrize(
    ("resource", "expected"),
    [([None] * 4, []), (["x", "x", "x", None], [("B", "extraneous", 3600.0), ("B", "unknown", 7200.0)])],
    ids=["none", "some"],
)
def test_what_nobody_is_known_to_have_done_has_no_known_cause(
    resource: list[str | None], expected: list[tuple[str, str, float]], tmp_path: Path
) -> None:
    times = [datetime(2024, 1, 1, hour) for hour in (8, 10, 8, 11)]
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", "1", "2", "2"],
        activity=["A", "B", "A", "B"],
        start_time=[str(time) for time in times],
        end_time=[str(time + timedelta(hours=1)) for time in times],
        resource=resource,
    )
    found = explained(read([path], config=ProcessConfig(impute=Impute(values=False))))
    rows = [(row["activity"], row["cause"], row["total_seconds"]) for row in found.table.to_pylist()]
    assert sorted(rows) == expected
    assert (found.untold is None) == bool(expected)
    assert unexplained_share(found.table) == 0
