"""Flows that may leave or reach a shape at its top or bottom, because nothing lies above or below it there.

A gateway with flows up and down reads better than one whose flows all leave to the right.
"""

from dataclasses import dataclass, field
from typing import Literal

from bpa_assets.process_model.diagram.bpmn_model import GATEWAYS, BpmnModel, Edge
from bpa_assets.process_model.diagram.layered_graph import LayeredGraph

_CLEAR = 10.0
End = Literal["source", "target"]


@dataclass
class Corners:
    """Steps of chains that end at the top (-1) or bottom (1) of the flow's source or target, by flow and number."""

    steps: dict[tuple[Edge, int], tuple[End, int]] = field(default_factory=dict)


def corners(model: BpmnModel, graph: LayeredGraph, sizes: list[tuple[float, float]], y: list[float]) -> Corners:
    """Choose them: first the ends of flows that lead back, then those at gateways, the shortest first."""
    search = _Search(model, graph, sizes, y)
    wanted = []
    for edge, chain in graph.chains.items():
        ends: tuple[End, End] = ("source", "target")
        for end in ends:
            number = 0 if end == "source" else len(chain) - 2
            host, other = (chain[0], chain[1]) if end == "source" else (chain[-1], chain[-2])
            turn = graph.layer_of[host] == graph.layer_of[other]
            if turn or search.branches(end, host):
                wanted.append((not turn, abs(y[host] - y[other]), edge, number, end, host, other))
    for *_, edge, number, end, host, other in sorted(wanted):
        search.take(edge, number, end, host, other)
    return search.found


class _Search:
    def __init__(self, model: BpmnModel, graph: LayeredGraph, sizes: list[tuple[float, float]], y: list[float]) -> None:
        self.graph, self.sizes, self.y = graph, sizes, y
        self.found = Corners()
        kinds = {node.id: node.kind for node in model.nodes}
        self.gateways = {item for item, node in graph.node_of.items() if kinds[node] in GATEWAYS}
        self.degree: dict[tuple[str, int], int] = {}
        for chain in graph.chains.values():
            for end, item in (("source", chain[0]), ("target", chain[-1])):
                self.degree[end, item] = self.degree.get((end, item), 0) + 1
        self.reached: dict[int, tuple[str, int]] = {}
        """Bends beside their node that a line from its top or bottom reaches: others of its lines may pass them."""
        self.taken: dict[int, list[tuple[float, float, str, int]]] = {}

    def branches(self, end: str, item: int) -> bool:
        """Whether an item is a gateway with several flows at this end."""
        return item in self.gateways and self.degree[end, item] > 1

    def take(self, edge: Edge, number: int, end: End, host: int, other: int) -> None:
        """Let a step end above or below its host if the way there is free."""
        begin, height = self.y[host], self.y[other]
        side = 1 if height > begin else -1
        if (edge, number) in self.found.steps or abs(height - begin) < self.sizes[host][1] / 2 + _CLEAR:
            return
        low, high = sorted((begin, height))
        if self._free_of_items(end, host, other, low, high) and self._free_of_lines(end, host, low, high):
            self.taken.setdefault(self.graph.layer_of[host], []).append((low, high, end, host))
            self.found.steps[edge, number] = end, side
            if self.graph.layer_of[other] == self.graph.layer_of[host]:
                self.reached[other] = end, host

    def _free_of_items(self, end: str, host: int, other: int, low: float, high: float) -> bool:
        return all(
            self.y[item] + self.sizes[item][1] / 2 + _CLEAR <= low
            or self.y[item] - self.sizes[item][1] / 2 - _CLEAR >= high
            for item in self.graph.layers[self.graph.layer_of[host]]
            if item not in (host, other) and (end, host) != self.reached.get(item)
        )

    def _free_of_lines(self, end: str, host: int, low: float, high: float) -> bool:
        return all(
            (end, host) == (owner_end, owner) or high + _CLEAR <= begin or stop + _CLEAR <= low
            for begin, stop, owner_end, owner in self.taken.get(self.graph.layer_of[host], ())
        )
