"""What the model view shows at each task and flow, counted by hand on a log of 19 cases."""

from typing import Any

import pyarrow as pa
import pytest

from bpa_assets.report.model_figures import StageTables, model_figures
from tests.report.small_report import TASKS, WAITS, small_tables


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[StageTables, bytes]:
    return small_tables(tmp_path_factory.mktemp("small"), {name: name for name in WAITS})


@pytest.fixture(scope="module")
def figures(tables: tuple[StageTables, bytes]) -> dict[str, Any]:
    found = model_figures(tables[1], tables[0])
    assert found is not None
    return found


def of(figures: dict[str, Any], name: str) -> dict[str, Any]:
    (task,) = (task for task in figures["elements"].values() if task["name"] == name)
    return dict(task)


def test_every_task_of_the_file_has_its_figures(figures: dict[str, Any]) -> None:
    assert sorted(task["name"] for task in figures["elements"].values()) == sorted(TASKS)
    assert all(f'id="{identity}"' in figures["xml"] for identity in [*figures["elements"], *figures["flows"]])
    check = of(figures, "check")
    assert (check["frequency"], check["cases"], check["rework_events"]) == (21, 17, 4)
    assert check["median_processing_seconds"] == 600
    assert check["mean_waiting_seconds"] == 3600
    assert check["total_waiting_seconds"] == 21 * 3600


def test_of_several_tasks_of_an_activity_each_has_what_was_measured_at_it(
    tables: tuple[StageTables, bytes], figures: dict[str, Any]
) -> None:
    here = next(identity for identity, task in figures["elements"].items() if task["name"] == "check")
    measured = {"frequency": 9, "cases": 8, "mean_waiting_seconds": 60.0, "total_waiting_seconds": 540.0}
    rows = [{"task": here, "activity": "check", **measured}, {"task": "task_other", "activity": "check", **measured}]
    found = model_figures(tables[1], tables[0], rows)
    assert found is not None
    check = of(found, "check")
    assert {name: check[name] for name in measured} == measured
    assert check["tasks"] == 2
    assert check["rank"] == of(figures, "check")["rank"]
    assert of(found, "decide") == of(figures, "decide")


def test_cases_that_leave_the_model_at_a_task_count_once_however_often_they_do(figures: dict[str, Any]) -> None:
    check = of(figures, "check")
    kinds = [check[f"{kind}_cases"] for kind in ("skipped", "inserted", "swapped", "deviating")]
    assert kinds == [2, 2 + 1, 3, 2 + 3 + 3]
    assert of(figures, "pay")["deviating_cases"] == 0


def test_waiting_has_its_rank_its_causes_and_what_comes_before(figures: dict[str, Any]) -> None:
    decide = of(figures, "decide")
    assert decide["rank"] == 1
    assert decide["cases_over_threshold"] == 19
    assert [one["cause"] for one in decide["causes"]] == ["unavailability", "contention"]
    # 14 cases come from check, 5 from register, each after 24 hours.
    assert [(one["name"], one["cases"], one["total_waiting_seconds"]) for one in decide["after"]] == [
        ("check", 14, 14 * 24 * 3600),
        ("register", 5, 5 * 24 * 3600),
    ]


def test_flows_have_the_estimate_that_the_layout_has(figures: dict[str, Any]) -> None:
    # Start to register, to check (one calls first), to decide, to the gateway, to pay and reject, and on to the end.
    assert sorted(figures["flows"].values()) == sorted([19, 13, 14, 16, 12, 4, 15, 4, 19])


def test_what_the_model_leaves_out_is_told(figures: dict[str, Any]) -> None:
    assert [(one["name"], one["cases"], one["inserted_cases"]) for one in figures["left_out"]] == [("call", 1, 1)]


def test_without_a_model_there_is_nothing_to_show(tables: tuple[StageTables, bytes]) -> None:
    assert model_figures(None, tables[0]) is None


def test_a_run_without_deviations_and_causes_has_a_model_all_the_same(tables: tuple[StageTables, bytes]) -> None:
    stages, file = tables
    text, whole = pa.string(), pa.int64()
    deviation = pa.schema([("variant_id", text), ("kind", text), ("activity", text), ("cases", whole)]).empty_table()
    causes = pa.schema([("activity", text), ("cause", text), ("total_seconds", pa.float64())]).empty_table()
    bare = StageTables(stages.activities, stages.transitions, stages.variants, deviation, stages.bottlenecks, causes)
    figures = model_figures(file, bare)
    assert figures is not None
    assert {task["deviating_cases"] for task in figures["elements"].values()} == {0}
    assert not any(task["causes"] for task in figures["elements"].values())
