"""The behaviour tables of a stored log equal the oracle's, and examples worked out by hand."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bpa_assets.event_log import spilled_records
from bpa_assets.process_model.tables import BehaviourTables, time_basis
from bpa_assets.process_model.variants import variant_id
from bpa_assets.settings import ProcessConfig
from bpa_resources.lake_tables import LAKE_TABLES
from tests import oracle
from tests.oracle import Event
from tests.random_logs import RandomLog, any_logs, write_parquet
from tests.stored_logs import Row, read, table_rows, tables_of, write_rows

UNTIMED = settings(deadline=None, suppress_health_check=list(HealthCheck))


def check_tables(tables: BehaviourTables, events: Sequence[Event], *, ends: Sequence[str] | None = None) -> None:
    """Every table has the rows of the oracle's."""
    check_rows(tables.cases, oracle.cases(events, ends=ends), key=("case_id",))
    check_rows(tables.activities, oracle.activities(events), key=("activity",))
    check_rows(tables.transitions, oracle.transitions(events), key=("source", "target"))
    check_rows(tables.variants, oracle.variants(events, ends=ends), key=("activities",))
    check_rows(tables.process_profile, [oracle.profile(events, ends=ends)], key=("cases",))


def check_rows(table: pa.Table, expected: list[Row], *, key: tuple[str, ...]) -> None:
    found = sorted(table_rows(table, expected), key=lambda row: [row[name] for name in key])
    expected = sorted(expected, key=lambda row: [row[name] for name in key])
    assert [[row[name] for name in key] for row in found] == [[row[name] for name in key] for row in expected]
    for one, other in zip(found, expected, strict=True):
        for name, value in other.items():
            wanted = pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
            assert one[name] == wanted, (name, other)


@UNTIMED
@given(any_logs(), st.sampled_from([500_000, 3]), st.data())
def test_the_tables_are_those_of_the_oracle(log: RandomLog, rows_a_bucket: int, data: st.DataObject) -> None:
    events = oracle.pair(log.records, two_times=log.two_times)
    activities = sorted({event.activity for event in events})
    ends = data.draw(st.none() | st.lists(st.sampled_from(activities), min_size=1, max_size=2, unique=True))
    assume(ends is not None or not oracle.cases_on_the_open_boundary(events))
    config = ProcessConfig(ends=tuple(ends or ()))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spilled_records, "ROWS_A_BUCKET", rows_a_bucket)
        path = Path(folder) / "log.parquet"
        write_parquet(log.records, path, two_times=log.two_times)
        check_tables(tables_of(read([path], config=config), config=config), events, ends=ends)


@UNTIMED
@given(st.integers(0, 400), st.integers(0, 400))
def test_the_time_basis_is_exact_at_its_limits(timed: int, untimed: int) -> None:
    rows = timed + untimed
    if rows:
        expected = "wait" if 100 * timed >= 95 * rows else "gap" if 100 * timed <= 5 * rows else "mixed"
        assert time_basis(timed, rows) == expected


# --- worked out by hand ----------------------------------------------------------------------------------------------

# Two cases: 1 is A (10:00-10:30), B (11:00-12:00), A again inside B (11:15-11:30); 2 is A alone.
HAND: dict[str, list[Any]] = {
    "case": ["1", "1", "1", "2"],
    "activity": ["A", "B", "A", "A"],
    "start_time": ["2024-01-01T10:00", "2024-01-01T11:00", "2024-01-01T11:15", "2024-01-02T09:00"],
    "end_time": ["2024-01-01T10:30", "2024-01-01T12:00", "2024-01-01T11:30", "2024-01-02T09:10"],
    "resource": ["Ann", "Bob", None, "Bot"],
    "Fee": ["10", None, "2.5", None],
    "Region": ["North", "North", "North", None],
    "Score": ["1", "2", "3", "4"],
}


