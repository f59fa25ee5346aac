"""What a laid out diagram consists of: boxes, and routes of corners between them.

Pixels, x to the right and y down, as BPMN's diagram interchange has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode, Edge
from bpa_assets.process_model.diagram.label_size import task_size

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
        """The x of the right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower border."""
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


def widths_and_heights(model: BpmnModel) -> dict[int, tuple[float, float]]:
    """The size of each node."""
    return {node.id: task_size(node.label) if node.kind == "task" else _fixed_size(node) for node in model.nodes}


def _fixed_size(node: BpmnNode) -> tuple[float, float]:
    return (36.0, 36.0) if node.kind in ("start", "end") else (50.0, 50.0)
