"""Where the shapes and flows of a diagram lie: a model by its blocks if it has any, else in layers."""

from collections.abc import Mapping

from bpa_assets.process_model.diagram.block_layout import block_layout
from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, Edge
from bpa_assets.process_model.diagram.frequencies import Frequencies
from bpa_assets.process_model.diagram.layered_layout import layered_layout
from bpa_assets.process_model.diagram.shapes import Box, Layout

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
    frequencies = Frequencies(edge_frequencies or {}, node_frequencies or {})
    drawn = layered_layout(model, frequencies) if model.block is None else block_layout(model, frequencies)
    return _from_corner(drawn)


def _from_corner(layout: Layout) -> Layout:
    """Move everything so that the drawing begins `MARGIN` from the origin."""
    corners = [(box.x, box.y) for box in layout.boxes.values()]
    corners += [point for route in layout.routes.values() for point in route]
    if not corners:
        return layout
    left, top = min(x for x, _ in corners) - MARGIN, min(y for _, y in corners) - MARGIN
    return Layout(
        {node: Box(box.x - left, box.y - top, box.width, box.height) for node, box in layout.boxes.items()},
        {edge: tuple((x - left, y - top) for x, y in route) for edge, route in layout.routes.items()},
    )
