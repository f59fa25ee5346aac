"""Stored logs to the tables `simulation_model` and `simulation_quality`: a good log, poor ones."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bpa_assets.optimized_plan.acceptance.gate import why_no_plan
from bpa_assets.optimized_plan.simulation_tables import (
    SimulatedProcess,
    quality_table,
    simulate_process,
    verdict,
)
from bpa_assets.optimized_plan.validation.measures import GATE, Measure
from bpa_assets.settings import ProcessConfig
from bpa_resources.lake_tables import LAKE_TABLES
from tests.stored_logs import read, tables_of, write_rows

MONDAY = datetime(2024, 1, 1)

Row = tuple[str, str, datetime | None, datetime, str | None]
"""Case, activity, start, end, resource."""


def simulated(folder: Path, rows: Sequence[Row], *, ends: tuple[str, ...] = ()) -> SimulatedProcess:
    """Store a log and simulate it, as the asset does."""
    names = ("case_id", "activity", "start_time", "end_time", "resource")
    columns = dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True))
    kept = {name: values for name, values in columns.items() if any(value is not None for value in values)}
    config = ProcessConfig(ends=ends)
    log = read([write_rows(folder / "log.csv", **kept)], config=config)
    tables = tables_of(log, config=config)
    return simulate_process(
        log.event_log.files,
        open_cases=np.array(tables.cases["is_open"].to_pylist(), np.bool_),
        time_basis=tables.process_profile["time_basis"][0].as_py() or "gap",
        zone="UTC",
        automated=(),
        causes={"contention": 30.0, "unavailability": 10.0, "unknown": 60.0},
    )


def office(cases: int, *, people: int = 2, every: timedelta = timedelta(hours=1)) -> list[Row]:
    """Cases of two steps in office hours; the second by people in turn, each case when they are free."""
    rng = np.random.default_rng(2)
    rows: list[Row] = []
    for case in range(cases):
        hour = case * every // timedelta(hours=1)
        begin = MONDAY + timedelta(days=hour // 6 // 5 * 7 + hour // 6 % 5, hours=9 + hour % 6)
        checked = begin + timedelta(minutes=int(rng.integers(10, 40)))
        decided = checked + timedelta(minutes=int(rng.integers(10, 80)))
        rows.append((f"c{case}", "check", begin, checked, "Ann"))
        rows.append((f"c{case}", "decide", checked, decided, f"clerk {case % people}"))
    return rows


def figures(found: SimulatedProcess) -> dict[str, dict[str, object]]:
    return {row["measure"]: row for row in found.quality.to_pylist()}


def test_a_log_is_reproduced_and_its_tables_have_the_declared_columns(tmp_path: Path) -> None:
    found = simulated(tmp_path, office(300))
    measures = figures(found)
    assert {name: measures[name]["passed"] for name in GATE} == dict.fromkeys(GATE, True)
    for name, table in (("simulation_model", found.model), ("simulation_quality", found.quality)):
        assert tuple(table.column_names) == LAKE_TABLES[name].column_names
    parameters = [row for row in found.model.to_pylist() if row["value"] is not None]
    assert parameters
    assert all(row["low"] <= row["value"] <= row["high"] for row in parameters)
    # Known causes of the log are 3/4 contention.
    assert measures["waiting by contention"]["real"] == 0.75
    assert {"public_ngd", "public_ctdd", "held_out_hours", "drift_hours"} <= set(measures)
    assert measures["drift_hours"]["passed"] is True
    assert simulated(tmp_path, office(300)).quality.equals(found.quality)  # the same again


def test_a_log_that_becomes_slower_is_told_to_have_drifted(tmp_path: Path) -> None:
    rows = [
        (case, activity, start, end if int(case[1:]) < 230 or activity == "check" else end + timedelta(hours=40), who)
        for case, activity, start, end, who in office(300)
    ]
    assert figures(simulated(tmp_path, rows))["drift_hours"]["passed"] is False


def _without(*columns: int) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [tuple(None if place in columns else value for place, value in enumerate(row)) for row in rows]  # type: ignore[misc]


BAD: dict[str, tuple[list[Row], tuple[str, ...], str]] = {
    "no start times": (_without(2)(office(60)), (), "no start times"),
    "no resources": (_without(4)(office(60)), (), "does not say who did the work"),
    "one resource": ([(*row[:4], "Ann") for row in office(60, every=timedelta(hours=3))], (), "One resource"),
    "thirty cases": (office(30), (), "only 30, so"),
    "one case a year": (
        [
            (f"c{year}", step, *(MONDAY + timedelta(days=365 * year, hours=hour + more) for more in (0, 1)), "Ann")
            for year in range(6)
            for hour, step in ((9, "check"), (11, "decide"))
        ],
        (),
        "Less than one case a week",
    ),
    "all cases open": (office(60), ("archive",), "No case is finished"),
    "no time taken": ([(*row[:2], row[2], row[2], row[4]) for row in office(60) if row[2]], (), "No step takes"),
    "overlapping work": ([(*row[:4], "Ann") for row in office(60)], (), "One resource"),
    "one event": (office(1)[:1], (), "only 1, so"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_poor_log_gives_a_labelled_result(name: str, tmp_path: Path) -> None:
    rows, ends, sentence = BAD[name]
    found = simulated(tmp_path, rows, ends=ends)
    assert any(sentence in said for said in found.said), found.said
    for row in found.quality.to_pylist():
        assert row["value"] is not None
        assert np.isfinite(row["value"])
        assert (row["real"] is None) == (row["simulated"] is None)
    assert [row["note"] for row in found.model.to_pylist() if row["note"]]


def test_no_plan_is_made_of_cases_of_which_none_is_finished(tmp_path: Path) -> None:
    model = simulated(tmp_path, office(300), ends=("archive",)).calibrated
    assert model is not None
    told = why_no_plan(model, dict.fromkeys(GATE, True))
    assert told == "No plan: no case is finished, so nothing tells how long one takes."
    done = simulated(tmp_path, office(300), ends=("decide",)).calibrated
    assert done is not None
    assert why_no_plan(done, dict.fromkeys(GATE, True)) is None


def test_cases_that_all_arrive_at_once_are_simulated_and_not_planned(tmp_path: Path) -> None:
    at_once = [(f"c{number}", step, MONDAY + timedelta(hours=hour), MONDAY + timedelta(hours=hour + 1), "Ann")
               for number in range(500) for hour, step in ((9, "check"), (11, "decide"))]  # fmt: skip
    found = simulated(tmp_path, at_once)
    assert found.calibrated is not None
    told = why_no_plan(found.calibrated, dict.fromkeys(GATE, True))
    assert told == "No plan: cases arrive on fewer than 3 days, so what a usual day brings is not known."


def test_too_long_a_log_is_not_simulated_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpa_assets.optimized_plan.simulation_tables.MOST_EVENTS", 100)
    found = simulated(tmp_path, office(60))
    assert found.said == ("No simulation: it is calibrated on at most 100 events, the log has 120.",)
    assert found.quality.num_rows == 0
    assert [row["note"] for row in found.model.to_pylist()] == list(found.said)


def test_a_long_log_is_simulated_by_its_last_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpa_assets.optimized_plan.simulation_tables.CALIBRATED_EVENTS", 121)
    found = simulated(tmp_path, office(100))
    assert found.said[0] == "The simulation is calibrated on the last 60 of 100 cases."
    assert figures(found)["mean_cycle_seconds"]["passed"] is True


def test_a_simulation_that_is_far_from_the_log_may_carry_no_plan() -> None:
    far = Measure("mean_cycle_seconds", 0.5, 100.0, 150.0, passed=False)
    near = Measure("p90_cycle_seconds", 0.1, 100.0, 110.0, passed=True)
    pool = Measure("utilization of clerks", 0.2, 0.5, 0.7, passed=False)
    assert verdict([near, pool]) == []
    assert verdict([far, near]) == [
        "The simulation does not reproduce the log and may not carry a plan: mean cycle time 2m 30s instead of 1m 40s."
    ]
    assert quality_table([far, pool])["passed"].to_pylist() == [False, False]
