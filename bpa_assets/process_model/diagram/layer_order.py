"""The order of the items in every layer: few crossings, by barycentres and exchanges of neighbours.

Sugiyama, Tagawa and Toda (1981) for the barycentres, Gansner et al., "A Technique for Drawing Directed Graphs" (1993)
for the exchanges.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable

from bpa_assets.process_model.diagram.layered_graph import LayeredGraph

_SWEEPS = 8
_ROUNDS = 8


def order_layers(graph: LayeredGraph) -> None:
    """Order `graph.layers` in place: the best of the orders found from both sides, from top to bottom and mirrored."""
    begin = [list(layer) for layer in graph.layers]
    best, fewest = begin, _Ordering(graph).cost()
    for mirrored in (False, True):
        for backward in (False, True):
            graph.layers[:] = [layer[::-1] if mirrored else list(layer) for layer in begin]
            ordering = _Ordering(graph)
            for sweep in range(_SWEEPS if fewest else 0):
                ordering.sweep(forward=(sweep % 2 == 0) != backward)
                ordering.exchange()
                cost = ordering.cost()
                if cost < fewest:
                    best, fewest = [list(layer) for layer in graph.layers], cost
    graph.layers[:] = best


class _Ordering:
    def __init__(self, graph: LayeredGraph) -> None:
        count = len(graph.layer_of)
        self.layers = graph.layers
        self.left: list[list[int]] = [[] for _ in range(count)]
        self.right: list[list[int]] = [[] for _ in range(count)]
        self.beside: list[list[int]] = [[] for _ in range(count)]
        self.turning: set[int] = set()
        for one, two in graph.links():
            self.right[one].append(two)
            self.left[two].append(one)
        for node, bend in graph.turns():
            self.beside[node].append(bend)
            self.beside[bend].append(node)
            self.turning.add(bend)
        self.place = [0] * count
        for layer in self.layers:
            self._number(layer)

    def _number(self, layer: Iterable[int]) -> None:
        for place, item in enumerate(layer):
            self.place[item] = place

    def cost(self) -> int:
        """Crossings between neighbouring layers, and what lies between a node and its bends beside it."""
        crossings = sum(self._crossings(layer) for layer in self.layers)
        between = sum(
            abs(self.place[item] - self.place[other]) - 1 for item in self.turning for other in self.beside[item]
        )
        return crossings + between

    def _crossings(self, layer: list[int]) -> int:
        seen: list[int] = []
        crossings = 0
        for item in layer:
            ends = sorted(self.place[other] for other in self.right[item])
            crossings += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
        return crossings

    def sweep(self, *, forward: bool) -> None:
        """Sort each layer by the barycentres of the layer before it (after it, if not `forward`)."""
        toward = self.left if forward else self.right
        for layer in self.layers if forward else self.layers[::-1]:
            # A bend beside its node, with nothing to be drawn to, stays beside it, on the side where it is.
            following = [item for item in layer if item in self.turning and not toward[item]]
            sorted_items = [item for item in layer if item not in following]
            sorted_items.sort(key=lambda item: self._barycentre(toward[item], self.place[item]))
            for bend in following:
                host = self.beside[bend][0]
                sorted_items.insert(sorted_items.index(host) + (self.place[bend] > self.place[host]), bend)
            layer[:] = sorted_items
            self._number(layer)

    def _barycentre(self, others: list[int], default: int) -> float:
        return sum(self.place[other] for other in others) / len(others) if others else default

    def exchange(self) -> None:
        """Exchange neighbours in a layer as long as that saves crossings."""
        for _ in range(_ROUNDS):
            improved = False
            for layer in self.layers:
                for above in range(len(layer) - 1):
                    one, two = layer[above], layer[above + 1]
                    if self._saved(one, two) > 0:
                        layer[above], layer[above + 1] = two, one
                        self.place[one], self.place[two] = above + 1, above
                        improved = True
            if not improved:
                break

    def _saved(self, one: int, two: int) -> int:
        """What the cost falls by if `one`, just above `two`, comes just below it."""
        saved = 0
        for toward in (self.left, self.right):
            for first in toward[one]:
                for second in toward[two]:
                    saved += (self.place[first] > self.place[second]) - (self.place[first] < self.place[second])
        place = self.place[one]
        # `one` goes down: nearer to what lies below; `two` goes up: nearer to what lies above.
        saved += sum(1 if self.place[other] > place else -1 for other in self.beside[one] if other != two)
        saved += sum(1 if self.place[other] < place else -1 for other in self.beside[two] if other != one)
        return saved
