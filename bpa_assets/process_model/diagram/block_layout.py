"""The layout of a block-structured model: each block is drawn around its own axis, then put into the block around it.

Of the branches of a gateway the most frequent lies on the axis and the others below and above it; ways back of a loop
lie below its body and run from right to left. A block is a rectangle of its own, so nothing can overlap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bpa_assets.process_model.diagram.bpmn_model import (
    Block,
    BpmnModel,
    Branching,
    Chain,
    Edge,
    Repetition,
    Skip,
    Step,
    entry,
    leaving,
)
from bpa_assets.process_model.diagram.frequencies import Frequencies
from bpa_assets.process_model.diagram.shapes import Box, Layout, Point, widths_and_heights

_GAP = 50.0
"""Between shapes that follow each other."""
_BESIDE = 30.0
"""Between branches."""


@dataclass
class _Drawing:
    """A block drawn from x = 0 around the axis y = 0; it reaches `up` above and `down` below the axis."""

    width: float = 0.0
    up: float = 0.0
    down: float = 0.0
    boxes: dict[int, Box] = field(default_factory=dict)
    routes: dict[Edge, list[Point]] = field(default_factory=dict)

    def put(self, other: "_Drawing", x: float, y: float = 0.0) -> None:
        """Take over another drawing, its left end on the axis at (x, y)."""
        moved = {node: Box(box.x + x, box.y + y, box.width, box.height) for node, box in other.boxes.items()}
        self.boxes |= moved
        self.routes |= {edge: [(a + x, b + y) for a, b in route] for edge, route in other.routes.items()}
        self.width = max(self.width, x + other.width)
        self.up = max(self.up, other.up - y)
        self.down = max(self.down, other.down + y)

    def mirrored(self) -> "_Drawing":
        """The same from right to left."""
        boxes = {node: Box(self.width - box.right, box.y, box.width, box.height) for node, box in self.boxes.items()}
        routes = {edge: [(self.width - x, y) for x, y in route] for edge, route in self.routes.items()}
        return _Drawing(self.width, self.up, self.down, boxes, routes)


def block_layout(model: BpmnModel, frequencies: Frequencies) -> Layout:
    """The layout of a model that has blocks; its axis is y = 0."""
    if model.block is None:
        raise ValueError("the model has no blocks to lay out")
    drawing = _Draughtsman(widths_and_heights(model), frequencies).draw(model.block)
    return Layout(drawing.boxes, {edge: tuple(route) for edge, route in drawing.routes.items()})


@dataclass(frozen=True)
class _Draughtsman:
    sizes: Mapping[int, tuple[float, float]]
    frequencies: Frequencies

    def draw(self, block: Block) -> _Drawing:
        match block:
            case Skip():
                return _Drawing()
            case Step(node):
                return self._shape(node)
            case Chain(parts):
                return self._chain(parts)
            case Branching(split, join, branches):
                return self._branching(split, join, branches)
            case Repetition(join, split, body, redos):
                return self._repetition(join, split, body, redos)

    def _shape(self, node: int) -> _Drawing:
        width, height = self.sizes[node]
        return _Drawing(width, height / 2, height / 2, {node: Box(0.0, -height / 2, width, height)})

    def _chain(self, parts: tuple[Block, ...]) -> _Drawing:
        drawing = _Drawing()
        for number, part in enumerate(parts):
            x = drawing.width + _GAP if number else 0.0
            drawing.put(self.draw(part), x)
            if number:
                edge = _edge(leaving(parts[number - 1]), entry(part))
                drawing.routes[edge] = [(x - _GAP, 0.0), (x, 0.0)]
        return drawing

    def _branching(self, split: int, join: int, branches: tuple[Block, ...]) -> _Drawing:
        straight, *others = self._ranked(split, join, branches)
        drawn = [self.draw(branch) for branch in (straight, *others)]
        drawing = self._between(split, join, straight, drawn[0], max(one.width for one in drawn))
        up, down = drawn[0].up, drawn[0].down
        for branch, one in zip(others, drawn[1:], strict=True):
            if down <= up:
                y = down + _BESIDE + one.up
                down = y + one.down
            else:
                y = -(up + _BESIDE + one.down)
                up = one.up - y
            self._beside(drawing, one, branch, (split, join), y)
        return drawing

    def _repetition(self, join: int, split: int, body: Block, redos: tuple[Block, ...]) -> _Drawing:
        ranked = self._ranked(split, join, redos)
        drawn = [self.draw(redo) for redo in ranked]
        inside = self.draw(body)
        drawing = self._between(join, split, body, inside, max(one.width for one in (inside, *drawn)))
        down = max(inside.down, self.sizes[split][1] / 2)
        drawing = drawing.mirrored()
        for redo, one in zip(ranked, drawn, strict=True):
            y = down + _BESIDE + one.up
            down = y + one.down
            self._beside(drawing, one, redo, (split, join), y)
        return drawing.mirrored()

    def _between(self, left: int, right: int, block: Block, drawn: _Drawing, room: float) -> _Drawing:
        """A gateway, a block on the axis, and a gateway where there is `room` between them."""
        drawing = _Drawing()
        drawing.put(self._shape(left), 0.0)
        begin = drawing.width + _GAP
        end = begin + drawn.width
        if isinstance(block, Skip):
            begin = end = drawing.width
        drawing.put(drawn, begin)
        far = self.sizes[left][0] + _GAP + room + _GAP
        drawing.put(self._shape(right), far)
        if isinstance(block, Skip):
            drawing.routes[left, right] = [(begin, 0.0), (far, 0.0)]
        else:
            drawing.routes[_edge(left, entry(block))] = [(begin - _GAP, 0.0), (begin, 0.0)]
            drawing.routes[_edge(leaving(block), right)] = [(end, 0.0), (far, 0.0)]
        return drawing

    def _beside(self, drawing: _Drawing, drawn: _Drawing, block: Block, ends: Edge, y: float) -> None:
        """Put a block at height y between the gateways `ends`, the first of which lies to the left."""
        left, right = (drawing.boxes[node] for node in ends)
        side = 1 if y > 0 else -1
        begin = left.right + _GAP
        down = [(left.middle[0], side * left.height / 2), (left.middle[0], y)]
        back = [(right.middle[0], y), (right.middle[0], side * right.height / 2)]
        drawing.put(drawn, begin, y)
        if isinstance(block, Skip):
            drawing.routes[ends] = down + back
        else:
            drawing.routes[_edge(ends[0], entry(block))] = [*down, (begin, y)]
            drawing.routes[_edge(leaving(block), ends[1])] = [(begin + drawn.width, y), *back]

    def _ranked(self, source: int, target: int, branches: Iterable[Block]) -> list[Block]:
        """The most frequent first; of equally frequent ones those that do something, as they come."""

        def rank(branch: Block) -> tuple[int, bool]:
            first = entry(branch)
            frequency = self.frequencies.of((source, target if first is None else first))
            return -frequency, first is None

        return sorted(branches, key=rank)


def _edge(source: int | None, target: int | None) -> Edge:
    if source is None or target is None:
        raise AssertionError("a plain flow has no node to lead from or to")
    return source, target
