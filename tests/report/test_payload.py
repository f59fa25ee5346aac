"""What the page is given: figures by hand on six cases, and against plain loops over the rows of a demo log."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any

import pyarrow.parquet as pq
import pytest

from bpa_assets.event_log.demo.log_file import write_demo_log
from bpa_assets.report import variant_payload
from bpa_assets.report.case_base import MOST_DAYS, Periods
from bpa_assets.report.case_figures import MOST_BARS, bar_width
from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.payload import report_payload
from tests.optimized_plan.small_plans import FOUND, NOTHING
from tests.report.stored_run import (
    FACTS,
    LEDGER,
    Step,
    StoredRun,
    log_of,
    stored_run,
    with_actions,
    with_factors,
    with_plans,
    with_rules,
)


def _case(day: int, *steps: tuple[str, int, int, str]) -> list[Step]:
    """Steps as activity, first and last hour of a day of January 2026, resource."""
    return [(name, f"01-{day:02} {start:02}:00", f"01-{day:02} {end:02}:00", who) for name, start, end, who in steps]


# Ask for an hour, wait two, decide for one: four hours; once it waits six; once asked twice; once decided only.
CASES = {
    "a": _case(5, ("ask", 8, 9, "Ann"), ("decide", 11, 12, "Bob")),
    "b": _case(6, ("ask", 8, 9, "Ann"), ("decide", 11, 12, "Ann")),
    "c": _case(6, ("ask", 8, 9, "Ann"), ("decide", 15, 16, "Bob")),
    "d": _case(7, ("ask", 8, 9, "Ann"), ("decide", 11, 12, "Bob")),
    "e": _case(7, ("ask", 8, 9, "Ann"), ("ask", 9, 10, "Ann"), ("decide", 11, 12, "Bob")),
    "f": _case(9, ("decide", 11, 12, "Bob")),
}
HOUR = 3600


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """Six cases of two activities."""
    return stored_run(log_of(tmp_path_factory.mktemp("small"), CASES), tasks=["ask", "decide"])


@pytest.fixture(scope="module")
def payload(small: StoredRun) -> dict[str, Any]:
    return report_payload(small.tables, FACTS)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """Sixty cases of the demo log, with its faults."""
    path = tmp_path_factory.mktemp("demo") / "orders.csv"
    write_demo_log(path, cases=60, with_truth=False)
    return stored_run(path)


def test_a_variant_has_its_path_its_cases_and_the_mean_time_of_each_step(payload: dict[str, Any]) -> None:
    assert [one["name"] for one in payload["activities"]] == ["ask", "decide"]
    variants = payload["variants"]
    # Of the last two, with one case each, the order is that of their ids.
    assert variants["path"][0] == [0, 1]
    assert sorted(variants["path"][1:]) == [[0, 0, 1], [1]]
    assert variants["cases"] == [4, 1, 1]
    # After asking they wait 2, 2, 6 and 2 hours: 3 on average. Asked again at once, then an hour.
    seconds = dict(zip(map(tuple, variants["path"]), variants["step_seconds"], strict=True))
    assert seconds == {(0, 1): [3 * HOUR], (0, 0, 1): [0, HOUR], (1,): []}
    assert variants["cycle_values"][0] == [4 * HOUR, 4 * HOUR, 4 * HOUR, 8 * HOUR]
    assert variants["closed"] == [4, 1, 1]
    assert variants["cycle_seconds"][0] == 20 * HOUR
    assert variants["waiting_seconds"][0] == 12 * HOUR
    assert variants["handovers"][0] == 3
    assert payload["variants_left_out"] == {"variants": 0, "cases": 0}
    assert payload["rest_edges"] == []


def test_the_key_figures_are_those_of_all_cases(payload: dict[str, Any]) -> None:
    kpis = payload["kpis"]
    assert (kpis["cases"], kpis["closed_cases"], kpis["open_cases"], kpis["events"]) == (6, 6, 0, 12)
    # 4, 4, 8, 4, 4 hours and 1.
    assert kpis["median_cycle_seconds"] == 4 * HOUR
    assert kpis["mean_cycle_seconds"] == compact(25 / 6 * HOUR)
    assert kpis["p90_cycle_seconds"] == 6 * HOUR  # between the last two of six, half way
    assert kpis["waiting_share"] == compact((2 + 2 + 6 + 2 + 1) / 25)
    assert kpis["rework_rate"] == compact(1 / 6)
    assert kpis["throughput_per_day"] == compact(6 / 5)  # from the 5th to the 9th
    assert kpis["sla_breach_rate"] is None


def test_periods_have_what_began_what_ended_and_what_is_at_work(payload: dict[str, Any]) -> None:
    time = payload["time"]
    assert (time["unit"], time["starts"][0], time["starts"][-1]) == ("day", "2026-01-05", "2026-01-09")
    assert time["arrivals"] == [1, 2, 2, 0, 1]
    assert time["completions"] == [1, 2, 2, 0, 1]
    assert time["wip"] == [0, 0, 0, 0, 0]
    assert time["median_cycle_seconds"] == [4 * HOUR, 6 * HOUR, 4 * HOUR, None, HOUR]
    assert payload["variants"]["arrivals"][0] == [0, 1, 1, 2, 2, 1]


def test_the_histogram_counts_every_closed_case_once(payload: dict[str, Any]) -> None:
    # 99 of 100 take up to 7.8 h: bars of 12 minutes would do, a person says quarters of an hour.
    assert payload["cycle_time"]["width"] == 900
    cases = payload["cycle_time"]["cases"]
    assert {bar: count for bar, count in enumerate(cases) if count} == {4: 1, 16: 4, 32: 1}
    assert not payload["cycle_time"]["open_ended"]


def test_the_quickest_the_middle_and_the_slowest_case_are_carried_with_their_events(payload: dict[str, Any]) -> None:
    sample = payload["sample"]
    first = [case for case in sample["cases"] if case[0] == 0]
    assert [case[1] for case in first] == ["a", "b", "c"]
    _, _, began, cycle, is_open, events, rows = first[0]
    assert datetime(1970, 1, 1) + timedelta(seconds=began) == datetime(2026, 1, 5, 8)
    assert (cycle, is_open, events) == (4 * HOUR, False, 2)
    assert sample["resources"] == ["Ann", "Bob"]
    assert rows == [[0, 0, HOUR, 0, 0, 0], [1, 3 * HOUR, 4 * HOUR, 2 * HOUR, 1, 0]]


def test_bottlenecks_name_activities_by_their_place_in_the_list(payload: dict[str, Any]) -> None:
    first, *others = payload["waiting"]["places"]
    assert (first["activity"], first["after"], first["total_waiting_seconds"]) == (1, None, 13 * HOUR)
    assert first["cases_over_threshold"] == 1  # above two hours, not at them
    assert any((place["activity"], place["after"]) == (1, 0) for place in others)
    assert payload["waiting"]["threshold"] == 7200


def test_what_stands_out_is_said_with_the_figures_of_the_log(payload: dict[str, Any]) -> None:
    said = {one["section"]: one["text"] for one in payload["highlights"]}
    assert said["time"] == "Half of the closed cases take at most 4 h, one in ten more than 6 h; the mean is 4.2 h."
    assert said["bottlenecks"].startswith("100 % of all waiting is before “decide”, 2.2 h on average")
    assert said["variants"] == "Half of the cases run along one variant; the most frequent one has 67 % of them."
    assert said["map"] == "17 % of the cases repeat a step, most often “ask” (once)."
    assert said["quality"].startswith("0 of 12 records were rejected")


def test_a_run_of_fewer_stages_has_a_page_all_the_same(small: StoredRun) -> None:
    absent = ("waiting_causes", "deviation", "bottlenecks", "imputation", "quality_issue", "rejected_events")
    payload = report_payload(small.without(*absent), FACTS)
    assert payload["waiting"]["places"] == []
    assert payload["waiting"]["causes_untold"] == "This run has not looked for causes."
    assert payload["conformance"]["models"] == []


def test_a_run_without_rules_says_which_of_the_two_it_is(small: StoredRun, tmp_path: Path) -> None:
    """Not looked for, or none found."""
    assert report_payload(small.tables, FACTS)["rules"] is None
    run = with_rules(small, "ask → decide | end", "ask", [], tmp_path)
    empty = tmp_path / "rule_set.parquet"
    pq.write_table(pq.read_table(empty).slice(0, 0), empty)
    found = report_payload(run.tables, FACTS)
    assert (found["rules"]["rules"], found["rules"]["accounting"]["candidates"]) == ([], 40)
    assert "rules" not in found["definitions"]
    assert not any(one["section"] == "rules" for one in found["highlights"])


def test_rules_come_the_surest_first_with_their_examples_and_their_place(small: StoredRun, tmp_path: Path) -> None:
    run = with_rules(small, "ask → decide | end", "ask", ["a", "b", "c"], tmp_path)
    payload = report_payload(run.tables, FACTS)
    rules = payload["rules"]["rules"]
    # The accepted one, then by what later cases vouch for; the one that never fires in them last.
    assert [one["rule_id"][-1] for one in rules] == ["4", "1", "2", "3", "5"]
    assert [one["after"] for one in rules] == ["ask", "ask", "ask", None, "ask"]
    assert rules[1]["examples_for"] == [["a", 1, True], ["c", 1, True]]
    assert rules[1]["examples_against"] == [["b", 1, True]]
    assert rules[0]["action"] == "create_ticket (queue: quality)"
    assert [one["kind"] for one in payload["rules"]["points"]] == ["choice", "rework", "sla_breach"]
    (said,) = [one["text"] for one in payload["highlights"] if one["section"] == "rules"]
    assert said == (
        "Of 5 rules the most telling: after “ask”, if order_value > 500 and region in ('East', 'West'), then “pay”, "
        "right in 92 % of the later cases it fires for (in 60 % of all)."
    )


def test_variants_know_whether_they_fit_the_models(small: StoredRun, tmp_path: Path) -> None:
    ids = report_payload(small.tables, FACTS)["variants"]["id"]
    aligned = [
        {"variant_id": ids[0], "model": "discovered", "cost": 0},
        {"variant_id": ids[1], "model": "discovered", "cost": 2},
    ]
    reference = [{"variant_id": ids[1], "cost": 0}]
    run = small.with_table("variant_alignment", aligned, tmp_path).with_table(
        "reference_alignment", reference, tmp_path
    )
    variants = report_payload(run.tables, FACTS)["variants"]
    assert variants["fits"] == [True, False, None]
    assert variants["fits_reference"] == [None, True, None]


def test_a_case_that_leaves_the_model_twice_at_one_activity_counts_once(small: StoredRun, tmp_path: Path) -> None:
    rows = [
        {"variant_id": "x", "position": 1, "kind": "inserted", "activity": "ask", "cases": 3},
        {"variant_id": "x", "position": 4, "kind": "inserted", "activity": "ask", "cases": 3},
        {"variant_id": "y", "position": 0, "kind": "inserted", "activity": "ask", "cases": 2},
        {"variant_id": "y", "position": 2, "kind": "skipped", "activity": "never seen", "cases": 2},
    ]
    found = report_payload(small.with_table("deviation", rows, tmp_path).tables, FACTS)["conformance"]["deviations"][
        "discovered"
    ]
    assert [(one["kind"], one["label"], one["cases"], one["variants"]) for one in found] == [
        ("inserted", "ask", 5, 2),
        ("skipped", "never seen", 2, 1),
    ]
    assert [one["activity"] for one in found] == [0, None]


def test_what_waiting_goes_along_with_is_cut_from_its_tables(small: StoredRun, tmp_path: Path) -> None:
    assert report_payload(small.tables, FACTS)["factors"] == {
        name: [] for name in ("time_of_week", "resources", "handovers", "rework", "sla")
    }
    payload = report_payload(with_factors(small, "decide", tmp_path).tables, FACTS)
    cells = [[1, 9, 2, 7200], [1, 17, 2, 7200], [5, 9, 2, 36000], [5, 17, 2, 36000]]
    assert payload["factors"]["time_of_week"] == [{"activity": None, "cells": cells}, {"activity": 1, "cells": cells}]
    (resource,) = payload["factors"]["resources"]
    assert (resource["activity"], resource["resource"], resource["total_waiting_seconds"]) == (1, None, 270)
    assert payload["factors"]["sla"][0]["breach_rate"] == compact(2 / 3)
    assert {"time_of_week", "reference_deviations"} <= payload["definitions"].keys()


def test_the_simulation_stands_beside_the_log_and_what_the_log_does_not_tell(small: StoredRun, tmp_path: Path) -> None:
    assert report_payload(small.tables, FACTS)["simulation"] == {"measures": [], "notes": [], "passed": True}
    found = report_payload(with_factors(small, "decide", tmp_path).tables, FACTS)
    simulation = found["simulation"]
    assert simulation["measures"][0] == {
        "measure": "mean_cycle_seconds", "value": 0.25, "real": 7200, "simulated": 9000, "passed": False,
    }  # fmt: skip
    assert simulation["notes"] == ["One resource does all the work."]
    assert simulation["passed"] is False  # the mean is of the gate
    assert "simulation" in found["definitions"]


def test_an_action_stands_as_far_as_the_ledger_has_it_and_what_needs_somebody_comes_first(
    small: StoredRun, tmp_path: Path
) -> None:
    assert report_payload(small.tables, FACTS)["actions"] is None
    actions = report_payload(with_actions(small, tmp_path).tables, FACTS, ledger=LEDGER)["actions"]
    assert [(one["case_id"], one["state"]) for one in actions["actions"]] == [
        ("C-2", "new"), ("C-1", "done"), ("C-3", "problem"),
    ]  # fmt: skip
    assert actions["states"] == {"new": 1, "done": 1, "problem": 1}
    assert actions["actions"][1]["done_at"] == "2026-01-02T03:00:00"
    assert actions["effects"][0]["finding"] == "less"


def test_the_reference_model_has_its_figures_and_deviations(small: StoredRun, tmp_path: Path) -> None:
    conformance = report_payload(with_factors(small, "decide", tmp_path).tables, FACTS)["conformance"]
    assert [one["model"] for one in conformance["models"]] == ["reference"]
    assert conformance["deviations"]["reference"] == [
        {
            "kind": "inserted", "activity": 1, "label": "decide", "cases": 8, "variants": 2, "accepted": 4,
            "difference_seconds": -3600,
        }
    ]  # fmt: skip
    nothing = with_factors(small, "decide", tmp_path).with_table("reference_model", [], tmp_path)
    assert report_payload(nothing.tables, FACTS)["conformance"]["deviations"].keys() == {"discovered"}
    assert conformance["labels"] == [{"reference_label": "Take order", "activity": "decide", "how": "process.yaml"}]


def by_case(run: StoredRun) -> dict[str, list[dict[str, Any]]]:
    """The rows of every case, as they lie."""
    cases = defaultdict(list)
    for file in run.tables.files["event_log"]:
        for row in pq.read_table(file).to_pylist():
            cases[row["case_id"]].append(row)
    return cases


def edges_of(payload: Mapping[str, Any]) -> dict[tuple[int, int], tuple[int, float]]:
    """How often each pair happened and its seconds, as the page adds them up."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    seconds: dict[tuple[int, int], float] = defaultdict(float)
    variants = payload["variants"]
    for path, cases, means in zip(variants["path"], variants["cases"], variants["step_seconds"], strict=True):
        for pair, mean in zip(pairwise([-1, *path, -1]), [0, *means, 0], strict=True):
            counts[pair] += cases
            seconds[pair] += cases * mean
    for source, target, count, mean in payload["rest_edges"]:
        counts[source, target] += count
        seconds[source, target] += count * mean
    return {pair: (count, seconds[pair]) for pair, count in counts.items()}


