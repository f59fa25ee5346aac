"""Reading a BPMN 2.0 file (OMG, formal/2013-12-09), whichever tool wrote it: its processes, or why there are none.

What decides which activities follow each other is read; data, messages, lanes, annotations and drawings are passed
over. What has no meaning here is refused by the name of its element and its line.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bpa_assets.process_model.conformance.bpmn_process import Boundary, Flow, Node, Process, Repetition
from bpa_assets.process_model.conformance.bpmn_tags import ACTIVITIES, ENDINGS, KINDS, WITHOUT_MEANING
from bpa_assets.process_model.conformance.xml_elements import Element, read_elements
from bpa_resources.errors import InputError

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_ROOT = "definitions"
_DEFINITION = "EventDefinition"


def read_bpmn(file: Path, *, name: str) -> list[Process]:
    """The processes of a BPMN file that have activities, in its order; at least one that has a meaning.

    `name` is what a sentence calls the file. Errors: InputError, one sentence that names the element and its line.
    """
    root = read_elements(file, name=name)
    if root.namespace != NAMESPACE or root.name != _ROOT:
        raise InputError(f"{name}: it is not BPMN 2.0 but has the root <{root.name}>; export the model as BPMN 2.0")
    pools = {
        one.attributes.get("processRef", "").rpartition(":")[2]: one.attributes.get("name", "")
        for collaboration in root.all("collaboration")
        for one in collaboration.all("participant")
    }
    defined = {one.attributes.get("id", ""): one.name for one in root.children if one.name.endswith(_DEFINITION)}
    processes = [_process(element, name, defined) for element in root.all("process")]
    named = [
        replace(process, name=pools.get(element.attributes.get("id", "")) or process.name)
        for process, element in zip(processes, root.all("process"), strict=True)
    ]
    found = [process for process in named if process.activity_labels]
    if all(process.refused for process in processes) and processes:
        raise InputError(processes[0].refused)
    if not found:
        raise InputError(f"{name}: it has no process with a named activity; give the model of the process itself")
    return found


def _process(element: Element, name: str, defined: dict[str, str]) -> Process:
    """A process; of one without a meaning its activities, so that the log can tell whether it is meant."""
    try:
        return _Scope(element, name, defined).process()
    except InputError as error:
        tasks = [one for one in element.descendants() if one.name in ACTIVITIES]
        labels = dict.fromkeys(one.attributes.get("name", "") for one in tasks)
        nodes = {label: Node(label, "activity", label, "task", element.line) for label in labels}
        return Process(element.attributes.get("name", ""), nodes, (), refused=str(error))


class _Scope:
    """A process or sub-process that is being read."""

    def __init__(self, element: Element, file: str, defined: dict[str, str]) -> None:
        self._element, self._file, self._defined = element, file, defined
        self._elements = {one.attributes["id"]: one for one in element.children if "id" in one.attributes}
        self._notes: list[str] = []

    def process(self) -> Process:
        """Its nodes and flows."""
        nodes = {node.id: node for node in self._nodes()}
        flows = (*self._flows(nodes), *self._links(nodes))
        for event in self._element.all("boundaryEvent"):
            self._attach(event, nodes)
        within = tuple(note for node in nodes.values() if node.body is not None for note in node.body.notes)
        return Process(self._element.attributes.get("name", ""), nodes, flows, (*self._notes, *within))

    def _nodes(self) -> Iterator[Node]:
        for number, element in enumerate(self._element.children):
            if element.namespace != NAMESPACE:
                continue
            if element.name in WITHOUT_MEANING:
                raise self._refused(element, WITHOUT_MEANING[element.name])
            if element.name in KINDS and not _is_set(element, "isForCompensation"):
                yield self._node(element, number)

    def _node(self, element: Element, number: int) -> Node:
        kind = KINDS[element.name]
        definitions = self._definitions(element)
        if "compensateEventDefinition" in definitions:
            raise self._refused(element, "what is compensated depends on what was done; leave compensation out")
        if _is_set(element, "instantiate") and element.attributes.get("eventGatewayType") == "Parallel":
            raise self._refused(element, "a process that waits for several events to begin; use a parallel gateway")
        body = self._body(element) if kind == "sub-process" else None
        if kind == "sub-process" and body is None:
            kind = "activity"
        is_link = "linkEventDefinition" in definitions
        node = Node(
            id=element.attributes.get("id", f" {number}"),
            kind=kind,
            label="" if is_link else element.attributes.get("name", ""),
            tag=element.name,
            line=element.line,
            ending=next((ENDINGS[one] for one in definitions if one in ENDINGS), "plain") if kind == "end" else "plain",
            repeats=self._repetition(element),
            body=body,
        )
        if kind == "activity" and not node.label.strip():
            self._notes.append(f"{node.told} has no name and is taken for a step that the log does not record")
        return node

    def _definitions(self, element: Element) -> list[str]:
        """What kind of event it is, said in it or by a reference to what the file defines elsewhere."""
        referred = (one.text.strip().rpartition(":")[2] for one in element.all("eventDefinitionRef"))
        own = [one.name for one in element.children if one.name.endswith(_DEFINITION)]
        return [*own, *(self._defined[one] for one in referred if one in self._defined)]

    def _body(self, element: Element) -> Process | None:
        """What is in a sub-process; None of one that hides what is in it."""
        if _is_set(element, "triggeredByEvent"):
            raise self._refused(element, "a sub-process that an event starts at any time; draw it as a boundary event")
        body = _Scope(element, self._file, self._defined).process()
        return body if body.nodes else None

    def _repetition(self, element: Element) -> Repetition:
        loops = element.all("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
        if not loops:
            return "never"
        if (
            loops[0].name.startswith("multi")
            and element.name not in ACTIVITIES
            and not _is_set(loops[0], "isSequential")
        ):
            self._notes.append(
                f"the instances of {element.name} '{element.attributes.get('name', '')}' (line {element.line}) are "
                "taken for done one after the other"
            )
        return "any number" if _is_set(loops[0], "testBefore") else "once or more"

    def _flows(self, nodes: dict[str, Node]) -> Iterator[Flow]:
        for number, element in enumerate(self._element.all("sequenceFlow")):
            source, target = (element.attributes.get(end, "").rpartition(":")[2] for end in ("sourceRef", "targetRef"))
            for end in (source, target):
                if end not in nodes:
                    other = self._elements.get(end)
                    what = f"{other.name} (line {other.line})" if other else f"'{end}'" if end else "nothing"
                    raise self._refused(element, f"it leads from or to {what}, which is no node of its process")
            default = self._elements[source].attributes.get("default") if source in self._elements else None
            conditional = bool(element.all("conditionExpression"))
            yield Flow(
                number, source, target, conditional, default is not None and default == element.attributes.get("id")
            )

    def _links(self, nodes: dict[str, Node]) -> Iterator[Flow]:
        """A flow from every link event that throws to the one of its name that catches."""
        links = [
            (node, link.attributes.get("name") or element.attributes.get("name", ""))
            for node in nodes.values()
            if (element := self._elements.get(node.id)) is not None
            for link in element.all("linkEventDefinition")
        ]
        catching = {link: node for node, link in links if node.tag == "intermediateCatchEvent"}
        for number, (node, link) in enumerate(links):
            if node.tag != "intermediateCatchEvent":
                if link not in catching:
                    raise InputError(f"{self._file}: {node.told}: no link event named '{link}' catches it; draw one")
                yield Flow(-1 - number, node.id, catching[link].id)

    def _attach(self, element: Element, nodes: dict[str, Node]) -> None:
        host = nodes.get(element.attributes.get("attachedToRef", "").rpartition(":")[2])
        identity = element.attributes.get("id", "")
        if identity not in nodes or host is None or host.kind not in ("activity", "sub-process"):
            raise self._refused(element, "it is attached to no activity of its process; attach it to one")
        interrupts = element.attributes.get("cancelActivity", "true") not in ("false", "0")
        catches = any(one in ENDINGS for one in self._definitions(element))
        boundary = Boundary(identity, interrupts, catches)
        nodes[host.id] = replace(host, boundaries=(*host.boundaries, boundary))
        if not interrupts:
            told = nodes[boundary.node].told
            self._notes.append(f"{told} does not interrupt and is taken to happen at most once each time")

    def _refused(self, element: Element, why: str) -> InputError:
        node = Node("", "event", element.attributes.get("name", ""), element.name, element.line)
        return InputError(f"{self._file}: {node.told} cannot be compared with a log: {why}")


def _is_set(element: Element, attribute: str) -> bool:
    return element.attributes.get(attribute) in ("true", "1")