def hand(folder: Path, config: dict[str, Any] | None = None, **changed: list[Any]) -> BehaviourTables:
    made = ProcessConfig.model_validate(config or {"ends": ["A"]})
    return tables_of(read([write_rows(folder / "log.csv", **HAND | changed)], config=made), config=made)


def test_cases_by_hand(tmp_path: Path) -> None:
    one, two = hand(tmp_path, {"ends": ["A"], "source": {"cost": ["Fee"]}}).cases.to_pylist()
    assert {name: str(value) for name, value in one.items() if name.endswith("_at")} == {
        "started_at": "2024-01-01 10:00:00",
        "ended_at": "2024-01-01 12:00:00",
    }
    assert {name: one[name] for name in ("events", "is_open", "handovers", "rework_events", "cost")} == {
        "events": 3,
        "is_open": False,
        "handovers": 1,
        "rework_events": 1,
        "cost": 12.5,
    }
    assert [one[f"{kind}_seconds"] for kind in ("cycle_time", "processing_time", "waiting_time")] == [7200, 5400, 1800]
    assert (two["events"], two["cost"], two["cycle_time_seconds"], two["waiting_time_seconds"]) == (1, None, 600, 0)
    assert (one["sla_breached"], one["automated_events"]) == (None, None)


def test_case_level_attributes_are_a_map_of_texts(tmp_path: Path) -> None:
    one, two = hand(tmp_path).cases.to_pylist()
    assert dict(one["attributes"]) == {"region": "North"}
    assert dict(two["attributes"]) == {}


def test_transitions_by_hand(tmp_path: Path) -> None:
    assert hand(tmp_path).transitions.to_pylist() == [
        {
            "source": "A",
            "target": "B",
            "frequency": 1,
            "cases": 1,
            "overlaps": 0,
            **dict.fromkeys(("mean_seconds", "median_seconds", "p90_seconds", "max_seconds"), 1800.0),
        },
        {
            "source": "B",
            "target": "A",
            "frequency": 1,
            "cases": 1,
            "overlaps": 1,
            **dict.fromkeys(("mean_seconds", "median_seconds", "p90_seconds", "max_seconds"), -2700.0),
        },
    ]


def test_activities_by_hand(tmp_path: Path) -> None:
    rows = hand(tmp_path, {"source": {"cost": ["Fee"]}}).activities.to_pylist()
    assert [(row["activity"], row["frequency"], row["cases"], row["resources"]) for row in rows] == [
        ("A", 3, 2, 2),
        ("B", 1, 1, 1),
    ]
    a, b = rows
    # A took 30, 15 and 10 minutes and never waited; B waited half an hour.
    assert [a[f"{one}_processing_seconds"] for one in ("mean", "median", "p90")] == [1100.0, 900.0, 1620.0]
    assert (a["total_waiting_seconds"], b["total_waiting_seconds"]) == (0, 1800)
    assert (a["rework_events"], a["cost"], b["cost"], a["time_basis"]) == (1, 12.5, None, "wait")


def test_variants_by_hand(tmp_path: Path) -> None:
    rows = hand(tmp_path).variants.to_pylist()
    by_activities = {tuple(row["activities"]): row for row in rows}
    assert by_activities["A", "B", "A"]["variant_id"] == "a8da1d7ebbf9"  # printf '["A","B","A"]' | sha256sum
    assert {key: (row["cases"], row["share"], row["median_cycle_seconds"]) for key, row in by_activities.items()} == {
        ("A", "B", "A"): (1, 0.5, 7200),
        ("A",): (1, 0.5, 600),
    }


def test_a_variant_id_is_a_digest_of_plain_json() -> None:
    assert variant_id(["a", 'Prüfung "x"']) == "e0ab3d640cdc"  # printf '["a","Prüfung \\"x\\""]' | sha256sum