@pytest.mark.parametrize("most", [0, 40, 200, 100_000])
def test_paths_and_their_times_are_whole_however_few_variants_are_carried(
    most: int, demo: StoredRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variant_payload, "MOST_STEPS", most)
    payload = report_payload(demo.tables, FACTS)
    index = {one["name"]: number for number, one in enumerate(payload["activities"])}
    expected: dict[tuple[int, int], list[float]] = defaultdict(list)
    for rows in by_case(demo).values():
        expected[-1, index[rows[0]["activity"]]].append(0)
        expected[index[rows[-1]["activity"]], -1].append(0)
        for one, other in pairwise(rows):
            gap = (other["start_time"] - one["end_time"]).total_seconds()
            expected[index[one["activity"]], index[other["activity"]]].append(gap)
    found = edges_of(payload)
    assert {pair: count for pair, (count, _) in found.items()} == {pair: len(all_) for pair, all_ in expected.items()}
    for pair, (_, seconds) in found.items():
        assert seconds == pytest.approx(sum(expected[pair]), rel=1e-4, abs=1), pair
    left_out = payload["variants_left_out"]
    assert left_out["cases"] + sum(payload["variants"]["cases"]) == 60
    assert len(payload["variants"]["id"]) + left_out["variants"] == len(set(map(_path, by_case(demo).values())))


