"""From the stored simulation to the files beside the model's, with a made-up search of plans."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bpa_assets.optimized_plan.acceptance import plan_search
from bpa_assets.optimized_plan.acceptance.change_lines import plan_id
from bpa_assets.optimized_plan.plan import Decisions, PlanSearch
from bpa_assets.optimized_plan.plan_files.plan_tables import HOURS
from bpa_assets.optimized_plan.plan_files.simulation_model_file import simulation_model_bytes
from bpa_assets.optimized_plan.plan_files.written_plans import (
    NOT_SIMULATED,
    PlannedFrom,
    aim_of,
    plan_files,
    plans_of_run,
)
from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.settings import ProcessConfig
from tests.optimized_plan.small_models import OFFICE, model
from tests.optimized_plan.small_plans import FOUND, plan

QUALITY = ({"measure": "mean_cycle_seconds", "value": 0.03, "passed": True},)
FOLLOWS = {("activity 0", "activity 1"): 2, ("activity 1", "\0end"): 2}


@pytest.fixture
def source(tmp_path: Path) -> PlannedFrom:
    """A stored simulation of two cases, and the drawing of its two tasks."""
    steps = [[{"processing": 60.0, "resource": 0}, {"activity": 1, "processing": 60.0, "resource": 0}]] * 2
    made = model(steps, candidates=[{0: 1.0}, {0: 1.0}], hours=(OFFICE,), arrived=(32_400.0, 118_800.0))
    (tmp_path / "run.simulation.npz").write_bytes(simulation_model_bytes(made))
    nodes = (BpmnNode(0, "start"), BpmnNode(1, "task", "activity 0"), BpmnNode(2, "task", "activity 1"))
    drawn = BpmnModel((*nodes, BpmnNode(3, "end")), ((0, 1), (1, 2), (2, 3)))
    (tmp_path / "run.bpmn").write_bytes(bpmn_xml(drawn, lay_out(drawn), name="loans"))
    return PlannedFrom("loans", tmp_path / "run.simulation.npz", QUALITY, tmp_path / "run.bpmn", (), FOLLOWS,
                       ProcessConfig())  # fmt: skip


def found(monkeypatch: pytest.MonkeyPatch, search: PlanSearch) -> list[Any]:
    """Make the search find this; what it is asked is kept."""
    asked: list[Any] = []

    def searched(*arguments: Any) -> PlanSearch:
        asked.append(arguments)
        return search

    monkeypatch.setattr(plan_search, "search_plans", searched)
    return asked


def test_a_recommended_plan_is_written_for_programs_people_and_another_simulator(
    source: PlannedFrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = Decisions(skipped=("activity 1",))
    one = plan("Lean", "choice", decided, -0.1, -0.2, accepted=True)
    asked = found(monkeypatch, replace(FOUND, plans=(one,), recommended=plan_id(decided)))
    run = plans_of_run(source)
    assert asked[0][1] == {"mean_cycle_seconds": True}
    assert (run.simulator_error, run.aim.cost_unit) == (0.03, HOURS)
    files = plan_files(run, source)
    assert sorted(files) == ["plan.bpmn", "plan.json", "plan.prosimos.json", "prosimos.bpmn", "prosimos.json"]
    assert json.loads(files["plan.json"])["recommended"] == plan_id(decided)
    played = [json.loads(files[name])["task_resource_distribution"] for name in ("prosimos.json", "plan.prosimos.json")]
    performers = [sorted(one["resources"][0]["resource_id"] for one in tasks) for tasks in played]
    assert performers == [["resource 0", "resource 0"], ["nobody is needed", "resource 0"]]


def test_without_an_accepted_plan_the_process_as_it_is_can_still_be_played(
    source: PlannedFrom, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, replace(FOUND, recommended=None))
    assert sorted(plan_files(plans_of_run(source), source)) == ["plan.json", "prosimos.bpmn", "prosimos.json"]


def test_without_a_drawing_only_the_plans_are_written(source: PlannedFrom, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, FOUND)
    undrawn = replace(source, drawn=source.drawn.with_name("none.bpmn"))
    assert sorted(plan_files(plans_of_run(undrawn), undrawn)) == ["plan.json"]


def test_without_a_simulation_there_is_no_plan_and_one_sentence(source: PlannedFrom) -> None:
    unknown = replace(source, simulation=source.simulation.with_name("none.npz"))
    assert plans_of_run(unknown).search == PlanSearch((), None, (), (), None, (NOT_SIMULATED,))


def test_goals_and_units_are_those_of_the_settings_or_the_defaults() -> None:
    assert (aim_of(ProcessConfig()).cost_reduction, aim_of(ProcessConfig()).cycle_time_reduction) == (0.10, 0.20)
    said = ProcessConfig.model_validate(
        {"goals": {"cost_reduction": "0.05"}, "cost": {"currency": "EUR", "per_hour": {"Clerk": "30"}}}
    )
    assert (aim_of(said).cost_reduction, aim_of(said).cost_unit) == (0.05, "EUR")
    assert aim_of(ProcessConfig.model_validate({"cost": {"default_per_hour": "30"}})).cost_unit == "units"


def test_a_log_of_few_cases_loads_no_solver(source: PlannedFrom) -> None:
    code = (
        "import sys; from pathlib import Path; from bpa_assets.settings import ProcessConfig\n"
        "from bpa_assets.optimized_plan.plan_files.written_plans import PlannedFrom, plans_of_run\n"
        "run = plans_of_run(PlannedFrom('loans', Path(sys.argv[1]), (), Path('none'), (), {}, ProcessConfig()))\n"
        "assert run.search.plans == () and len(run.search.said) == 1, run.search\n"
        "assert not {'ortools', 'sklearn', 'numba'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(source.simulation)], check=True)
