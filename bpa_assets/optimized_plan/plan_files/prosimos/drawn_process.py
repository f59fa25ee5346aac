"""The discovered model's file as nodes and flows with their ids, which the parameters of Prosimos refer to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode, Edge, Kind

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_KINDS: dict[str, Kind] = {
    "startEvent": "start",
    "endEvent": "end",
    "task": "task",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
}


@dataclass(frozen=True)
class DrawnProcess:
    """`model` with the id of each node in the file, and of each flow."""

    model: BpmnModel
    nodes: Mapping[int, str]
    flows: Mapping[Edge, str]

    @classmethod
    def of(cls, bpmn: bytes) -> "DrawnProcess":
        """Read a file that `bpmn_xml` wrote."""
        process = read_root(bpmn).find(f"{MODEL}process")
        elements = [element for element in process if _name(element) in _KINDS]
        number = {element.get("id"): place for place, element in enumerate(elements)}
        nodes = tuple(
            BpmnNode(number[element.get("id")], _KINDS[_name(element)], element.get("name", ""), _repeats(element))
            for element in elements
        )
        ends = {
            flow.get("id"): (number[flow.get("sourceRef")], number[flow.get("targetRef")])
            for flow in process.iter(f"{MODEL}sequenceFlow")
        }
        model = BpmnModel(nodes, tuple(ends.values()))
        return cls(model, {place: name for name, place in number.items()}, {edge: name for name, edge in ends.items()})


def read_root(bpmn: bytes) -> Any:
    """The document; nothing outside of it is read."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    return etree.fromstring(bpmn, parser)


def _name(element: Any) -> str:
    return str(element.tag).removeprefix(MODEL)


def _repeats(element: Any) -> bool:
    return element.find(f"{MODEL}standardLoopCharacteristics") is not None
