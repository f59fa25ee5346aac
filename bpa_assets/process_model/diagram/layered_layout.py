"""The layout of a model without blocks: layers from left to right, flows through the channels between them.

A column of shapes is crossed only at heights that bends keep free, and vertical lines lie only between columns, or
above or below a shape where nothing else lies; so no flow can touch a foreign shape.
"""

from collections import Counter
from itertools import pairwise

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, Edge
from bpa_assets.process_model.diagram.channels import Channel
from bpa_assets.process_model.diagram.corners import Corners, corners
from bpa_assets.process_model.diagram.frequencies import Frequencies
from bpa_assets.process_model.diagram.layer_heights import heights
from bpa_assets.process_model.diagram.layer_order import order_layers
from bpa_assets.process_model.diagram.layered_graph import LayeredGraph, layered_graph
from bpa_assets.process_model.diagram.shapes import Box, Layout, Point, widths_and_heights

_NARROWEST = 40.0
_TRACK = 14.0
_BESIDE_TRACKS = 20.0


def layered_layout(model: BpmnModel, frequencies: Frequencies) -> Layout:
    """The layout of any model, from its start along the most frequent flows."""
    graph = layered_graph(model, frequencies)
    order_layers(graph)
    sizes = widths_and_heights(model)
    items = [sizes[graph.node_of[item]] if item in graph.node_of else (0.0, 0.0) for item in range(len(graph.layer_of))]
    y = heights(graph, [height for _, height in items])
    drawing = _Drawing(graph, items, y, corners(model, graph, items, y))
    return drawing.layout()


class _Drawing:
    def __init__(self, graph: LayeredGraph, sizes: list[tuple[float, float]], y: list[float], found: Corners) -> None:
        self.graph, self.sizes, self.y, self.corners = graph, sizes, y, found
        self.sharing = Counter(
            (side, item) for edge, number, side, item in self._ends() if (edge, number) not in found.steps
        )
        self.channels = [Channel() for _ in range(len(graph.layers) + 1)]
        for edge, chain in graph.chains.items():
            for number in range(len(chain) - 1):
                self._reserve(edge, number)
        for channel in self.channels:
            channel.number_tracks()
        self._set_columns()

    def _ends(self) -> list[tuple[Edge, int, str, int]]:
        """Every end of a flow at a node: flow, number of the step in its chain, side and item."""
        chains = self.graph.chains.items()
        leaving = [(edge, 0, "source", chain[0]) for edge, chain in chains]
        return leaving + [(edge, len(chain) - 2, "target", chain[-1]) for edge, chain in chains]

    def _channel(self, edge: Edge, number: int) -> int:
        """The channel through which a step of a chain goes: the one left of the layer of this number."""
        chain = self.graph.chains[edge]
        one, two = (self.graph.layer_of[item] for item in chain[number : number + 2])
        if one == two:
            return one + 1 if number == 0 else one
        return max(one, two)

    def _shared_by(self, edge: Edge, number: int) -> tuple[str, int]:
        """The trunk of a step: that of its source, of its target, or its own."""
        chain = self.graph.chains[edge]
        source, target = ("source", chain[0]), ("target", chain[-1])
        first, last = number == 0, number == len(chain) - 2
        if first and (not last or self.sharing[source] > 1 or self.sharing[target] < 2):
            return source
        return target if last else ("bend", chain[number])

    def _reserve(self, edge: Edge, number: int) -> None:
        if (edge, number) in self.corners.steps:
            return
        graph, chain = self.graph, self.graph.chains[edge]
        channel = self._channel(edge, number)
        trunk = self.channels[channel].trunks[self._shared_by(edge, number)]
        one, two = chain[number : number + 2]
        # A straight line needs no trunk; only others of the same source must branch off it.
        for item in (one, two) if self.y[one] != self.y[two] else (min(one, two, key=graph.layer_of.__getitem__),):
            (trunk.left if graph.layer_of[item] < channel else trunk.right).add(self.y[item])

    def _set_columns(self) -> None:
        widths = [max((self.sizes[item][0] for item in layer), default=0.0) for layer in self.graph.layers]
        x = 0.0
        self.tracks_from, self.middles = [], []
        for channel, width in zip(self.channels, [*widths, 0.0], strict=True):
            room = max(_NARROWEST, 2 * _BESIDE_TRACKS + _TRACK * (channel.tracks - 1)) if x or channel.tracks else 0.0
            self.tracks_from.append(x + (room - _TRACK * (channel.tracks - 1)) / 2)
            self.middles.append(x + room + width / 2)
            x += room + width

    def layout(self) -> Layout:
        boxes = {}
        for item, node in self.graph.node_of.items():
            width, height = self.sizes[item]
            middle = self.middles[self.graph.layer_of[item]]
            boxes[node] = Box(middle - width / 2, self.y[item] - height / 2, width, height)
        routes = {edge: tuple(self._route(edge, boxes)) for edge in self.graph.chains}
        return Layout(boxes, routes)

    def _route(self, edge: Edge, boxes: dict[int, Box]) -> list[Point]:
        chain = self.graph.chains[edge]
        source, target = boxes[edge[0]], boxes[edge[1]]
        begin, end = (source.right, source.middle[1]), (target.x, target.middle[1])
        between: list[Point] = []
        for number, (one, two) in enumerate(pairwise(chain)):
            side = self.corners.steps.get((edge, number))
            if side is None:
                between += self._through_channel(edge, number)
            elif side[0] == "source":
                begin = source.middle[0], source.bottom if side[1] > 0 else source.y
                between.append((source.middle[0], self.y[two]))
            else:
                end = target.middle[0], target.bottom if side[1] > 0 else target.y
                between.append((target.middle[0], self.y[one]))
        return [begin, *between, end]

    def _through_channel(self, edge: Edge, number: int) -> list[Point]:
        one, two = self.graph.chains[edge][number : number + 2]
        begin, end = self.y[one], self.y[two]
        if begin == end:
            return []
        channel = self._channel(edge, number)
        key = self._shared_by(edge, number)
        x = self.tracks_from[channel] + _TRACK * self.channels[channel].trunks[key].track
        if key not in self.channels[channel].cut:
            return [(x, begin), (x, end)]
        height, second = self.channels[channel].cut[key]
        far = self.tracks_from[channel] + _TRACK * second.track
        left, also_left = (self.graph.layer_of[item] < channel for item in (one, two))
        if left == also_left:  # a turn beside a node: only the part on that side
            return [(x if left else far, begin), (x if left else far, end)]
        points = [(x, begin), (x, height), (far, height), (far, end)]
        # What leads back reaches the second part first.
        return points if left else [(far, begin), (far, height), (x, height), (x, end)]
