"""How high the items of ordered layers lie: joined items in one line where that is possible, the rest close to them.

Items are first put into lines as by Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment" (2002), the
most frequent path before all others; then every line moves to the median of what it is joined to, as far as the lines
above and below it let it.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from bpa_assets.process_model.diagram.layered_graph import LayeredGraph

_BETWEEN_NODES, _BESIDE_BEND = 30.0, 20.0
_ROUNDS = 40
_TO_NODE, _TO_BEND, _BETWEEN_BENDS, _TURN = 1, 2, 6, 1


def heights(graph: LayeredGraph, sizes: Sequence[float]) -> list[float]:
    """The y of the middle of each item; `sizes` are their heights (0 of a bend).

    Items of `graph.straight` share one y.
    """
    line_of = _lines(graph)
    count = max(line_of, default=-1) + 1
    distance = _distances(graph, sizes, line_of)
    above: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    below: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for (upper, lower), least in distance.items():
        above[lower].append((upper, least))
        below[upper].append((lower, least))
    order = _from_top(above, below)
    y = [0.0] * count
    for line in order:
        y[line] = max((y[upper] + least for upper, least in above[line]), default=0.0)
    pulls = _pulls(graph, line_of)
    for number in range(_ROUNDS):
        # From the bottom what wants down moves away before what lies above it, and the other way round.
        for line in order if number % 2 else order[::-1]:
            low = max((y[upper] + least for upper, least in above[line]), default=-1e9)
            high = min((y[lower] - least for lower, least in below[line]), default=1e9)
            y[line] = min(max(_nearest_median(y[line], pulls[line], y), low), high)
    return [y[line] for line in line_of]


def _lines(graph: LayeredGraph) -> list[int]:
    """The line of each item: chains of items in successive layers; no two lines cross."""
    place = {item: number for layer in graph.layers for number, item in enumerate(layer)}
    straight = set(pairwise(graph.straight))
    ranked = sorted(graph.links(), key=lambda link: (link not in straight, -_weight(graph, *link)))
    to_right: dict[int, int] = {}
    to_left: dict[int, int] = {}
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one, two in ranked:
        layer = graph.layer_of[one]
        crossing = any((place[one] - a) * (place[two] - b) <= 0 for a, b in taken[layer])
        if not crossing:
            to_right[one], to_left[two] = two, one
            taken[layer].append((place[one], place[two]))
    line_of = [-1] * len(graph.layer_of)
    count = 0
    for layer_items in graph.layers:
        for item in layer_items:
            if item in to_left:
                line_of[item] = line_of[to_left[item]]
            else:
                line_of[item], count = count, count + 1
    return line_of


def _weight(graph: LayeredGraph, one: int, two: int) -> int:
    nodes = (one in graph.node_of) + (two in graph.node_of)
    return (_BETWEEN_BENDS, _TO_BEND, _TO_NODE)[nodes]


def _distances(graph: LayeredGraph, sizes: Sequence[float], line_of: list[int]) -> dict[tuple[int, int], float]:
    """How far a line must at least lie below another, for lines that are neighbours in a layer."""
    distance: dict[tuple[int, int], float] = {}
    for layer in graph.layers:
        for upper, lower in pairwise(layer):
            gap = _BETWEEN_NODES if upper in graph.node_of and lower in graph.node_of else _BESIDE_BEND
            key = line_of[upper], line_of[lower]
            distance[key] = max(distance.get(key, 0.0), (sizes[upper] + sizes[lower]) / 2 + gap)
    return distance


def _from_top(above: list[list[tuple[int, float]]], below: list[list[tuple[int, float]]]) -> list[int]:
    """The lines so that each comes after all that lie above it."""
    waiting = [len(uppers) for uppers in above]
    order = [line for line, uppers in enumerate(waiting) if not uppers]
    for line in order:
        for lower, _ in below[line]:
            waiting[lower] -= 1
            if not waiting[lower]:
                order.append(lower)
    return order


def _pulls(graph: LayeredGraph, line_of: list[int]) -> list[list[tuple[int, int]]]:
    """What each line is joined to, with weights."""
    pulls: list[list[tuple[int, int]]] = [[] for _ in range(max(line_of, default=-1) + 1)]
    weighted = [(one, two, _weight(graph, one, two)) for one, two in graph.links()]
    for one, two, weight in [*weighted, *((node, bend, _TURN) for node, bend in graph.turns())]:
        first, second = line_of[one], line_of[two]
        if first != second:
            pulls[first].append((second, weight))
            pulls[second].append((first, weight))
    return pulls


def _nearest_median(now: float, pulls: list[tuple[int, int]], y: list[float]) -> float:
    """The place nearest to `now` where as much pulls up as down."""
    if not pulls:
        return now
    places = sorted((y[line], weight) for line, weight in pulls)
    half = sum(weight for _, weight in places) / 2
    low = high = places[-1][0]
    passed = 0
    for number, (place, weight) in enumerate(places):
        passed += weight
        if passed >= half:
            low = place
            high = places[number + 1][0] if passed == half else place
            break
    return min(max(now, low), high)
