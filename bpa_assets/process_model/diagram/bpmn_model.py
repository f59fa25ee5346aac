"""A process model as BPMN knows it: events, tasks and gateways, and the flows between them; and its blocks, if it has.

What a miner found becomes a `BpmnModel` in `process_tree_model.py` or `split_miner_model.py`; where its shapes lie is
decided in `layout.py`, how it is written in `bpmn_xml.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["start", "end", "task", "exclusive", "parallel", "inclusive"]
Edge = tuple[int, int]

GATEWAYS: tuple[Kind, ...] = ("exclusive", "parallel", "inclusive")


@dataclass(frozen=True)
class BpmnNode:
    """An event, a task or a gateway; only tasks have a label. `repeats`: a task with the standard loop marker."""

    id: int
    kind: Kind
    label: str = ""
    repeats: bool = False


@dataclass(frozen=True)
class Step:
    """A block of one node."""

    node: int


@dataclass(frozen=True)
class Skip:
    """A block without a node: a plain flow."""


@dataclass(frozen=True)
class Chain:
    """Blocks one after the other; none of them is a `Skip`."""

    parts: tuple["Block", ...]


@dataclass(frozen=True)
class Branching:
    """Branches between two gateways of the same kind."""

    split: int
    join: int
    branches: tuple["Block", ...]


@dataclass(frozen=True)
class Repetition:
    """A body between an exclusive join and an exclusive split, and the ways back from the split to the join."""

    join: int
    split: int
    body: "Block"
    redos: tuple["Block", ...]


Block = Step | Skip | Chain | Branching | Repetition


@dataclass(frozen=True)
class BpmnModel:
    """Nodes and flows (source, target). `block` is the nesting of a block-structured model, none of any other.

    Raises ValueError where two nodes share an id, a flow is named twice, leads nowhere or from a node to itself, or a
    task or event has more flows than its kind can have without a gateway.
    """

    nodes: tuple[BpmnNode, ...]
    edges: tuple[Edge, ...]
    block: Block | None = None

    def __post_init__(self) -> None:
        ids = {node.id for node in self.nodes}
        if len(ids) < len(self.nodes) or len(set(self.edges)) < len(self.edges):
            raise ValueError("the model names a node or a flow twice")
        if any(source == target or not {source, target} <= ids for source, target in self.edges):
            raise ValueError("a flow of the model leads nowhere, or from a node to itself")
        incoming, outgoing = neighbours(self)
        for node in self.nodes:
            most_in, most_out = (0, 1) if node.kind == "start" else (1, 0) if node.kind == "end" else (1, 1)
            if node.kind not in GATEWAYS and (len(incoming[node.id]) > most_in or len(outgoing[node.id]) > most_out):
                raise ValueError(f"node {node.id} ({node.kind}) of the model has more flows than one without a gateway")


def neighbours(model: BpmnModel) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The nodes before and the nodes after each node, in the order of the flows."""
    incoming: dict[int, list[int]] = {node.id: [] for node in model.nodes}
    outgoing: dict[int, list[int]] = {node.id: [] for node in model.nodes}
    for source, target in model.edges:
        outgoing[source].append(target)
        incoming[target].append(source)
    return incoming, outgoing


def entry(block: Block) -> int | None:
    """The first node of a block; none of a `Skip`."""
    return next(_ends(block, first=True), None)


def leaving(block: Block) -> int | None:
    """The last node of a block; none of a `Skip`."""
    return next(_ends(block, first=False), None)


def _ends(block: Block, *, first: bool) -> Iterator[int]:
    match block:
        case Step(node):
            yield node
        case Chain(parts):
            yield from _ends(parts[0 if first else -1], first=first)
        case Branching(split, join, _):
            yield split if first else join
        case Repetition(join, split, _, _):
            yield join if first else split
