"""Small changes of a BPMN model: a way taken away or added, a task more, one task for two, two models side by side."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from bpa_assets.process_model.diagram.bpmn_model import GATEWAYS, BpmnModel, BpmnNode, Edge, Kind
from bpa_assets.process_model.diagram.canonical_numbers import canonical_numbers


class EmptyModelError(ValueError):
    """Nothing that leads from the start to the end is left."""


class ModelGraph(NamedTuple):
    """The nodes and flows of a model, to change them; a change makes a new graph, whose nodes keep their numbers."""

    kinds: Mapping[int, Kind]
    labels: Mapping[int, str]
    edges: frozenset[Edge]

    def model(self) -> BpmnModel:
        """As a BPMN model; its numbers depend on the graph alone."""
        marks = {node: f"{kind} {self.labels.get(node, '')}" for node, kind in self.kinds.items()}
        numbers = canonical_numbers(marks, sorted(self.edges))
        nodes = [BpmnNode(numbers[node], kind, self.labels.get(node, "")) for node, kind in self.kinds.items()]
        edges = sorted((numbers[source], numbers[target]) for source, target in self.edges)
        return BpmnModel(tuple(sorted(nodes, key=lambda node: node.id)), tuple(edges))

    def as_numbered(self) -> BpmnModel:
        """As a BPMN model that keeps the numbers."""
        nodes = [BpmnNode(node, kind, self.labels.get(node, "")) for node, kind in sorted(self.kinds.items())]
        return BpmnModel(tuple(nodes), tuple(sorted(self.edges)))

    def choices(self) -> list[Edge]:
        """The flows that leave an exclusive gateway beside others, in their order."""
        after = _onward(self.edges)
        return sorted(edge for edge in self.edges if self.kinds[edge[0]] == "exclusive" and len(after[edge[0]]) > 1)

    def without(self, *flows: Edge) -> "ModelGraph":
        """The graph without some flows, and what cannot be reached or cannot end then. Errors: EmptyModelError."""
        return tidied(ModelGraph(self.kinds, self.labels, self.edges.difference(flows)))

    def with_way(self, leaving: Edge, entering: Edge) -> "ModelGraph":
        """The graph with a way from one flow to another; they are not the same."""
        split = max(self.kinds) + 1
        join = split + 1
        edges = self.edges - {leaving, entering} | {(split, join)}
        edges |= {(leaving[0], split), (split, leaving[1]), (entering[0], join), (join, entering[1])}
        return tidied(ModelGraph({**self.kinds, split: "exclusive", join: "exclusive"}, self.labels, edges))

    def with_path(self, leaving: Edge, entering: Edge, labels: Sequence[str]) -> "ModelGraph":
        """The graph with tasks on a way from one flow to another, or beside a flow if both are the same."""
        split = max(self.kinds) + 1
        tasks = {split + number: label for number, label in enumerate(labels, start=1)}
        join = split + len(labels) + 1
        edges = self.edges - {leaving, entering} | {*pairwise([split, *tasks, join])}
        edges |= {(leaving[0], split), (join, entering[1])}
        edges |= {(split, join)} if leaving == entering else {(split, leaving[1]), (entering[0], join)}
        kinds: dict[int, Kind] = {**self.kinds, split: "exclusive", **dict.fromkeys(tasks, "task"), join: "exclusive"}
        return tidied(ModelGraph(kinds, {**self.labels, **tasks}, edges))

    def with_one_task_for(self, task: int, other: int) -> "ModelGraph":
        """The graph with one task in the place of two of the same label: whatever led to either leads to it."""
        split, join = max(self.kinds) + 1, max(self.kinds) + 2
        into, out = {task: join, other: join}, {task: split, other: split}
        moved = {(out.get(source, source), into.get(target, target)) for source, target in self.edges}
        kinds = {node: kind for node, kind in self.kinds.items() if node != other}
        labels = {node: label for node, label in self.labels.items() if node != other}
        edges = frozenset({*moved, (join, task), (task, split)})
        return tidied(ModelGraph({**kinds, split: "exclusive", join: "exclusive"}, labels, edges))

    def copies(self) -> list[tuple[int, int]]:
        """Each two tasks of the same label, in their order."""
        tasks = sorted(self.labels)
        return [pair for pair in combinations(tasks, 2) if self.labels[pair[0]] == self.labels[pair[1]]]

    def flows_at(self, node: int, *, behind: bool) -> list[Edge]:
        """The flow behind a task or before it; then that behind a parallel join or before a parallel split there."""
        here, there = (0, 1) if behind else (1, 0)
        found = [edge for edge in self.edges if edge[here] == node]
        while found and self.kinds[found[-1][there]] == "parallel":
            further = [edge for edge in self.edges if edge[here] == found[-1][there]]
            if len(further) != 1:
                break
            found += further
        return found


def graph_of(model: BpmnModel) -> ModelGraph:
    """The graph of a model."""
    labels = {node.id: node.label for node in model.nodes if node.kind == "task"}
    return ModelGraph({node.id: node.kind for node in model.nodes}, labels, frozenset(model.edges))


def side_by_side(graphs: Sequence[ModelGraph]) -> ModelGraph:
    """One graph that lets a case go by any of several. Errors: EmptyModelError."""
    kinds: dict[int, Kind] = {0: "start", 1: "exclusive", 2: "exclusive", 3: "end"}
    labels: dict[int, str] = {}
    edges = {(0, 1), (2, 3)}
    for graph in graphs:
        number = {node: len(kinds) + place for place, node in enumerate(sorted(graph.kinds))}
        ends = {number[node]: kind for node, kind in graph.kinds.items() if kind in ("start", "end")}
        kinds |= {number[node]: graph.kinds[node] for node in sorted(graph.kinds)} | dict.fromkeys(ends, "exclusive")
        labels |= {number[node]: label for node, label in graph.labels.items()}
        edges |= {(number[source], number[target]) for source, target in graph.edges}
        edges |= {(1, node) if kind == "start" else (node, 2) for node, kind in ends.items()}
    return tidied(ModelGraph(kinds, labels, frozenset(edges)))


def tidied(graph: ModelGraph) -> ModelGraph:
    """The same graph without dead ends and without gateways that decide nothing. Errors: EmptyModelError."""
    graph = _between_start_and_end(graph)
    while (simpler := _without_a_gateway(graph)) is not None:
        graph = simpler
    return graph


def _between_start_and_end(graph: ModelGraph) -> ModelGraph:
    start, end = (next(node for node, kind in graph.kinds.items() if kind == wanted) for wanted in ("start", "end"))
    back = frozenset((target, source) for source, target in graph.edges)
    kept = _reached(start, graph.edges) & _reached(end, back)
    if not {start, end} <= kept:
        raise EmptyModelError("no way from the start to the end")
    return ModelGraph(
        {node: kind for node, kind in graph.kinds.items() if node in kept},
        {node: label for node, label in graph.labels.items() if node in kept},
        frozenset(edge for edge in graph.edges if kept.issuperset(edge)),
    )


def _reached(begin: int, edges: frozenset[Edge]) -> set[int]:
    after, seen, waiting = _onward(edges), {begin}, [begin]
    while waiting:
        found = [other for other in after[waiting.pop()] if other not in seen]
        seen.update(found)
        waiting += found
    return seen


def _onward(edges: frozenset[Edge]) -> dict[int, list[int]]:
    after: dict[int, list[int]] = defaultdict(list)
    for source, target in sorted(edges):
        after[source].append(target)
    return after


def _without_a_gateway(graph: ModelGraph) -> ModelGraph | None:
    """The graph without the first gateway that decides nothing; None if there is none."""
    after, before = _onward(graph.edges), _onward(frozenset((target, source) for source, target in graph.edges))
    for node in sorted(graph.kinds):
        if graph.kinds[node] not in GATEWAYS:
            continue
        if len(before[node]) == len(after[node]) == 1:
            return _passed_by(graph, node, (before[node][0], after[node][0]))
        if graph.kinds[node] == "exclusive":
            for other in after[node]:
                if graph.kinds[other] == "exclusive" and _are_one(before, after, node, other):
                    return _merged(graph, node, other)
    return None


def _are_one(before: Mapping[int, list[int]], after: Mapping[int, list[int]], node: int, other: int) -> bool:
    """Two joins, or two splits, one behind the other."""
    return len(after[node]) == len(after[other]) == 1 or len(before[node]) == len(before[other]) == 1


def _passed_by(graph: ModelGraph, node: int, flow: Edge) -> ModelGraph:
    """One flow in the place of a gateway; beside another between two parallel gateways it would not be the same."""
    if flow in graph.edges and (graph.kinds[flow[0]] != "exclusive" or graph.kinds[flow[1]] != "exclusive"):
        raise EmptyModelError("two parallel flows between the same gateways")
    edges = frozenset(edge for edge in graph.edges if node not in edge)
    return _left(graph, node, edges | {flow} if flow[0] != flow[1] else edges)


def _merged(graph: ModelGraph, node: int, other: int) -> ModelGraph:
    moved = (tuple(node if end == other else end for end in edge) for edge in graph.edges)
    return _left(graph, other, frozenset((source, target) for source, target in moved if source != target))


def _left(graph: ModelGraph, node: int, edges: frozenset[Edge]) -> ModelGraph:
    return ModelGraph({one: kind for one, kind in graph.kinds.items() if one != node}, graph.labels, edges)
