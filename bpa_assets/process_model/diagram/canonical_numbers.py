"""Numbers for the nodes of a graph that depend on the graph alone, not on how its nodes were named or ordered.

Colour refinement (Weisfeiler and Leman, 1968) in both directions, with individualisation where nodes stay equal; then
the nodes are numbered breadth-first from the sources.
"""

from collections.abc import Mapping, Sequence

Neighbours = Mapping[int, Sequence[int]]


def canonical_numbers(marks: Mapping[int, str], edges: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Number from 0 of each node; `marks` says what a node is.

    Nodes that colour refinement cannot tell apart are numbered in any order. In a mined model, whose activities are
    distinct, those are nodes that can be exchanged without changing the graph.
    """
    before: dict[int, list[int]] = {node: [] for node in marks}
    after: dict[int, list[int]] = {node: [] for node in marks}
    for source, target in edges:
        after[source].append(target)
        before[target].append(source)
    ranks = {mark: rank for rank, mark in enumerate(sorted(set(marks.values())))}
    colours = _refined({node: ranks[mark] for node, mark in marks.items()}, before, after)
    while len(set(colours.values())) < len(colours):
        twin = _first_twin(colours)
        doubled = {node: 2 * colour + (node != twin) for node, colour in colours.items()}
        colours = _refined(doubled, before, after)
    return _breadth_first(colours, before, after)


def _refined(colours: dict[int, int], before: Neighbours, after: Neighbours) -> dict[int, int]:
    while True:
        signatures = {
            node: (
                colour,
                tuple(sorted(colours[other] for other in before[node])),
                tuple(sorted(colours[other] for other in after[node])),
            )
            for node, colour in colours.items()
        }
        ranks = {signature: rank for rank, signature in enumerate(sorted(set(signatures.values())))}
        finer = {node: ranks[signature] for node, signature in signatures.items()}
        if len(ranks) == len(set(colours.values())):
            return finer
        colours = finer


def _first_twin(colours: Mapping[int, int]) -> int:
    seen: dict[int, int] = {}
    for node, colour in sorted(colours.items(), key=lambda one: one[1]):
        if colour in seen:
            return seen[colour]
        seen[colour] = node
    raise AssertionError("no two nodes have the same colour")


def _breadth_first(colours: Mapping[int, int], before: Neighbours, after: Neighbours) -> dict[int, int]:
    numbers: dict[int, int] = {}
    # From the sources; what none of them reaches comes last.
    for root in sorted(colours, key=lambda node: (bool(before[node]), colours[node])):
        queue = [root]
        for node in queue:
            if node not in numbers:
                numbers[node] = len(numbers)
                queue += sorted(after[node], key=colours.__getitem__)
    return numbers
