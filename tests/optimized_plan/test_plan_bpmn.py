"""The marked model: valid, its changed tasks coloured and described, everything else as it was drawn."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bpa_assets.optimized_plan.plan import Change, Decisions
from bpa_assets.optimized_plan.plan_files.plan_bpmn import MODEL, plan_bpmn
from bpa_assets.process_model.conformance.bpmn_reader import read_bpmn
from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.diagram.bpmn_xml import ANNOTATIONS, bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from tests.optimized_plan.small_plans import AS_IS, RECOMMENDED, about, plan
from tests.process_model.diagram.test_bpmn_file import valid

TASKS = ("Check id", "Check income", "Check credit history", "Assess eligibility", "Print letter", "Send letter",
         "Archive", "Close")  # fmt: skip
FILL = "{http://bpmn.io/schema/bpmn/biocolor/1.0}fill"


def discovered(*labels: str) -> bytes:
    """A drawn model of these tasks, one after the other."""
    tasks = [BpmnNode(number, "task", label) for number, label in enumerate(labels, start=1)]
    nodes = (BpmnNode(0, "start"), *tasks, BpmnNode(len(tasks) + 1, "end"))
    model = BpmnModel(nodes, tuple((number, number + 1) for number in range(len(nodes) - 1)))
    return bpmn_xml(model, lay_out(model), name="loans", annotations={1: {"frequency": 7}})


def task(root: Any, name: str) -> Any:
    (found,) = [one for one in root.iter() if one.get("name") == name and one.tag.lower().endswith("task")]
    return found


def fill(root: Any, name: str) -> str | None:
    identity = task(root, name).get("id")
    (shape,) = [one for one in root.iter() if one.get("bpmnElement") == identity]
    return shape.get(FILL)


def test_the_marked_model_is_valid_and_has_the_same_flow(tmp_path: Path) -> None:
    before, after = tmp_path / "before.bpmn", tmp_path / "after.bpmn"
    before.write_bytes(discovered(*TASKS))
    after.write_bytes(plan_bpmn(before.read_bytes(), RECOMMENDED))
    valid(after.read_bytes())
    (one,), (other,) = (read_bpmn(file, name=file.name) for file in (before, after))
    assert one.flows == other.flows
    assert one.activity_labels == other.activity_labels


def test_every_changed_task_and_no_other_is_coloured() -> None:
    root = valid(plan_bpmn(discovered(*TASKS), RECOMMENDED))
    coloured = {name for name in TASKS if fill(root, name)}
    assert coloured == {"Check income", "Check credit history", "Assess eligibility", "Send letter", "Archive"}
    assert len({fill(root, name) for name in coloured}) == 5


def test_an_automated_task_is_a_service_task_with_why() -> None:
    root = valid(plan_bpmn(discovered(*TASKS), RECOMMENDED))
    automated = task(root, "Check credit history")
    assert automated.tag == f"{MODEL}serviceTask"
    assert automated.findtext(f"{MODEL}documentation").startswith("Automated by the plan. It is 22 % of the work")
    (change,) = automated.iter(f"{{{ANNOTATIONS}}}change")
    assert (change.get("plan"), change.get("kind"), change.get("costChange")) == (
        RECOMMENDED.plan_id, "automate", "-2100",
    )  # fmt: skip


def test_what_concerns_no_task_is_written_above_the_drawing() -> None:
    root = valid(plan_bpmn(discovered(*TASKS), RECOMMENDED))
    text = root.findtext(f".//{MODEL}textAnnotation/{MODEL}text")
    assert text.splitlines() == [
        "Plan Balanced:", "Clerk: mon-fri 08:00-17:00 → mon-fri 07:00-16:00", "Clerk: 6 → 4", "Loan Officer: 3 → 2",
    ]  # fmt: skip
    boxes = {shape.get("bpmnElement"): shape[0] for shape in root.iter() if shape.tag.endswith("BPMNShape")}
    above = boxes.pop("plan_changes")
    assert float(above.get("y")) + float(above.get("height")) < min(float(box.get("y")) for box in boxes.values())


def test_the_process_as_it_is_has_no_mark() -> None:
    root = valid(plan_bpmn(discovered(*TASKS), AS_IS))
    assert not any(fill(root, name) for name in TASKS)
    assert not list(root.iter(f"{MODEL}textAnnotation"))


def test_what_was_measured_stays_beside_the_change() -> None:
    decided = Decisions(skipped=("Check id",))
    root = valid(plan_bpmn(discovered(*TASKS), plan("Lean", "choice", decided, -0.1, -0.2)))
    told = [one.text for one in task(root, "Check id").findall(f"{MODEL}documentation")]
    assert told == ["No longer done by the plan.", "Frequency: 7."]
    assert len(list(task(root, "Check id").iter(f"{{{ANNOTATIONS}}}measure"))) == 1


def test_names_that_are_markup_stay_text() -> None:
    hostile = "</task><script>&\x00"
    line = Change("skip", hostile, "done", "not <done>", about(0.0, 0.0), 0.0, "]]> why")
    one = replace(plan("<b>", "choice", Decisions(skipped=(hostile,)), 0.0, 0.0), changes=(line,))
    root = valid(plan_bpmn(discovered(hostile, "b"), one))
    assert fill(root, "</task><script>&\ufffd")
    assert not [one for one in root.iter() if one.tag.endswith("script")]


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert plan_bpmn(discovered(*TASKS), RECOMMENDED) == plan_bpmn(discovered(*TASKS), replace(RECOMMENDED))
