"""What a BPMN process says about the order of its activities: nodes, flows, and processes within processes.

Read from a file by `bpmn_reader.py`; what it means step by step is in `token_net.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["activity", "sub-process", "event", "start", "end", "exclusive", "parallel", "inclusive"]
Ending = Literal["plain", "terminate", "error"]
Repetition = Literal["never", "once or more", "any number"]


@dataclass(frozen=True)
class Boundary:
    """An event on the boundary of an activity; its node is among the nodes of the process."""

    node: str
    interrupts: bool
    catches_errors: bool


@dataclass(frozen=True)
class Node:
    """A node of a process. `tag` and `line`: the element of the file; `body`: what is in a sub-process."""

    id: str
    kind: Kind
    label: str
    tag: str
    line: int
    ending: Ending = "plain"
    repeats: Repetition = "never"
    body: "Process | None" = None
    boundaries: tuple[Boundary, ...] = ()

    @property
    def told(self) -> str:
        """The node as a sentence names it: `task 'Pay' (line 12)`."""
        label = " ".join(self.label.split())
        shown = f" '{label[:60]}…'" if len(label) > 60 else f" '{label}'" if label else ""
        return f"{self.tag}{shown} (line {self.line})"


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `conditional`: it has a condition; `default`: taken where no condition holds."""

    number: int
    source: str
    target: str
    conditional: bool = False
    default: bool = False


@dataclass(frozen=True)
class Process:
    """A process, or what is in a sub-process. `notes`: what was assumed to give it a meaning, in sentences.

    `refused`: why it has none; only its activities are known then.
    """

    name: str
    nodes: dict[str, Node]
    flows: tuple[Flow, ...]
    notes: tuple[str, ...] = ()
    refused: str = ""

    def all_nodes(self) -> Iterator[Node]:
        """Its nodes, and those of its sub-processes."""
        for node in self.nodes.values():
            yield node
            if node.body is not None:
                yield from node.body.all_nodes()

    @property
    def activity_labels(self) -> list[str]:
        """The labels of its activities, each once, in the order of the file."""
        found = [node.label for node in self.all_nodes() if node.kind == "activity" and node.label.strip()]
        return list(dict.fromkeys(found))

    @property
    def event_labels(self) -> list[str]:
        """The labels of its events that are no label of an activity, each once."""
        events = [node.label for node in self.all_nodes() if node.kind in ("event", "start", "end")]
        activities = set(self.activity_labels)
        return [label for label in dict.fromkeys(events) if label.strip() and label not in activities]
