"""A laid out model as a BPMN 2.0 file with diagram interchange, its nodes annotated with what was measured.

The XML is made with an XML writer from text that XML can hold, so a label is always text, whatever it contains.
"""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode, Edge, neighbours
from bpa_assets.process_model.diagram.shapes import Box, Layout
from bpa_assets.process_model.diagram.stable_ids import stable_ids
from bpa_assets.process_model.diagram.xml_text import as_sentence, as_text, number_text

ANNOTATIONS = "https://bpa.invalid/ns/annotations"
Measures = Mapping[str, int | float | str | None]

_MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
_SHAPES = "http://www.omg.org/spec/DD/20100524/DC"
_LINES = "http://www.omg.org/spec/DD/20100524/DI"
_PREFIXES = {
    "xmlns": _MODEL,
    "xmlns:bpmndi": _DIAGRAM,
    "xmlns:dc": _SHAPES,
    "xmlns:di": _LINES,
    "xmlns:bpa": ANNOTATIONS,
}
_TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "task": "task",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "inclusive": "inclusiveGateway",
}


def bpmn_xml(
    model: BpmnModel,
    layout: Layout,
    *,
    name: str,
    annotations: Mapping[int, Measures] | None = None,
    flow_annotations: Mapping[Edge, Measures] | None = None,
) -> bytes:
    """The BPMN 2.0 file, valid against OMG's schema; the same arguments give the same bytes.

    `name` names the process. `annotations` has the measures of a node by name, in the order to be shown; each is
    written as `documentation` for people and as `extensionElements` (`bpa:measure`) for programs, None left out. Ids
    depend on the labels of tasks, and on the tasks around a gateway, not on the numbers of the nodes. Characters that
    XML cannot hold are replaced by U+FFFD.
    """
    nodes, flows = stable_ids(model)
    root = ElementTree.Element(
        "definitions",
        {**_PREFIXES, "id": "definitions", "targetNamespace": "https://bpa.invalid/bpmn", "exporter": "bpa"},
    )
    process = _child(root, "process", id="process", name=as_text(name), isExecutable="false")
    incoming, outgoing = neighbours(model)
    for node in model.nodes:
        element = _flow_node(process, node, nodes[node.id], len(incoming[node.id]), len(outgoing[node.id]))
        _annotate(element, (annotations or {}).get(node.id, {}))
        for source in incoming[node.id]:
            _child(element, "incoming").text = flows[source, node.id]
        for target in outgoing[node.id]:
            _child(element, "outgoing").text = flows[node.id, target]
        if node.repeats:
            _child(element, "standardLoopCharacteristics", testBefore="false")
    for source, target in model.edges:
        ends = {"sourceRef": nodes[source], "targetRef": nodes[target]}
        flow = _child(process, "sequenceFlow", id=flows[source, target], **ends)
        _annotate(flow, (flow_annotations or {}).get((source, target), {}))
    _draw(root, model, layout, nodes, flows)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    return ElementTree.SubElement(parent, tag, attributes)


def _flow_node(process: Any, node: BpmnNode, identity: str, incoming: int, outgoing: int) -> Any:
    element = _child(process, _TAGS[node.kind], id=identity)
    if node.kind == "task":
        element.set("name", as_text(node.label))
    elif node.kind not in ("start", "end"):
        element.set("gatewayDirection", _direction(incoming, outgoing))
    return element


def _direction(incoming: int, outgoing: int) -> str:
    if incoming > 1:
        return "Mixed" if outgoing > 1 else "Converging"
    return "Diverging" if outgoing > 1 else "Unspecified"


def _annotate(element: Any, measures: Measures) -> None:
    known = {as_text(measure): value for measure, value in measures.items() if value is not None}
    if not known:
        return
    _child(element, "documentation").text = as_sentence(known)
    extensions = _child(element, "extensionElements")
    for measure, value in known.items():
        _child(extensions, "bpa:measure", name=measure, value=as_text(value))


def _draw(root: Any, model: BpmnModel, layout: Layout, nodes: Mapping[int, str], flows: Mapping[Edge, str]) -> None:
    plane = _child(
        _child(root, "bpmndi:BPMNDiagram", id="diagram"), "bpmndi:BPMNPlane", id="plane", bpmnElement="process"
    )
    for node in model.nodes:
        shape = _child(plane, "bpmndi:BPMNShape", id=f"{nodes[node.id]}_shape", bpmnElement=nodes[node.id])
        if node.kind == "exclusive":
            shape.set("isMarkerVisible", "true")
        _bounds(shape, layout.boxes[node.id])
    for edge in model.edges:
        line = _child(plane, "bpmndi:BPMNEdge", id=f"{flows[edge]}_line", bpmnElement=flows[edge])
        for x, y in layout.routes[edge]:
            _child(line, "di:waypoint", x=number_text(x), y=number_text(y))


def _bounds(shape: Any, box: Box) -> None:
    sizes = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    _child(shape, "dc:Bounds", **{side: number_text(size) for side, size in sizes.items()})
