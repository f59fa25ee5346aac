"""Where the shapes and flows of a diagram lie: sizes, places, and the choice of how to lay out a model.

Pixels, x to the right and y down, as BPMN's diagram interchange has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode, Edge

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A shape: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """x of the right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """y of the lower border."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """The centre; events and gateways touch their box only straight from it."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Layout:
    """The box of every node and the corners of every flow, from the border of its source to that of its target."""

    boxes: Mapping[int, Box]
    routes: Mapping[Edge, tuple[Point, ...]]


@dataclass(frozen=True)
class Frequencies:
    """How often flows and nodes were taken, as far as that is known."""

    edges: Mapping[Edge, int]
    nodes: Mapping[int, int]

    def of(self, edge: Edge) -> int:
        """How often a flow was taken; if unknown, how often its rarer end was; else 0."""
        ends = [self.nodes[node] for node in edge if node in self.nodes]
        return self.edges.get(edge, min(ends, default=0))


MARGIN = 40.0


def lay_out(
    model: BpmnModel,
    edge_frequencies: Mapping[Edge, int] | None = None,
    node_frequencies: Mapping[int, int] | None = None,
) -> Layout:
    """Lay out a model from left to right, its most frequent path straight: by its blocks if it has, else in layers.

    No two shapes overlap, flows are horizontal and vertical and touch no shape but their ends. The same model and
    frequencies give the same layout.
    """
    from bpa_assets.process_model.diagram.block_layout import block_layout
    from bpa_assets.process_model.diagram.layered_layout import layered_layout

    frequencies = Frequencies(edge_frequencies or {}, node_frequencies or {})
    drawn = layered_layout(model, frequencies) if model.block is None else block_layout(model, frequencies)
    return _from_corner(drawn)


def _from_corner(layout: Layout) -> Layout:
    """Move everything so that the drawing begins `MARGIN` from the origin, and round to half pixels."""
    corners = [(box.x, box.y) for box in layout.boxes.values()]
    corners += [point for route in layout.routes.values() for point in route]
    if not corners:
        return layout
    left, top = min(x for x, _ in corners) - MARGIN, min(y for _, y in corners) - MARGIN
    return Layout(
        {node: Box(box.x - left, box.y - top, box.width, box.height) for node, box in layout.boxes.items()},
        {edge: tuple((x - left, y - top) for x, y in route) for edge, route in layout.routes.items()},
    )


def straightened(points: list[Point]) -> tuple[Point, ...]:
    """A route without points that lie on a straight line between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def widths_and_heights(model: BpmnModel) -> dict[int, tuple[float, float]]:
    """The size of each node."""
    from bpa_assets.process_model.diagram.label_size import task_size

    return {node.id: task_size(node.label) if node.kind == "task" else _fixed_size(node) for node in model.nodes}


def _fixed_size(node: BpmnNode) -> tuple[float, float]:
    return (36.0, 36.0) if node.kind in ("start", "end") else (50.0, 50.0)
