"""The model as Prosimos can play it: loop markers become gateways, and delays become timers before their tasks.

Prosimos reads tasks, gateways, start, end and intermediate events; the drawing and what was measured are left out.
All ids of the discovered model stay.
"""

from collections.abc import Collection
from typing import Any

from bpa_assets.optimized_plan.plan_files.prosimos.drawn_process import MODEL, DrawnProcess, read_root
from bpa_assets.process_model.diagram.xml_text import as_text

_BPMN = {None: MODEL[1:-1]}


def timer(task: str) -> str:
    """The id of the timer before a task."""
    return f"{task}_delay"


def again(task: str) -> tuple[str, str, str]:
    """Of a task with a loop marker: the ids of the gateway behind it, and of its flows back and on."""
    return f"{task}_again", f"{task}_again_back", f"{task}_again_on"


def simulated_bpmn(bpmn: bytes, delayed: Collection[str]) -> bytes:
    """The file; `delayed`: activities before which a timer stands. The same arguments give the same bytes."""
    from lxml import etree

    drawn = DrawnProcess.of(bpmn)
    name = read_root(bpmn).find(f"{MODEL}process").get("name", "")
    root = etree.Element(f"{MODEL}definitions", {"id": "definitions", "targetNamespace": "https://bpa.invalid/bpmn"},
                         nsmap=_BPMN)  # fmt: skip
    process = etree.SubElement(root, f"{MODEL}process", {"id": "process", "name": name, "isExecutable": "false"})
    held = {as_text(one) for one in delayed}
    enters = dict(drawn.nodes)  # where a flow to a node now leads
    leaves = dict(enters)  # and from where it now comes
    for node in drawn.model.nodes:
        _add(process, drawn, node.id)
        identity = drawn.nodes[node.id]
        if node.kind == "task" and node.label in held:
            enters[node.id] = _timed(process, identity)
        if node.repeats:
            enters[node.id], leaves[node.id] = _looped(process, identity, enters[node.id])
    for (source, target), flow in drawn.flows.items():
        _flow(process, flow, leaves[source], enters[target])
    _name_flows(process)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _add(process: Any, drawn: DrawnProcess, place: int) -> None:
    from lxml import etree

    node = drawn.model.nodes[place]
    tags = {"start": "startEvent", "end": "endEvent", "task": "task"}
    element = etree.SubElement(process, f"{MODEL}{tags.get(node.kind, f'{node.kind}Gateway')}")
    element.set("id", drawn.nodes[place])
    if node.label:
        element.set("name", node.label)


def _timed(process: Any, task: str) -> str:
    """A timer with a flow to the task."""
    from lxml import etree

    event = etree.SubElement(process, f"{MODEL}intermediateCatchEvent", {"id": timer(task), "name": timer(task)})
    etree.SubElement(event, f"{MODEL}timerEventDefinition", {"id": f"{timer(task)}_timer"})
    _flow(process, f"{timer(task)}_flow", timer(task), task)
    return timer(task)


def _looped(process: Any, task: str, first: str) -> tuple[str, str]:
    """Gateways around a task (and its timer) that it may go back from; the first and the last of them."""
    from lxml import etree

    split, back, on = again(task)
    join = f"{task}_again_join"
    for identity in (join, split):
        etree.SubElement(process, f"{MODEL}exclusiveGateway", {"id": identity})
    _flow(process, f"{join}_flow", join, first)
    _flow(process, f"{split}_flow", task, split)
    _flow(process, back, split, join)
    behind = f"{task}_again_end"
    etree.SubElement(process, f"{MODEL}exclusiveGateway", {"id": behind})
    _flow(process, on, split, behind)
    return join, behind


def _flow(process: Any, identity: str, source: str, target: str) -> None:
    from lxml import etree

    etree.SubElement(process, f"{MODEL}sequenceFlow", {"id": identity, "sourceRef": source, "targetRef": target})


def _name_flows(process: Any) -> None:
    """Say in each node which flows come in and go out, before what else is in it."""
    from lxml import etree

    nodes = {element.get("id"): element for element in process if element.get("sourceRef") is None}
    for tag, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
        for flow in reversed(list(process.iter(f"{MODEL}sequenceFlow"))):
            named = etree.Element(f"{MODEL}{tag}")
            named.text = flow.get("id")
            nodes[flow.get(end)].insert(0, named)