def _path(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(row["activity"] for row in rows)


def test_the_counts_of_the_variants_add_up_to_those_of_all_cases(demo: StoredRun) -> None:
    payload = report_payload(demo.tables, FACTS)
    variants, time = payload["variants"], payload["time"]
    for name in ("arrivals", "completions"):
        summed = [0] * len(time["starts"])
        for flat in variants[name]:
            for period, count in zip(flat[::2], flat[1::2], strict=True):
                summed[period] += count
        assert summed == time[name]
    assert sum(variants["closed"]) == payload["kpis"]["closed_cases"] == sum(payload["cycle_time"]["cases"])
    values = sorted(value for some in variants["cycle_values"] for value in some)
    assert len(values) == payload["kpis"]["closed_cases"]
    assert quantiles(values, n=10, method="inclusive")[8] == pytest.approx(
        payload["kpis"]["p90_cycle_seconds"], rel=1e-5
    )


def test_work_in_progress_is_what_a_loop_over_days_counts(demo: StoredRun) -> None:
    time = report_payload(demo.tables, FACTS)["time"]
    cases = pq.read_table(demo.tables.files["cases"][0]).to_pylist()
    assert time["unit"] == "day"
    for start, wip in zip(time["starts"], time["wip"], strict=True):
        night = datetime.combine(date.fromisoformat(start) + timedelta(days=1), datetime.min.time())
        at_work = [one for one in cases if one["started_at"] < night and (one["is_open"] or one["ended_at"] >= night)]
        assert wip == len(at_work), start


def test_a_large_variant_is_carried_as_quantiles(demo: StoredRun, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report_payload(demo.tables, FACTS)["variants"]["cycle_values"][0]
    assert len(whole) > 2
    monkeypatch.setattr(variant_payload, "VALUES", 3)
    monkeypatch.setattr(variant_payload, "_FIGURES", variant_payload._FIGURES.replace("<= 51", "<= 2"))
    least, middle, most = report_payload(demo.tables, FACTS)["variants"]["cycle_values"][0]
    assert (least, most) == (whole[0], whole[-1])
    assert middle == pytest.approx(quantiles(whole, n=2, method="inclusive")[0], rel=1e-5)


def test_nothing_in_the_payload_is_beyond_json(demo: StoredRun) -> None:
    payload = report_payload(demo.tables, FACTS)
    text = json.dumps(payload, allow_nan=False, default=lambda moment: moment.isoformat())
    assert len(text) < 600_000


@pytest.mark.parametrize(
    ("first", "last", "unit", "count", "second"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), "day", 1, None),
        (date(2026, 1, 1), date(2026, 1, MOST_DAYS % 31), "day", MOST_DAYS % 31, date(2026, 1, 2)),
        (date(2025, 12, 31), date(2026, 12, 31), "week", 53, date(2026, 1, 5)),
        (date(2000, 2, 29), date(2013, 1, 1), "month", 156, date(2000, 3, 1)),
    ],
)
def test_a_period_is_as_long_as_the_log_needs(first: date, last: date, unit: str, count: int, second: date) -> None:
    from bpa_assets.report.case_base import _periods

    periods = _periods(first, last)
    assert (periods.unit, periods.count, len(periods.starts)) == (unit, count, count)
    assert second is None or periods.starts[1] == second
    assert periods.starts[-1] <= last
    assert Periods(unit, first, last).days == (last - first).days + 1


