"""The process as Prosimos reads it: every id it refers to is there, and the figures are the model's."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import etree

from bpa_assets.optimized_plan.changed.changed_process import changed
from bpa_assets.optimized_plan.changed.cost import Costs
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.optimized_plan.plan_files.prosimos.branch_shares import branch_shares, repeat_share
from bpa_assets.optimized_plan.plan_files.prosimos.drawn_process import MODEL, DrawnProcess
from bpa_assets.optimized_plan.plan_files.prosimos.observed_times import (
    arrival_hours,
    delays_of,
    seconds_between_arrivals,
)
from bpa_assets.optimized_plan.plan_files.prosimos.parameters import Played, delayed_activities, prosimos_parameters
from bpa_assets.optimized_plan.plan_files.prosimos.simulated_bpmn import simulated_bpmn
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from tests.optimized_plan.small_models import OFFICE, model

# check, then approve or reject; approve may be done again at once.
NODES = (
    BpmnNode(0, "start"), BpmnNode(1, "task", "check"), BpmnNode(2, "exclusive"),
    BpmnNode(3, "task", "approve", repeats=True), BpmnNode(4, "task", "reject"), BpmnNode(5, "exclusive"),
    BpmnNode(6, "end"),
)  # fmt: skip
EDGES = ((0, 1), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (5, 6))
FOLLOWS = {("check", "approve"): 6, ("check", "reject"): 2, ("approve", "approve"): 2, ("approve", "\0end"): 6,
           ("reject", "\0end"): 2}  # fmt: skip


@pytest.fixture(scope="module")
def bpmn() -> bytes:
    drawn = BpmnModel(NODES, EDGES)
    return bpmn_xml(drawn, lay_out(drawn), name="loans")


@pytest.fixture(scope="module")
def loans() -> SimulationModel:
    """Two people in office hours; rejecting needs nobody and waits two hours for the post. Cases come at 9, 10, 11."""
    hour = 3600.0
    steps = [
        [{"processing": 600.0, "resource": 0}, {"activity": 1, "processing": 1200.0, "resource": 1}],
        [{"processing": 1800.0, "resource": 0}, {"activity": 2, "delay": 2 * hour}],
    ]
    made = model(
        steps, candidates=[{0: 0.5, 1: 0.5}, {1: 1.0}, {}], hours=(OFFICE, OFFICE),
        arrived=(9 * hour, 11 * hour), capacity=(1, 2), durations={(0, 0): [60.0, 120.0, 180.0]},
    )  # fmt: skip
    return replace(made, activities=("check", "approve", "reject"))


def parameters(loans: SimulationModel, bpmn: bytes, points: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    played = Played(DrawnProcess.of(bpmn), points, FOLLOWS, delayed_activities(loans))
    found: dict[str, Any] = json.loads(prosimos_parameters(loans, played, np.array([30.0, 60.0])))
    return found


def test_every_id_of_the_parameters_is_in_the_model(loans: SimulationModel, bpmn: bytes) -> None:
    root = etree.fromstring(simulated_bpmn(bpmn, delayed_activities(loans)))
    ids = {one.get("id"): one for one in root.iter() if one.get("id")}
    found = parameters(loans, bpmn)
    assert {one["task_id"] for one in found["task_resource_distribution"]} == {
        one.get("id") for one in root.iter(f"{MODEL}task")
    }
    for gateway in found["gateway_branching_probabilities"]:
        ways = {
            flow.get("id")
            for flow in root.iter(f"{MODEL}sequenceFlow")
            if flow.get("sourceRef") == gateway["gateway_id"]
        }
        assert {one["path_id"] for one in gateway["probabilities"]} == ways
        assert sum(one["value"] for one in gateway["probabilities"]) == pytest.approx(1)
    assert all(one["event_id"] in ids for one in found["event_distribution"])
    people = {one["id"] for pool in found["resource_profiles"] for one in pool["resource_list"]}
    named = {one["resource_id"] for task in found["task_resource_distribution"] for one in task["resources"]}
    calendars = {one["id"] for one in found["resource_calendars"]}
    assert named <= people
    assert {one["calendar"] for pool in found["resource_profiles"] for one in pool["resource_list"]} <= calendars


def test_every_flow_of_the_played_model_leads_from_a_node_to_another(loans: SimulationModel, bpmn: bytes) -> None:
    root = etree.fromstring(simulated_bpmn(bpmn, delayed_activities(loans)))
    process = root.find(f"{MODEL}process")
    flows = {one.get("id"): one for one in process.iter(f"{MODEL}sequenceFlow")}
    for node in process:
        if node.get("sourceRef") is None:
            for tag, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
                told = [one.text for one in node.findall(f"{MODEL}{tag}")]
                assert told == [name for name, flow in flows.items() if flow.get(end) == node.get("id")]
    timers = list(process.iter(f"{MODEL}intermediateCatchEvent"))
    assert len(timers) == 1
    assert len(list(process.iter(f"{MODEL}exclusiveGateway"))) == 5  # two of the model, three of the repeated task
    assert not list(process.iter(f"{MODEL}standardLoopCharacteristics"))


def test_who_does_a_task_has_the_durations_of_the_model(loans: SimulationModel, bpmn: bytes) -> None:
    found = parameters(loans, bpmn)
    labels = {one.get("id"): one.get("name") for one in etree.fromstring(bpmn).iter(f"{MODEL}task")}
    tasks = {labels[one["task_id"]]: one["resources"] for one in found["task_resource_distribution"]}
    own, everybody = tasks["check"]
    assert own["distribution_name"] == "gamma"
    assert [one["value"] for one in own["distribution_params"]] == [120.0, 2400.0, 60.0, 180.0]
    assert [one["value"] for one in everybody["distribution_params"]] == [1200.0, 360_000.0, 600.0, 1800.0]
    assert tasks["approve"] == [
        {"resource_id": "resource 1", "distribution_name": "fix", "distribution_params": [{"value": 1200.0}]}
    ]
    assert tasks["reject"][0]["resource_id"] == "nobody is needed"
    assert tasks["reject"][0]["distribution_params"] == [{"value": 0.0}]


def test_people_have_their_hours_their_cost_and_what_they_do_at_once(loans: SimulationModel, bpmn: bytes) -> None:
    found = parameters(loans, bpmn)
    first, second = found["resource_profiles"][0]["resource_list"]
    assert (first["cost_per_hour"], first["amount"], second["cost_per_hour"], second["amount"]) == (30.0, 1, 60.0, 2)
    office = {"from": "MONDAY", "to": "MONDAY", "beginTime": "09:00:00", "endTime": "17:00:00"}
    assert found["resource_calendars"][0]["time_periods"][0] == office
    assert len(found["resource_calendars"][0]["time_periods"]) == 5
    assert found["resource_calendars"][-1]["time_periods"][0]["endTime"] == "23:59:59.999999"


def test_a_delay_is_a_timer_before_its_task(loans: SimulationModel, bpmn: bytes) -> None:
    assert delayed_activities(loans) == {"reject"}
    assert delays_of(loans, "reject").tolist() == [7200.0]
    (event,) = parameters(loans, bpmn)["event_distribution"]
    assert event["distribution_params"] == [{"value": 7200.0}]


def test_arrivals_have_the_rate_of_the_log_within_their_hours(loans: SimulationModel) -> None:
    # Two cases in a week, at 9 and at 11: two openings, so none is drawn beside the two that open an hour.
    assert np.flatnonzero(arrival_hours(loans)).tolist() == [9, 11]
    assert seconds_between_arrivals(loans) == 7200.0


def test_the_ways_are_weighed_by_what_followed_what_or_as_the_replay_counted(bpmn: bytes) -> None:
    drawn = DrawnProcess.of(bpmn)
    (split,) = [node.id for node in drawn.model.nodes if node.kind == "exclusive" and drawn.nodes[node.id]
                and sum(source == node.id for source, _ in drawn.model.edges) > 1]  # fmt: skip
    shares = branch_shares(drawn, (), FOLLOWS)
    assert sorted(shares[split].values()) == [0.25, 0.75]
    point = {"element": drawn.nodes[split], "options": ["approve", "reject"], "option_shares": [0.6, 0.4]}
    counted = branch_shares(drawn, (point,), FOLLOWS)[split]
    names = {node.id: node.label for node in drawn.model.nodes}
    assert {names[target]: share for (_, target), share in counted.items()} == {"approve": 0.6, "reject": 0.4}
    unknown = {**point, "options": ["approve", "something else"]}
    assert branch_shares(drawn, (unknown,), FOLLOWS) == shares
    assert repeat_share("approve", FOLLOWS) == 0.25


def test_a_step_that_a_plan_leaves_out_takes_no_time_and_nobody(loans: SimulationModel, bpmn: bytes) -> None:
    planned = changed(loans, Decisions(skipped=("approve",)), {}, Costs())
    labels = {one.get("id"): one.get("name") for one in etree.fromstring(bpmn).iter(f"{MODEL}task")}
    found = {
        labels[one["task_id"]]: one["resources"] for one in parameters(planned, bpmn)["task_resource_distribution"]
    }
    (nobody,) = found["approve"]
    assert (nobody["resource_id"], nobody["distribution_params"]) == ("nobody is needed", [{"value": 0.0}])


def test_the_same_process_gives_the_same_bytes(loans: SimulationModel, bpmn: bytes) -> None:
    assert simulated_bpmn(bpmn, {"reject"}) == simulated_bpmn(bpmn, frozenset({"reject"}))
    assert parameters(loans, bpmn) == parameters(replace(loans), bpmn)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_prosimos_plays_it(loans: SimulationModel, bpmn: bytes, tmp_path: Path) -> None:
    engine = pytest.importorskip("prosimos.simulation_engine", reason="prosimos is not installed")
    (tmp_path / "loans.bpmn").write_bytes(simulated_bpmn(bpmn, delayed_activities(loans)))
    (tmp_path / "loans.json").write_text(json.dumps(parameters(loans, bpmn)))
    files = {name: str(tmp_path / file) for name, file in (("bpmn_path", "loans.bpmn"), ("json_path", "loans.json"))}
    engine.run_simulation(
        **files, total_cases=200, log_out_path=str(tmp_path / "log.csv"), starting_at="2024-01-01 09:00:00+00:00"
    )
    rows = [line.split(",") for line in (tmp_path / "log.csv").read_text().splitlines()[1:]]
    done = [row[1] for row in rows]
    assert done.count("check") == 200
    assert 0.1 < done.count("reject") / 200 < 0.4
    starts = [datetime.fromisoformat(row[3]) for row in rows if row[1] == "check"]
    assert {start.weekday() < 5 and 9 <= start.hour <= 17 for start in starts} == {True}