def test_someone_who_only_started_what_another_completed_is_no_resource_of_the_log(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", "1"],
        activity=["A", "A"],
        end_time=["2024-01-01", "2024-01-02"],
        resource=["Ann", "Bob"],
        **{"lifecycle:transition": ["start", "complete"]},
    )
    tables = tables_of(read([path]))
    assert tables.process_profile["resources"].to_pylist() == tables.activities["resources"].to_pylist() == [1]


def test_a_closed_set_of_ends_and_a_running_row_tell_open_cases(tmp_path: Path) -> None:
    tables = hand(tmp_path, {"ends": ["B"]})
    assert tables.cases["is_open"].to_pylist() == [True, True]
    assert tables.process_profile.to_pylist()[0]["open_rule"] == "ends"
    assert tables.variants["mean_cycle_seconds"].to_pylist() == [None, None]
    running = hand(tmp_path, end_time=[*HAND["end_time"][:3], None])
    assert running.cases["is_open"].to_pylist() == [False, True]


def test_automated_events_are_those_of_the_declared_resources(tmp_path: Path) -> None:
    cases = hand(tmp_path, {"automation": {"resources": ["Bot", "Nobody"]}}).cases
    assert cases["automated_events"].to_pylist() == [0, 1]


def test_a_case_breaches_when_any_limit_is_exceeded(tmp_path: Path) -> None:
    def breached(**sla: Any) -> list[bool]:
        return list(hand(tmp_path, {"sla": sla}).cases["sla_breached"].to_pylist())

    assert breached(cycle_time="2h") == [False, False]  # exactly met
    assert breached(cycle_time="119m") == [True, False]
    assert breached(waiting_time="29m") == [True, False]
    assert breached(waiting_time="30m", cycle_time="5m") == [True, True]
    # B became possible when A ended at 10:30 and was done at 12:00; the second A when A ended at 10:30, done at 11:30.
    assert breached(activities={"B": "90m"}) == [False, False]
    assert breached(activities={"B": "89m"}) == [True, False]
    assert breached(activities={"A": "9m"}) == [True, True]
    assert breached(activities={"Z": "1s"}) == [False, False]


def test_what_is_due_is_listed_with_when_it_was_done(tmp_path: Path) -> None:
    config = {"ends": ["A"], "sla": {"cycle_time": "1h", "activities": {"B": "2h"}}}
    rows = [tuple(map(str, row.values())) for row in hand(tmp_path, config).due_dates.to_pylist()]
    assert rows == [
        ("1", "2024-01-01 12:30:00", "2024-01-01 12:00:00", "B"),
        ("1", "2024-01-01 11:00:00", "2024-01-01 12:00:00", "cycle_time"),
        ("2", "2024-01-02 10:00:00", "2024-01-02 09:10:00", "cycle_time"),
    ]
    enabled = hand(tmp_path, config, enabled_time=[None, "2024-01-01T10:45", None, None], end_time=HAND["end_time"])
    assert str(enabled.due_dates.to_pylist()[0]["due_date"]) == "2024-01-01 12:45:00"


def test_what_is_due_of_an_open_case_is_not_done(tmp_path: Path) -> None:
    rows = hand(tmp_path, {"ends": ["B"], "sla": {"cycle_time": "1h"}}).due_dates.to_pylist()
    assert [row["actual_date"] for row in rows] == [None, None]


def test_the_profile_says_currency_and_zone(tmp_path: Path) -> None:
    config = {"cost": {"currency": "eur"}, "calendar": {"timezone": "Europe/Amsterdam"}}
    (row,) = hand(tmp_path, config).process_profile.to_pylist()
    assert (row["currency"], row["timezone"], row["resources"], row["time_basis"]) == (
        "EUR",
        "Europe/Amsterdam",
        3,
        "wait",
    )


@pytest.mark.parametrize("name", ["cases", "activities", "transitions", "variants", "due_dates", "process_profile"])
def test_every_table_has_the_columns_of_the_lake(tmp_path: Path, name: str) -> None:
    table = getattr(hand(tmp_path), name)
    assert tuple(table.column_names) == LAKE_TABLES[name].column_names