def test_bars_are_as_wide_as_a_person_would_say() -> None:
    assert bar_width(0) == 1
    assert bar_width(40 * 3600) == 3600
    assert bar_width(40 * 3600 + 1) == 7200
    assert bar_width(86_400.0 * 365 * 100) == 86_400 * 1000
    for seconds in (5, 77, 4000, 90_000, 3e6, 1e8):
        assert seconds / bar_width(seconds) <= MOST_BARS


@pytest.mark.parametrize(
    ("value", "short"), [(None, None), (0.0, 0), (3.0, 3), (1234567, 1234567), (1 / 3, 0.333333), (float("nan"), None)]
)
def test_numbers_keep_six_digits(value: float | None, short: float | None) -> None:
    assert compact(value) == short
    assert json.dumps(compact(value)) == json.dumps(short)


def test_the_same_tables_give_the_same_page(small: StoredRun) -> None:
    from bpa_assets.report.report import build_report

    assert build_report(small.tables, FACTS, bpmn=small.bpmn) == build_report(small.tables, FACTS, bpmn=small.bpmn)


def test_without_a_search_the_page_says_that_it_has_not_looked_for_plans(small: StoredRun, tmp_path: Path) -> None:
    payload = report_payload(small.tables, FACTS)
    assert payload["plan"] is None
    assert "plans" not in payload["charts"]
    nothing = report_payload(with_plans(small, NOTHING, tmp_path).tables, FACTS)
    assert nothing["plan"]["plans"] == []
    assert nothing["plan"]["search"]["said"] == ["No plan: the log has 12 cases, and a plan needs 30."]
    assert "plans" not in nothing["charts"]


def test_plans_stand_from_dear_to_cheap_then_controls_then_the_process_as_it_is(
    small: StoredRun, tmp_path: Path
) -> None:
    payload = report_payload(with_plans(small, FOUND, tmp_path).tables, FACTS)
    assert [(one["mark"], one["name"]) for one in payload["plan"]["plans"]] == [
        ("A", "Fastest"), ("B", "Balanced"), ("C", "Cheapest"), ("1", "Hours only"), ("2", "Earliest due first"),
        ("3", "Headcount only"), ("", "As it is"),
    ]  # fmt: skip
    accepted = next(trace for trace in payload["charts"]["plans"]["data"] if trace["name"] == "accepted")
    assert (accepted["x"], accepted["y"]) == ([-0.12, -0.3], [-0.31, -0.24])
    assert accepted["error_y"]["array"] == pytest.approx([0.02, 0.02])
    (goal,) = payload["charts"]["plans"]["layout"]["shapes"]
    assert (goal["x1"], goal["y1"]) == (-0.1, -0.2)
    assert {
        "section": "plan",
        "text": "A plan of 8 changes lowers cost by at least 29 % and the mean cycle time by at least 22 %.",
    } in payload["highlights"]
