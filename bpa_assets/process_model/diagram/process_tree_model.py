"""From a process tree to a BPMN model of nested blocks."""

from dataclasses import dataclass, field
from typing import Any

from bpa_assets.process_model.diagram.bpmn_model import (
    Block,
    BpmnModel,
    BpmnNode,
    Branching,
    Chain,
    Edge,
    Kind,
    Repetition,
    Skip,
    Step,
)
from bpa_assets.process_model.diagram.process_tree_shape import SILENT, TreeShape, tree_shape


def from_process_tree(tree: Any, *, loop_markers: bool = True) -> BpmnModel:
    """The BPMN model of a pm4py ProcessTree: gateways in pairs, silent leaves plain flows, no useless gateways.

    An activity that may be repeated with nothing between is a task with the standard loop marker, or between two
    gateways if `loop_markers` is false (some tools, pm4py among them, do not read the marker). Trees that differ only
    in the order of alternatives or of parallel branches give the same model. Raises ValueError for operators other
    than sequence, exclusive and inclusive choice, parallel and loop.
    """
    drafted = _Draft(loop_markers)
    start = drafted.node("start")
    root, last = drafted.add(tree_shape(tree), start)
    end = drafted.node("end")
    drafted.edges.append((last, end))
    parts = (Step(start), *_parts(root), Step(end))
    return BpmnModel(tuple(drafted.nodes), tuple(drafted.edges), Chain(parts))


def _parts(block: Block) -> tuple[Block, ...]:
    match block:
        case Chain(parts):
            return parts
        case Skip():
            return ()
    return (block,)


@dataclass
class _Draft:
    loop_markers: bool
    nodes: list[BpmnNode] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def node(self, kind: Kind, label: str = "", *, repeats: bool = False) -> int:
        self.nodes.append(BpmnNode(len(self.nodes), kind, label, repeats))
        return len(self.nodes) - 1

    def after(self, source: int, kind: Kind, label: str = "", *, repeats: bool = False) -> int:
        node = self.node(kind, label, repeats=repeats)
        self.edges.append((source, node))
        return node

    def add(self, shape: TreeShape, source: int) -> tuple[Block, int]:
        """Add a shape behind a node; its block, and the node that others follow."""
        match shape.operator:
            case "silent":
                return Skip(), source
            case "task":
                return _step(self.after(source, "task", shape.label))
            case "sequence":
                return self._chain(shape, source)
            case "loop":
                return self._repetition(shape, source)
            case "exclusive" | "parallel" | "inclusive":
                return self._branching(shape, source, shape.operator)

    def _chain(self, shape: TreeShape, source: int) -> tuple[Block, int]:
        parts = []
        for child in shape.children:
            part, source = self.add(child, source)
            parts.append(part)
        return Chain(tuple(parts)), source

    def _branching(self, shape: TreeShape, source: int, kind: Kind) -> tuple[Block, int]:
        split = self.after(source, kind)
        branches, ends = zip(*[self.add(child, split) for child in shape.children], strict=True)
        join = self.node(kind)
        self.edges += [(end, join) for end in ends]
        return Branching(split, join, branches), join

    def _repetition(self, shape: TreeShape, source: int) -> tuple[Block, int]:
        body, *redos = shape.children
        if self.loop_markers and body.operator == "task" and redos == [SILENT]:
            return _step(self.after(source, "task", body.label, repeats=True))
        join = self.after(source, "exclusive")
        inside, end = self.add(body, join)
        split = self.after(end, "exclusive")
        ways, ends = zip(*[self.add(redo, split) for redo in redos], strict=True)
        self.edges += [(end, join) for end in ends]
        return Repetition(join, split, inside, ways), split


def _step(node: int) -> tuple[Block, int]:
    return Step(node), node
