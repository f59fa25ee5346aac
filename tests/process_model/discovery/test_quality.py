"""The figures of a model, by hand and against a slow computation of the same."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings

from bpa_assets.process_model.discovery.alignments import align
from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.process_model.discovery.precision import precision
from bpa_assets.process_model.discovery.quality import generalization, quality, simplicity
from bpa_assets.process_model.discovery.state_space import state_space
from tests.process_model.discovery.nets import net, tree_texts, variants

Marking = frozenset[int]


def slow_precision(model: PetriNet, sequences: dict[tuple[str, ...], float]) -> float:
    """The same by its definition: every prefix replayed from the beginning, over sets of marked places."""

    def step(states: set[Marking], label: str | None) -> set[Marking]:
        return {
            (state - set(ins)) | set(outs)
            for state in states
            for name, ins, outs in zip(model.labels, model.inputs, model.outputs, strict=True)
            if name == label and set(ins) <= state
        }

    def closed(states: set[Marking]) -> set[Marking]:
        while not (more := step(states, None)) <= states:
            states = states | more
        return states

    weights: Counter[tuple[str, ...]] = Counter()
    following = defaultdict(set)
    for sequence, count in sequences.items():
        for place, activity in enumerate(sequence):
            weights[sequence[:place]] += int(count)
            following[sequence[:place]].add(activity)
    allowed = escaping = 0
    for prefix, weight in weights.items():
        states = closed({frozenset({0})})
        for activity in prefix:
            states = closed(step(states, activity))
        possible = {label for label in model.labels if label is not None and step(states, label)}
        allowed += weight * len(possible)
        escaping += weight * len(possible - following[prefix])
    return 1 - escaping / allowed if allowed else 1.0


@settings(max_examples=60)
@given(tree_texts(), variants())
def test_precision_is_that_of_a_slow_computation(text: str, logged: list[tuple[str, ...]]) -> None:
    model = net(text)
    space = state_space(model)
    sequences = {one.of_model: 2.0 + number for number, one in enumerate(align(space, logged)) if one}
    assert precision(space, sequences) == pytest.approx(slow_precision(model, sequences))


def test_the_figures_by_hand() -> None:
    """a, then b or c: of 3 cases two are a b, one is a x; c was never seen."""
    model = net("->( 'a', X( 'b', 'c' ) )")
    space = state_space(model)
    log = {("a", "b"): 2.0, ("a", "x"): 1.0}
    found = quality(model, space, log, align(space, [*log]))
    # a x: x is inserted and b (or c) skipped: 2 of 2 + 2 moves.
    assert found.fitness == pytest.approx((2 * 1 + 1 * (1 - 2 / 4)) / 3)
    # The model's side of both is a b. Before a: one of one is seen, 3 cases; after it b, and c is never seen.
    assert found.precision == pytest.approx(1 - 3 / (3 + 6))
    assert found.aligned_share == 1
    assert found.f1 == pytest.approx(2 * found.fitness * found.precision / (found.fitness + found.precision))


def test_generalization_and_simplicity_by_hand() -> None:
    model = net("->( 'a', X( 'b', 'c' ) )")
    assert generalization(model, {("a", "b"): 4.0}) == pytest.approx(1 - (1 / 2 + 1 / 2 + 1) / 3)
    # A place, a, a place, b and c, a place: 6 arcs between 6 nodes, so 2 a node.
    assert simplicity(PetriNet(3, ("a", "b", "c"), ((0,), (2,), (2,)), ((2,), (1,), (1,)))) == 1.0


def test_a_model_of_one_sequence_has_all_figures_1_and_a_flower_low_precision() -> None:
    log = {tuple("abc"): 10.0}
    line = net("->( 'a', 'b', 'c' )")
    found = quality(line, state_space(line), log, align(state_space(line), [*log]))
    assert (found.fitness, found.precision, found.f1) == (1, 1, 1)
    flower = net("*( X( 'a', 'b', 'c' ), tau )")
    found = quality(flower, state_space(flower), log, align(state_space(flower), [*log]))
    assert found.fitness == 1
    assert found.precision == pytest.approx(1 / 3)
