"""pm4py BPMN objects as models: what they mean stays, whatever their ids and the order of their nodes."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel
from bpa_assets.process_model.diagram.model_net import to_petri_net
from bpa_assets.process_model.diagram.split_miner_model import from_pm4py_bpmn
from tests.process_model.diagram.net_language import words

KINDS = {
    "start": "StartEvent",
    "end": "EndEvent",
    "xor": "ExclusiveGateway",
    "and": "ParallelGateway",
    "or": "InclusiveGateway",
}


def net_of(graph: Any) -> Any:
    """The net that pm4py makes of a pm4py BPMN object."""
    from pm4py import convert_to_petri_net

    return convert_to_petri_net(graph)


def bpmn_of(flows: str) -> Any:
    """The pm4py object of flows such as `start>a a>end`; a node is of the kind its name begins with, else a task."""
    from pm4py.objects.bpmn.obj import BPMN

    graph = BPMN()
    nodes = {}
    for flow in flows.split():
        for name in flow.split(">"):
            if name not in nodes:
                kind = name.rstrip("0123456789")
                label = "" if kind in KINDS or kind == "silent" else name
                nodes[name] = getattr(BPMN, KINDS.get(kind, "Task"))(id=name, name=label)
                graph.add_node(nodes[name])
        source, target = flow.split(">")
        graph.add_flow(BPMN.SequenceFlow(nodes[source], nodes[target]))
    return graph


def shuffled(graph: Any, seed: int) -> Any:
    """The same graph with other ids, its nodes and flows in another order."""
    from pm4py.objects.bpmn.obj import BPMN

    order = random.Random(seed)
    copy = BPMN()
    nodes = {node: type(node)(id=f"n{order.random()}", name=node.get_name()) for node in graph.get_nodes()}
    flows = list(graph.get_flows())
    order.shuffle(flows)
    for node in order.sample(list(nodes.values()), len(nodes)):
        copy.add_node(node)
    for flow in flows:
        copy.add_flow(BPMN.SequenceFlow(nodes[flow.get_source()], nodes[flow.get_target()]))
    return copy


def shape(model: BpmnModel) -> tuple[Sequence[str], Sequence[tuple[int, int]]]:
    return [f"{node.kind} {node.label}".strip() for node in model.nodes], model.edges


def test_concurrency_keeps_its_words() -> None:
    graph = bpmn_of("start>and1 and1>a and1>xor1 xor1>b b>xor2 xor2>xor1 xor2>and2 a>and2 and2>end")
    model = from_pm4py_bpmn(graph)
    assert (
        words(to_petri_net(model), 3)
        == words(net_of(graph), 3)
        == {
            *[("a", "b"), ("b", "a")],
            *[("a", "b", "b"), ("b", "a", "b"), ("b", "b", "a")],
        }
    )


def test_a_task_without_a_name_and_a_gateway_for_nothing_are_plain_flows() -> None:
    graph = bpmn_of("start>silent1 silent1>xor1 xor1>a a>xor2 xor2>end xor1>silent2 silent2>and1 and1>xor2")
    assert shape(from_pm4py_bpmn(graph)) == shape(
        from_pm4py_bpmn(bpmn_of("start>xor1 xor1>a a>xor2 xor1>xor2 xor2>end"))
    )


def test_several_flows_at_a_task_get_a_gateway() -> None:
    model = from_pm4py_bpmn(bpmn_of("start>a a>b b>a b>end a>end"))
    assert words(to_petri_net(model), 4) == {("a",), ("a", "b"), ("a", "b", "a"), ("a", "b", "a", "b")}


def test_what_is_doubled_between_gateways_is_one_flow() -> None:
    model = from_pm4py_bpmn(
        bpmn_of("start>xor1 xor1>silent1 xor1>silent2 silent1>xor2 silent2>xor2 xor1>a a>xor2 xor2>end")
    )
    assert shape(model) == shape(from_pm4py_bpmn(bpmn_of("start>xor1 xor1>xor2 xor1>a a>xor2 xor2>end")))
    assert len(model.edges) == 5
    loop = from_pm4py_bpmn(bpmn_of("start>xor1 xor1>a a>xor2 xor2>xor2 xor2>xor1 xor2>end"))
    assert words(to_petri_net(loop), 2) == {("a",), ("a", "a")}


@pytest.mark.parametrize(
    "flows",
    [
        "start>and1 and1>silent1 and1>silent2 silent1>xor1 silent2>xor1 xor1>end",
        "start>and1 and1>silent1 silent1>and1 and1>end",
    ],
)
def test_parallel_flows_that_would_be_lost_are_refused(flows: str) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        from_pm4py_bpmn(bpmn_of(flows))


def test_other_kinds_of_nodes_are_refused() -> None:
    from pm4py.objects.bpmn.obj import BPMN

    graph = BPMN()
    graph.add_node(BPMN.EventBasedGateway(id="e"))
    with pytest.raises(ValueError, match="EventBasedGateway cannot be drawn"):
        from_pm4py_bpmn(graph)


def test_an_inclusive_gateway_of_too_many_flows_has_no_net() -> None:
    branches = " ".join(f"or1>a{number} a{number}>or2" for number in range(13))
    with pytest.raises(ValueError, match="13 flows"):
        to_petri_net(from_pm4py_bpmn(bpmn_of(f"start>or1 {branches} or2>end")))
