"""The discovered model with a plan's changes marked, as a BPMN file.

The drawing stays as it is, so that people find their way: a changed task has the colour of its kind of change, a
sentence in its documentation and the change in its extension elements; an automated one is a service task. Changes of
people, hours and order of work concern no task: a text above the drawing lists them. What a search decides stays out.

Colours are written twice, as bpmn.io (`bioc`) and OMG (`color`, non-normative) have them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bpa_assets.optimized_plan.plan import Change, Decisions, JudgedPlan
from bpa_assets.process_model.diagram.bpmn_xml import ANNOTATIONS
from bpa_assets.process_model.diagram.xml_text import as_text, number_text

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_SHAPES = "{http://www.omg.org/spec/DD/20100524/DC}"
_BPA = f"{{{ANNOTATIONS}}}"
_COLOURS = {
    "bioc": "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
}
# Border and background by kind of change; the text stays dark on each (at least 7 : 1).
_LOOKS = {
    "automate": ("#1f6b48", "#d5efe1"),
    "skip": ("#566172", "#e6e9ee"),
    "reassign": ("#8a4b00", "#fdebd0"),
    "merge": ("#1a5fa8", "#dfeaf6"),
    "parallelize": ("#7a4fa3", "#ece3f5"),
}
_OF_STAFF = ("headcount", "hours", "dispatch")
_WIDTH, _LINE, _GAP = 460.0, 15.0, 40.0
_LETTERS = 75  # of a line of the text above the drawing


@dataclass(frozen=True)
class TaskChange:
    """What becomes of an activity: `kind` of `plan.CHANGE_KINDS`, and the sentence for people."""

    activity: str
    kind: str
    sentence: str


def task_changes(decisions: Decisions) -> Iterator[TaskChange]:
    """What a plan does to activities; of a pair the change is that of the second."""
    for activity in decisions.automated:
        yield TaskChange(activity, "automate", "Automated by the plan.")
    for activity in decisions.skipped:
        yield TaskChange(activity, "skip", "No longer done by the plan.")
    for activity, role in decisions.reassigned:
        yield TaskChange(activity, "reassign", f"Done by {role} by the plan.")
    for first, second in decisions.merged:
        yield TaskChange(second, "merge", f"Done directly after {first} by the same person by the plan.")
    for first, second in decisions.parallel:
        yield TaskChange(second, "parallelize", f"Done beside {first} by the plan; it no longer waits for it.")


def plan_bpmn(discovered: bytes, plan: JudgedPlan) -> bytes:
    """The BPMN 2.0 file of a plan, valid against OMG's schema; the same arguments give the same bytes."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    root = _with_prefixes(etree.fromstring(discovered, parser))
    process = root.find(f"{MODEL}process")
    _describe(process, _summary(plan), [_attributes(change) for change in plan.changes], plan.plan_id)
    shapes = {shape.get("bpmnElement"): shape for shape in root.iter(f"{_DIAGRAM}BPMNShape")}
    by_activity: dict[str, list[TaskChange]] = {}
    for change in task_changes(plan.decisions):
        by_activity.setdefault(as_text(change.activity), []).append(change)
    for task in list(process.iter(f"{MODEL}task")):
        if changes := by_activity.get(task.get("name")):
            _mark(task, changes, plan)
            _colour(shapes[task.get("id")], *_LOOKS[changes[0].kind])
    if lines := [_line(change) for change in plan.changes if change.kind in _OF_STAFF]:
        _write_above(root, process, [f"Plan {plan.name}:", *lines], list(shapes.values()))
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _with_prefixes(root: Any) -> Any:
    """The same document in which the colours have their usual prefixes."""
    from lxml import etree

    named = etree.Element(root.tag, dict(root.attrib), nsmap={**root.nsmap, **_COLOURS})
    named.extend(list(root))
    return named


def _summary(plan: JudgedPlan) -> str:
    return as_text(f"Plan {plan.plan_id}, {plan.name}: {'; '.join(map(_line, plan.changes))}.")


def _line(change: Change) -> str:
    return f"{change.subject}: {change.from_value} → {change.to_value}"


def _attributes(change: Change) -> dict[str, str]:
    values = {"kind": change.kind, "subject": change.subject, "from": change.from_value, "to": change.to_value}
    figures = {"cycleChange": number_text(change.cycle_change.value), "costChange": number_text(change.cost_change)}
    return {name: as_text(value) for name, value in (values | figures).items()}


def _mark(task: Any, changes: list[TaskChange], plan: JudgedPlan) -> None:
    """Say in the task what becomes of it."""
    subjects = {change.activity for change in changes}
    lines = [
        change
        for change in plan.changes
        if change.kind not in _OF_STAFF and subjects & {change.subject, change.subject.rpartition(", ")[2]}
    ]
    reasons = [line.reason for line in lines]
    said = " ".join([*(change.sentence for change in changes), *reasons])
    told = [_attributes(line) for line in lines] or [{"kind": change.kind} for change in changes]
    _describe(task, as_text(said), told, plan.plan_id)
    if any(change.kind == "automate" for change in changes):
        task.tag = f"{MODEL}serviceTask"


def _describe(element: Any, sentence: str, changes: list[dict[str, str]], plan_id: str) -> None:
    """Put the sentence before what is documented already, and the changes into the extension elements."""
    from lxml import etree

    documentation = etree.Element(f"{MODEL}documentation")
    documentation.text = sentence
    element.insert(0, documentation)
    extensions = element.find(f"{MODEL}extensionElements")
    if extensions is None:
        extensions = etree.Element(f"{MODEL}extensionElements")
        element.insert(len(element.findall(f"{MODEL}documentation")), extensions)
    for change in changes:
        etree.SubElement(extensions, f"{_BPA}change", {"plan": plan_id, **change})


def _colour(shape: Any, border: str, background: str) -> None:
    bioc, color = _COLOURS["bioc"], _COLOURS["color"]
    for name, value in (("stroke", border), ("fill", background)):
        shape.set(f"{{{bioc}}}{name}", value)
    for name, value in (("border-color", border), ("background-color", background)):
        shape.set(f"{{{color}}}{name}", value)


def _write_above(root: Any, process: Any, lines: list[str], shapes: list[Any]) -> None:
    """A text annotation above the drawing's left upper corner."""
    from lxml import etree

    annotation = etree.SubElement(process, f"{MODEL}textAnnotation", {"id": "plan_changes"})
    etree.SubElement(annotation, f"{MODEL}text").text = as_text("\n".join(lines))
    bounds = [shape.find(f"{_SHAPES}Bounds") for shape in shapes]
    left, top = (min(float(one.get(side)) for one in bounds) for side in ("x", "y"))
    height = _LINE * (1 + sum(1 + len(line) // _LETTERS for line in lines))
    plane = root.find(f".//{_DIAGRAM}BPMNPlane")
    shape = etree.SubElement(plane, f"{_DIAGRAM}BPMNShape", {"id": "plan_changes_shape", "bpmnElement": "plan_changes"})
    box = {"x": left, "y": top - height - _GAP, "width": _WIDTH, "height": height}
    etree.SubElement(shape, f"{_SHAPES}Bounds", {side: number_text(size) for side, size in box.items()})
