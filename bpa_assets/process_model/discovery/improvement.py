"""A mined model made better in small steps: ways that cost precision are taken away, ways that cases take are added.

A local search over the model itself, as Augusto et al. (Metaheuristic optimization for automated business process
discovery, 2019) do over directly-follows graphs. Each change is measured as the model was, and is sound or is dropped.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise, product
from time import monotonic, process_time

from bpa_assets.process_model.diagram.bpmn_model import Edge
from bpa_assets.process_model.discovery.alignments import Alignment, align
from bpa_assets.process_model.discovery.bpmn_net import net_of_bpmn
from bpa_assets.process_model.discovery.choice import demands
from bpa_assets.process_model.discovery.evaluation import Measured
from bpa_assets.process_model.discovery.model_edits import EmptyModelError, ModelGraph, graph_of
from bpa_assets.process_model.discovery.petri_net import NotAWorkflowNetError
from bpa_assets.process_model.discovery.quality import quality
from bpa_assets.process_model.discovery.state_space import UnsoundError, state_space
from bpa_assets.process_model.discovery.wanted_changes import Sample, wanted_paths, wanted_ways
from bpa_assets.process_model.drawing import END, START, edge_frequencies

MOST_WORK = 60_000_000
"""States × places in the variants, over all changes that are tried: about 6 s; the same on every machine."""

_WORK_A_NODE = 1_000
"""What a change costs beside its measuring: the model is numbered and translated again."""

_STATES_AT_ONCE = 3
"""An alignment passes most states by."""

_MOST_STATES = 2_000
_LEAST_GAIN = 0.002
"""In F1, for one more way: it is one more thing to read. What costs nothing is taken away for none."""

A_COPY = 0.004
"""In F1, that a further task of the same activity has to be worth."""

_RARE = (0.0, 0.005, 0.01, 0.02, 0.04)
"""Shares of the cases."""


@dataclass
class Budget:
    """The work that is left, for one model after the other; on a machine so slow that it takes longer, until when."""

    work: int = MOST_WORK
    until: float = float("inf")


@dataclass
class _Search:
    """The best model so far, and the work that is left."""

    sample: Sample
    frequent: Collection[str]
    graph: ModelGraph
    best: Measured
    alignments: Sequence[Alignment | None]
    budget: Budget

    @property
    def is_over(self) -> bool:
        return self.budget.work <= 0 or monotonic() > self.budget.until

    def tries(self, graph: ModelGraph, *, gain: float) -> bool:
        """Whether a change makes the model better; it is kept then."""
        self.budget.work -= _WORK_A_NODE * len(graph.kinds)
        try:
            bpmn = graph.as_numbered()
            net = net_of_bpmn(bpmn)
            space = state_space(net, most_states=_MOST_STATES)
        except (NotAWorkflowNetError, UnsoundError, ValueError):
            return False
        self.budget.work -= space.size * sum(len(variant) + 1 for variant in self.sample) // _STATES_AT_ONCE
        alignments = align(space, [*self.sample])
        found = replace(self.best, net=net, quality=quality(net, space, self.sample, alignments), bpmn=bpmn)
        if demands(found, self.frequent) > demands(self.best, self.frequent) or found.f1 < self.best.f1 + gain:
            return False
        self.graph, self.best, self.alignments = graph, found, alignments
        return True


def improved(one: Measured, sample: Sample, frequent: Collection[str], budget: Budget) -> Measured:
    """A model with a higher F1 on the sample that a few changes lead to, or the same one; sound as that is.

    It has the frequent activities that the model has, and no fitness below .7 if the model has .7. Of tasks with the
    same label those are left that F1 would be the worse without by `A_COPY`: for each one less it may be lower by that.
    """
    if one.bpmn is None:
        return one
    begun = process_time()
    try:
        graph = graph_of(one.bpmn)
        space = state_space(net_of_bpmn(one.bpmn), most_states=_MOST_STATES)
    except (NotAWorkflowNetError, UnsoundError):
        return one
    search = _Search(sample, frequent, graph, one, align(space, [*sample]), budget)
    _take_away_what_is_rare(search)
    _change_while_it_gains(search)
    while _a_copy_less(search, loss=A_COPY):
        _change_while_it_gains(search)
    if search.best is one:
        return one
    bpmn = search.graph.model()
    net = net_of_bpmn(bpmn)
    space = state_space(net)
    found = quality(net, space, sample, align(space, [*sample]))
    return Measured(f"{one.candidate}, improved", net, found, one.seconds + process_time() - begun, bpmn)


def _change_while_it_gains(search: _Search) -> None:
    while _a_copy_less(search, loss=0.0):
        pass
    while not search.is_over and _one_round(search):
        pass


def _a_copy_less(search: _Search, *, loss: float) -> bool:
    """One task for the first two of the same label that F1 is hardly the worse for; whether there are such."""
    for pair in search.graph.copies():
        if search.is_over:
            return False
        with suppress(EmptyModelError):
            if search.tries(search.graph.with_one_task_for(*pair), gain=-loss):
                return True
    return False


def _take_away_what_is_rare(search: _Search) -> None:
    """Several ways at once, those that no case takes, or few: one by one takes too long in a model of hundreds."""
    cases = sum(search.sample.values())
    for share in _RARE:
        follows: Counter[tuple[str, str]] = Counter()
        for count, found in zip(search.sample.values(), search.alignments, strict=True):
            for pair in pairwise((START, *found.of_model, END)) if found else ():
                follows[pair] += count  # type: ignore[assignment]  # cases that stand for others are fractions
        taken = edge_frequencies(search.graph.as_numbered(), follows)
        rare = [flow for flow in search.graph.choices() if taken[flow] <= share * cases]
        if rare and not search.is_over:
            _less(search, *rare)


def _one_round(search: _Search) -> bool:
    """Try every change once; whether one was kept."""
    kept = False
    for flow in search.graph.choices():
        if search.is_over:
            break
        if flow in search.graph.edges:
            kept |= _less(search, flow)
    for pair in wanted_ways(search.sample, search.alignments):
        if search.is_over:
            break
        kept |= any(search.tries(graph, gain=_LEAST_GAIN) for graph in _with_way(search.graph, *pair))
    for one, path, other in wanted_paths(search.sample, search.alignments):
        if search.is_over:
            break
        gain = sum(A_COPY if activity in search.best.net.activities else _LEAST_GAIN for activity in path)
        kept |= any(search.tries(graph, gain=gain) for graph in _with_path(search.graph, one, path, other))
    return kept


def _less(search: _Search, *flows: Edge) -> bool:
    try:
        return search.tries(search.graph.without(*flows), gain=0.0)
    except EmptyModelError:
        return False


def _with_way(graph: ModelGraph, one: str, other: str) -> Iterator[ModelGraph]:
    """The model with a way from behind one activity to before another, at each place where it can be."""
    for leaving, entering in _flows_between(graph, one, other):
        if leaving != entering:
            with suppress(EmptyModelError):
                yield graph.with_way(leaving, entering)


def _with_path(graph: ModelGraph, one: str, path: Sequence[str], other: str) -> Iterator[ModelGraph]:
    """The model with more tasks on a way from behind one activity to before another."""
    for leaving, entering in _flows_between(graph, one, other):
        with suppress(EmptyModelError):
            yield graph.with_path(leaving, entering, path)


def _flows_between(graph: ModelGraph, one: str, other: str) -> Iterator[tuple[Edge, Edge]]:
    """Each flow behind an activity with each flow before another, of all tasks that are named so."""
    named: dict[str, list[int]] = {START: [_of_kind(graph, "start")], END: [_of_kind(graph, "end")]}
    for node, label in sorted(graph.labels.items()):
        named.setdefault(label, []).append(node)
    for source, target in product(named.get(one, ()), named.get(other, ())):
        yield from product(graph.flows_at(source, behind=True), graph.flows_at(target, behind=False))


def _of_kind(graph: ModelGraph, wanted: str) -> int:
    return next(node for node, kind in graph.kinds.items() if kind == wanted)
