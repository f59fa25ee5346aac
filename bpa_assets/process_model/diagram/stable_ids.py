"""Ids of nodes and flows made from what they are, so that they stay the same when the model around them changes.

A task keeps its id as long as it keeps its label, a gateway as long as the tasks next to it stay the same.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

from bpa_assets.process_model.diagram.bpmn_model import GATEWAYS, BpmnModel, Edge, neighbours

_DIGITS = 12


def stable_ids(model: BpmnModel) -> tuple[dict[int, str], dict[Edge, str]]:
    """The ids of nodes and of flows, each a valid XML id and unique; nodes alike are told apart by their order."""
    incoming, outgoing = neighbours(model)
    labels = {node.id: f"task {node.label}" for node in model.nodes if node.kind == "task"}
    seen = Counter[str]()
    nodes = {}
    for node in model.nodes:
        text: str = node.kind
        if node.kind == "task":
            text = f"task_{_digest([node.label])}"
        elif node.kind in GATEWAYS:
            around = [*_nearest(node.id, incoming, labels), "", *_nearest(node.id, outgoing, labels)]
            text = f"{node.kind}_{_digest(around)}"
        seen[text] += 1
        nodes[node.id] = text if seen[text] == 1 else f"{text}_{seen[text]}"
    return nodes, {edge: f"flow_{_digest([nodes[edge[0]], nodes[edge[1]]])}" for edge in model.edges}


def _nearest(node: int, toward: Mapping[int, list[int]], labels: Mapping[int, str]) -> list[str]:
    """The labels of the tasks that are met first in one direction."""
    met: set[str] = set()
    queue, known = [node], {node}
    for here in queue:
        for other in toward[here]:
            if other in labels:
                met.add(labels[other])
            elif other not in known:
                known.add(other)
                queue.append(other)
    return sorted(met)


def _digest(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        # With its length before it: no two lists of texts give the same bytes.
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:_DIGITS]
