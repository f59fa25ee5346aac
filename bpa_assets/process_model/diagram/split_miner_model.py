"""From a pm4py BPMN object, as its split miner makes it, to a BPMN model; numbered by what it says, not by its ids."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bpa_assets.process_model.diagram.bpmn_model import GATEWAYS, BpmnModel, BpmnNode, Edge, Kind
from bpa_assets.process_model.diagram.canonical_numbers import canonical_numbers


def from_pm4py_bpmn(bpmn: Any) -> BpmnModel:
    """The BPMN model of a pm4py BPMN object; the same graph gives the same model, whatever its ids and order.

    Tasks without a name are plain flows. Where several flows meet at a task or event there is an exclusive gateway:
    that is how pm4py reads them. Raises ValueError for nodes other than plain events, tasks and exclusive, parallel
    and inclusive gateways, and where a parallel flow to the same place is doubled.
    """
    numbers = {node.get_id(): number for number, node in enumerate(bpmn.get_nodes())}
    graph = _Graph({number: _kind(node) for node, number in zip(bpmn.get_nodes(), numbers.values(), strict=True)})
    graph.labels = {numbers[node.get_id()]: str(node.get_name() or "") for node in bpmn.get_nodes()}
    graph.edges = [(numbers[flow.get_source().get_id()], numbers[flow.get_target().get_id()]) for flow in _flows(bpmn)]
    graph.give_gateways()
    size = 0
    while size != (size := len(graph.kinds) + len(graph.edges)):
        graph.leave_out_silent()
        graph.merge_doubled()
    return graph.model()


def _flows(bpmn: Any) -> list[Any]:
    from pm4py.objects.bpmn.obj import BPMN

    return [flow for flow in bpmn.get_flows() if isinstance(flow, BPMN.SequenceFlow)]


def _kind(node: Any) -> Kind:
    from pm4py.objects.bpmn.obj import BPMN

    kinds: list[tuple[type, Kind]] = [
        (BPMN.StartEvent, "start"),
        (BPMN.EndEvent, "end"),
        (BPMN.Task, "task"),
        (BPMN.ExclusiveGateway, "exclusive"),
        (BPMN.ParallelGateway, "parallel"),
        (BPMN.InclusiveGateway, "inclusive"),
    ]
    for known, kind in kinds:
        if isinstance(node, known):
            return kind
    raise ValueError(f"a BPMN model with a node of type {type(node).__name__} cannot be drawn")


@dataclass
class _Graph:
    kinds: dict[int, Kind]
    labels: dict[int, str] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def give_gateways(self) -> None:
        """An exclusive gateway where a task or event has several flows in or out."""
        plain = [node for node, kind in self.kinds.items() if kind not in GATEWAYS]
        for node in plain:
            if sum(target == node for _, target in self.edges) > 1:
                join = self._gateway()
                self.edges = [(source, join if target == node else target) for source, target in self.edges]
                self.edges.append((join, node))
            if sum(source == node for source, _ in self.edges) > 1:
                split = self._gateway()
                self.edges = [(split if source == node else source, target) for source, target in self.edges]
                self.edges.append((node, split))

    def _gateway(self) -> int:
        node = max(self.kinds) + 1
        self.kinds[node] = "exclusive"
        return node

    def leave_out_silent(self) -> None:
        """Tasks without a name, and gateways with one flow in and one out, are plain flows."""
        for node in list(self.kinds):
            before = [source for source, target in self.edges if target == node]
            after = [target for source, target in self.edges if source == node]
            silent = self.kinds[node] in GATEWAYS or (self.kinds[node] == "task" and not self.labels.get(node))
            if silent and len(before) == len(after) == 1 and before != [node]:
                self.edges = [edge for edge in self.edges if node not in edge] + [(before[0], after[0])]
                del self.kinds[node]

    def merge_doubled(self) -> None:
        """One flow for several between the same two gateways; none from an exclusive gateway to itself."""
        for (source, target), times in Counter(self.edges).items():
            choice = self.kinds[source] == "exclusive"
            if times > 1 and not choice and self.kinds[target] == "exclusive":
                raise ValueError("a BPMN model whose parallel flows meet in one exclusive gateway cannot be drawn")
            if source == target and not choice:
                raise ValueError("a BPMN model with a parallel flow from a gateway to itself cannot be drawn")
        self.edges = [edge for edge in dict.fromkeys(self.edges) if edge[0] != edge[1]]

    def model(self) -> BpmnModel:
        marks = {node: f"{kind} {self.labels.get(node, '')}" for node, kind in self.kinds.items()}
        numbers = canonical_numbers(marks, self.edges)
        nodes = [
            BpmnNode(numbers[node], kind, self.labels.get(node, "") if kind == "task" else "")
            for node, kind in self.kinds.items()
        ]
        edges = sorted((numbers[source], numbers[target]) for source, target in self.edges)
        return BpmnModel(tuple(sorted(nodes, key=lambda node: node.id)), tuple(edges))
