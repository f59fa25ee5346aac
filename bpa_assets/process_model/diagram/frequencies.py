"""How often the flows and nodes of a model were taken: it decides which path is drawn straight."""

from collections.abc import Mapping
from dataclasses import dataclass

from bpa_assets.process_model.diagram.bpmn_model import Edge


@dataclass(frozen=True)
class Frequencies:
    """How often flows and nodes were taken, as far as that is known."""

    edges: Mapping[Edge, int]
    nodes: Mapping[int, int]

    def of(self, edge: Edge) -> int:
        """How often a flow was taken; if unknown, how often its rarer end was; else 0."""
        ends = [self.nodes[node] for node in edge if node in self.nodes]
        return self.edges.get(edge, min(ends, default=0))
