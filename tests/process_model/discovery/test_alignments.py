"""Alignments cost what other programs find, and always are the same."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from bpa_assets.process_model.discovery.alignments import Alignment, align, shortest_path
from bpa_assets.process_model.discovery.deviations import Deviation, deviations
from bpa_assets.process_model.discovery.petri_net import FIRST, LAST, PetriNet
from bpa_assets.process_model.discovery.state_space import UnsoundError, state_space
from tests.process_model.discovery.nets import net, tree_texts, variants

_FEW = settings(max_examples=60)


def as_r4pm_takes_it(model: PetriNet) -> dict[str, Any]:
    def name(kind: int, number: int) -> str:
        return f"{kind:08x}-0000-4000-8000-{number:012x}"

    inward = [("PlaceTransition", name(1, p), name(2, t)) for t, ins in enumerate(model.inputs) for p in ins]
    outward = [("TransitionPlace", name(2, t), name(1, p)) for t, outs in enumerate(model.outputs) for p in outs]
    return {
        "places": {name(1, p): {"id": name(1, p)} for p in range(model.places)},
        "transitions": {name(2, t): {"id": name(2, t), "label": label} for t, label in enumerate(model.labels)},
        "arcs": [{"from_to": {"type": kind, "nodes": [a, b]}, "weight": 1} for kind, a, b in [*inward, *outward]],
        "initial_marking": {name(1, FIRST): 1},
        "final_markings": [{name(1, LAST): 1}],
    }


def cost_of_r4pm(model: PetriNet, variant: tuple[str, ...]) -> int:
    from r4pm.r4pm import call_binding

    costs = {"log_move_cost": 1, "model_move_cost": 1, "silent_move_cost": 0, "sync_move_cost": 0}
    asked = {"net": as_r4pm_takes_it(model), "trace": variant, "options": {"cost_fn": costs, "max_states": 10**6}}
    binding = "process_mining::conformance::case_centric::alignments::align_trace_binding"
    return int(json.loads(call_binding(binding, json.dumps(asked)))["cost"])


@_FEW
@given(tree_texts(), variants())
def test_a_cost_is_that_of_another_program_and_the_moves_are_the_variant_and_a_run(
    text: str, logged: list[tuple[str, ...]]
) -> None:
    model = net(text)
    space = state_space(model)
    for variant, found in zip(logged, align(space, logged), strict=True):
        assert found is not None
        assert found.cost == cost_of_r4pm(model, variant)
        assert found.cost == sum((place is None) != (move is None) for place, move in found.moves)
        assert [place for place, _ in found.moves if place is not None] == list(range(len(variant)))
        assert all(move == variant[place] for place, move in found.moves if None not in (place, move))
        (of_model,) = align(space, [found.of_model])
        assert of_model is not None
        assert of_model.cost == 0
    assert align(space, logged) == align(space, logged)


def can_happen(model: PetriNet, transitions: list[int]) -> bool:
    """Whether these transitions lead from the first marking to the last, with silent ones anywhere."""

    def after(markings: set[frozenset[int]], one: int) -> set[frozenset[int]]:
        takes, gives = frozenset(model.inputs[one]), frozenset(model.outputs[one])
        return {marking - takes | gives for marking in markings if takes <= marking}

    def with_silent(markings: set[frozenset[int]]) -> set[frozenset[int]]:
        silent = [number for number, label in enumerate(model.labels) if label is None]
        while more := set().union(*(after(markings, one) for one in silent)) - markings:
            markings = markings | more
        return markings

    markings = with_silent({frozenset([FIRST])})
    for one in transitions:
        markings = with_silent(after(markings, one))
    return frozenset([LAST]) in markings


@_FEW
@given(tree_texts(), variants())
def test_the_transitions_of_an_alignment_are_a_run_of_the_net(text: str, logged: list[tuple[str, ...]]) -> None:
    model = net(text)
    for found in align(state_space(model), logged):
        assert found is not None
        assert [model.labels[one] if one >= 0 else None for one in found.transitions] == [
            activity for _, activity in found.moves
        ]
        assert can_happen(model, [one for one in found.transitions if one >= 0])


@pytest.mark.filterwarnings("ignore")
def test_the_fitness_of_a_real_model_is_that_of_pm4py() -> None:
    from pm4py.algo.conformance.alignments.process_tree import algorithm
    from pm4py.objects.log.obj import Event, EventLog, Trace

    from tests.process_model.discovery.nets import tree

    text = "->( 'a', *( ->( +( 'b', 'c' ), 'd' ), 'e' ), X( 'f', tau ) )"
    logged = [tuple("abcdf"), tuple("acbd"), tuple("abdecbdf"), tuple("fff"), tuple("aed")]
    space = state_space(net(text))
    costs = [found.cost for found in align(space, logged) if found]
    ours = [1 - cost / (len(one) + shortest_path(space)) for one, cost in zip(logged, costs, strict=True)]
    log = EventLog([Trace([Event({"concept:name": activity}) for activity in one]) for one in logged])
    theirs = [float(one["fitness"]) for one in algorithm.apply(log, tree(text))]
    assert ours == pytest.approx(theirs, abs=1e-3)


def test_the_shortest_path_counts_activities_and_not_silent_steps() -> None:
    assert shortest_path(state_space(net("->( 'a', X( tau, 'b' ), +( 'c', 'd' ) )"))) == 3


def test_what_took_too_long_or_is_too_large_is_not_aligned(monkeypatch: pytest.MonkeyPatch) -> None:
    space = state_space(net("->( 'a', 'b' )"))
    assert align(space, [("a", "b")], until=0) == [None]
    monkeypatch.setattr("bpa_assets.process_model.discovery.alignments._MOST_NODES", 10)
    assert [one is None for one in align(space, [("a",), ("a",) * 9])] == [False, True]


def test_deviations_are_told_by_kind_and_place() -> None:
    space = state_space(net("->( 'a', 'b', 'c' )"))

    def told(*variant: str) -> list[Deviation]:
        (found,) = align(space, [variant])
        assert found is not None
        return [*deviations(variant, found)]

    assert told("a", "b", "c") == []
    assert told("a", "c") == [Deviation(1, "skipped", "b")]
    assert told("a", "b", "x", "c") == [Deviation(2, "inserted", "x")]
    assert told("b", "a", "c") in ([Deviation(0, "swapped", "b")], [Deviation(2, "swapped", "a")])
    assert [*deviations(("b", "a"), Alignment(2, ((0, None), (1, "a"), (None, "b"))))] == [Deviation(0, "swapped", "b")]


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (PetriNet(3, ("a", "b"), ((0,), (2,)), ((2,), (2,))), "halt"),
        (PetriNet(3, ("a",), ((0,),), ((1, 2),)), "left behind"),
        (PetriNet(3, ("a", "b"), ((0,), (2,)), ((1,), (1,))), "never be reached"),
        (PetriNet(3, ("a", "b", "c"), ((0,), (2,), (2,)), ((2,), (2, 1), (1,))), "left behind"),
        (PetriNet(4, ("a", "b", "c"), ((0,), (2,), (2,)), ((2,), (1,), (3,))), "halt"),
        (PetriNet(4, ("a", "b", "c"), ((0,), (2,), (3,)), ((2,), (3, 2), (1,))), "two tokens|left behind"),
    ],
)
def test_a_model_that_is_not_sound_is_told(model: PetriNet, why: str) -> None:
    with pytest.raises(UnsoundError, match=why):
        state_space(model)


def test_a_model_of_too_many_states_is_not_known_to_be_sound() -> None:
    with pytest.raises(UnsoundError, match="not known: more than 10"):
        state_space(net("+( 'a', 'b', 'c', 'd', 'e' )"), most_states=10)
