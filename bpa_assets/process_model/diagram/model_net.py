"""The way back: the Petri net of a BPMN model, to test what it means against what was mined."""

from itertools import combinations
from typing import Any

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode, neighbours

_MOST_SUBSETS = 12


def to_petri_net(model: BpmnModel) -> tuple[Any, Any, Any]:
    """The accepting Petri net (net, initial, final) of a model, in pm4py's classes: a place a flow.

    Semantics of Dijkman, Dumas and Ouyang, "Semantics and analysis of business process models in BPMN" (2008). A task
    with the loop marker runs once or more. An inclusive split starts any non-empty set of its flows; an inclusive join
    takes any non-empty set: one that did not wait leaves tokens, so it never reaches the final marking. Raises
    ValueError for an inclusive gateway of more than 12 flows on one side.
    """
    from pm4py.objects.petri_net.obj import Marking, PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    net = PetriNet("model")
    source, sink = PetriNet.Place("source"), PetriNet.Place("sink")
    flows = {edge: PetriNet.Place(f"flow {edge[0]} {edge[1]}") for edge in model.edges}
    net.places.update([source, sink, *flows.values()])
    incoming, outgoing = neighbours(model)
    for node in model.nodes:
        before = [flows[other, node.id] for other in incoming[node.id]] or [source] * (node.kind == "start")
        after = [flows[node.id, other] for other in outgoing[node.id]] or [sink] * (node.kind == "end")
        firings = _firings(node, before, after)
        for number, (taken, given) in enumerate(firings):
            transition = PetriNet.Transition(f"node {node.id} {number}", node.label or None)
            net.transitions.add(transition)
            for place in taken:
                add_arc_from_to(place, transition, net)
            for place in given:
                add_arc_from_to(transition, place, net)
        if node.repeats and firings:
            again = PetriNet.Transition(f"node {node.id} again", None)
            net.transitions.add(again)
            add_arc_from_to(after[0], again, net)
            add_arc_from_to(again, before[0], net)
    return net, Marking({source: 1}), Marking({sink: 1})


def _firings(node: BpmnNode, before: list[Any], after: list[Any]) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """What each transition of a node takes and gives."""
    if not before or not after:
        return []
    match node.kind:
        case "exclusive":
            taken, given = [(place,) for place in before], [(place,) for place in after]
        case "inclusive":
            taken, given = _subsets(before), _subsets(after)
        case _:
            taken, given = [tuple(before)], [tuple(after)]
    return [(some, others) for some in taken for others in given]


def _subsets(places: list[Any]) -> list[tuple[Any, ...]]:
    if len(places) > _MOST_SUBSETS:
        raise ValueError(f"an inclusive gateway has {len(places)} flows on one side: too many sets of them to try")
    return [some for size in range(1, len(places) + 1) for some in combinations(places, size)]
