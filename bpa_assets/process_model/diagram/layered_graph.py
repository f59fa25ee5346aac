"""A model cut into layers from left to right: flows that lead back are known, long flows have a bend in every layer.

The first two phases of Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures"
(1981).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, Edge, neighbours
from bpa_assets.process_model.diagram.frequencies import Frequencies


@dataclass
class LayeredGraph:
    """Items (nodes, and bends of long flows) in layers; `layers` holds them from top to bottom.

    A chain is a flow's items from source to target. Successive items lie in neighbouring layers; only where a flow
    that leads back leaves its source and reaches its target do node and bend lie in the same layer.
    """

    layers: list[list[int]]
    layer_of: list[int]
    node_of: dict[int, int]
    """The node of an item; bends are not in it."""
    chains: dict[Edge, list[int]] = field(default_factory=dict)
    straight: list[int] = field(default_factory=list)
    """The items of the most frequent path."""

    def links(self) -> Iterator[tuple[int, int]]:
        """Pairs of items in neighbouring layers that are joined, the left one first."""
        for chain in self.chains.values():
            for one, two in pairwise(chain):
                if self.layer_of[one] != self.layer_of[two]:
                    yield (one, two) if self.layer_of[one] < self.layer_of[two] else (two, one)

    def turns(self) -> Iterator[tuple[int, int]]:
        """Pairs of a node and a bend in the same layer that are joined."""
        for chain in self.chains.values():
            if self.layer_of[chain[0]] == self.layer_of[chain[1]]:
                yield chain[0], chain[1]
                yield chain[-1], chain[-2]


def layered_graph(model: BpmnModel, frequencies: Frequencies) -> LayeredGraph:
    """Cut a model into layers; items in a layer are in the order in which a search from the start meets them."""
    _, outgoing = neighbours(model)
    after = {
        node: [target for _, target in sorted((-frequencies.of((node, target)), target) for target in targets)]
        for node, targets in outgoing.items()
    }
    order, back = _depth_first(model, after)
    forward = {node: [target for target in after[node] if (node, target) not in back] for node in order}
    layers = _layers(order, forward)
    items = {node: item for item, node in enumerate(order)}
    graph = LayeredGraph(
        [[] for _ in range(max(layers.values(), default=-1) + 1)],
        [layers[node] for node in order],
        dict(enumerate(order)),
    )
    for source in order:
        for target in after[source]:
            graph.chains[source, target] = _chain(graph, items[source], items[target])
    for item, layer in enumerate(graph.layer_of):
        graph.layers[layer].append(item)
    path = _most_frequent_path(model, order, forward, frequencies)
    graph.straight = [items[node] for node in path[:1]]
    for edge in pairwise(path):
        graph.straight += graph.chains[edge][1:]
    return graph


def _depth_first(model: BpmnModel, after: Mapping[int, list[int]]) -> tuple[list[int], set[Edge]]:
    """The nodes in the topological order of a depth-first search, and the flows that lead back in it."""
    starts = [node.id for node in model.nodes if node.kind == "start"]
    finished: list[int] = []
    back: set[Edge] = set()
    state: dict[int, bool] = {}  # true while the search is below the node
    for root in [*starts, *(node.id for node in model.nodes)]:
        if root in state:
            continue
        state[root] = True
        stack = [(root, iter(after[root]))]
        while stack:
            node, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                state[node] = False
                finished.append(node)
                stack.pop()
            elif target not in state:
                state[target] = True
                stack.append((target, iter(after[target])))
            elif state[target]:
                back.add((node, target))
    return finished[::-1], back


def _layers(order: list[int], forward: Mapping[int, list[int]]) -> dict[int, int]:
    """Longest paths from the sources; a node with more flows out than in is moved to the right as far as it can."""
    layers = dict.fromkeys(order, 0)
    incoming = dict.fromkeys(order, 0)
    for node in order:
        for target in forward[node]:
            incoming[target] += 1
            layers[target] = max(layers[target], layers[node] + 1)
    for node in reversed(order):
        if len(forward[node]) > incoming[node]:
            layers[node] = min(layers[target] for target in forward[node]) - 1
    # The last step may have left the first layers empty.
    first = min(layers.values(), default=0)
    return {node: layer - first for node, layer in layers.items()}


def _chain(graph: LayeredGraph, source: int, target: int) -> list[int]:
    begin, end = graph.layer_of[source], graph.layer_of[target]
    between = range(begin + 1, end) if begin < end else range(begin, end - 1, -1)
    bends = list(range(len(graph.layer_of), len(graph.layer_of) + len(between)))
    graph.layer_of += between
    return [source, *bends, target]


def _most_frequent_path(
    model: BpmnModel, order: list[int], forward: Mapping[int, list[int]], frequencies: Frequencies
) -> list[int]:
    """From the start always along the most frequent flow, but not to where no end can be reached without going back.

    Among equally frequent flows along the one with the longest way before it.
    """
    ends = {node.id for node in model.nodes if node.kind == "end"}
    longest: dict[int, int] = {}
    finishing: dict[int, bool] = {}
    for node in reversed(order):
        longest[node] = 1 + max((longest[target] for target in forward[node]), default=0)
        finishing[node] = node in ends or any(finishing[target] for target in forward[node])

    def rank(source: int, target: int) -> tuple[bool, int, int, int]:
        return finishing[target], frequencies.of((source, target)), longest[target], -target

    path = [node.id for node in model.nodes if node.kind == "start"][:1]
    while path and forward[path[-1]]:
        path.append(max((rank(path[-1], target), target) for target in forward[path[-1]])[1])
    return path
