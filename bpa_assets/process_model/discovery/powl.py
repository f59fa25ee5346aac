"""Models with partial orders (POWL: Kourani and van Zelst, 2023), mined by pm4py, as BPMN models."""

from typing import Any

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, Edge, Kind
from bpa_assets.process_model.discovery.miners import Variants
from bpa_assets.process_model.discovery.model_edits import ModelGraph, tidied


def powl_miner(variants: Variants) -> BpmnModel:
    """The model of the variants; of orders that some cases break, those that most cases keep."""
    from collections import Counter

    from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
    from pm4py.algo.discovery.powl.inductive.variants.im_dynamic_clustering_frequencies import (
        POWLInductiveMinerDynamicClusteringFrequency,
    )

    found = POWLInductiveMinerDynamicClusteringFrequency({}).apply(IMDataStructureUVCL(Counter(variants)), {})
    return from_powl(found.simplify())


def from_powl(powl: Any) -> BpmnModel:
    """The BPMN model of a pm4py POWL object: what follows several parts of an order waits for them all."""
    draft = _Draft()
    start, end = draft.node("start"), draft.node("end")
    first, last = draft.add(powl)
    draft.edges |= {(start, first), (last, end)}
    return tidied(ModelGraph(draft.kinds, draft.labels, frozenset(draft.edges))).model()


class _Draft:
    """Nodes and flows; gateways with one flow in and one out stand for nothing, and are tidied away later."""

    def __init__(self) -> None:
        self.kinds: dict[int, Kind] = {}
        self.labels: dict[int, str] = {}
        self.edges: set[Edge] = set()

    def node(self, kind: Kind) -> int:
        self.kinds[len(self.kinds)] = kind
        return len(self.kinds) - 1

    def add(self, powl: Any) -> Edge:
        """Add a part; its first and its last node."""
        from pm4py.objects.powl.obj import FrequentTransition, OperatorPOWL, SilentTransition, StrictPartialOrder
        from pm4py.objects.process_tree.obj import Operator

        if isinstance(powl, StrictPartialOrder):
            return self._order(powl)
        if isinstance(powl, OperatorPOWL):
            parts = [self.add(part) for part in powl.children]
            return self._choice(parts) if powl.operator == Operator.XOR else self._loop(*parts)
        if isinstance(powl, SilentTransition):
            return (self.node("exclusive"),) * 2
        task = self.node("task")
        if isinstance(powl, FrequentTransition):
            self.labels[task] = str(powl.activity)
            around = self._loop((task, task), (self.node("exclusive"),) * 2) if powl.selfloop else (task, task)
            return self._choice([around, (self.node("exclusive"),) * 2]) if powl.skippable else around
        self.labels[task] = str(powl.label)
        return task, task

    def _choice(self, parts: list[Edge]) -> Edge:
        split, join = self.node("exclusive"), self.node("exclusive")
        for first, last in parts:
            self.edges |= {(split, first), (last, join)}
        return split, join

    def _loop(self, body: Edge, redo: Edge) -> Edge:
        join, split = self.node("exclusive"), self.node("exclusive")
        self.edges |= {(join, body[0]), (body[1], split), (split, redo[0]), (redo[1], join)}
        return join, split

    def _order(self, powl: Any) -> Edge:
        order = powl.order.get_transitive_reduction()
        children = list(powl.children)
        around = [(self.node("parallel"), self.node("parallel")) for _ in children]
        for (before, behind), child in zip(around, children, strict=True):
            first, last = self.add(child)
            self.edges |= {(before, first), (last, behind)}
        split, join = self.node("parallel"), self.node("parallel")
        starts, ends = order.get_start_nodes(), order.get_end_nodes()
        for (before, behind), child in zip(around, children, strict=True):
            self.edges |= {(split, before)} if child in starts else set()
            self.edges |= {(behind, join)} if child in ends else set()
            self.edges |= {
                (behind, other_before)
                for (other_before, _), other in zip(around, children, strict=True)
                if order.is_edge(child, other)
            }
        return split, join
