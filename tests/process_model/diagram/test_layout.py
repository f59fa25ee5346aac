"""Layouts, measured by geometry alone, on random trees, random graphs and models mined from real logs."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.process_model.diagram.bpmn_model import (
    Block,
    BpmnModel,
    BpmnNode,
    Branching,
    Chain,
    Edge,
    Repetition,
    Skip,
    Step,
)
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.label_size import task_size
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.diagram.process_tree_model import from_process_tree
from bpa_assets.process_model.diagram.shapes import Layout
from bpa_assets.process_model.diagram.split_miner_model import from_pm4py_bpmn
from tests.process_model.diagram.drawing_metrics import drawn, faults
from tests.process_model.diagram.mined_models import (
    graphs,
)
from tests.process_model.diagram.random_trees import LOOP, SEQUENCE, XOR, tree, trees
from tests.process_model.diagram.test_models_from_the_split_miner import bpmn_of


def faults_of(model: BpmnModel, layout: Layout) -> list[str]:
    return faults(drawn(bpmn_xml(model, layout, name="p")))


def shuffled_ranks(edges: tuple[Edge, ...], order: Any) -> dict[Edge, int]:
    """A frequency for each flow, no two the same."""
    ranks = list(range(1, len(edges) + 1))
    order.shuffle(ranks)
    return dict(zip(edges, ranks, strict=True))


@given(trees(40), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_trees_are_drawn_without_fault_their_most_frequent_path_straight(mined: Any, order: Any) -> None:
    model = from_process_tree(mined)
    frequencies = shuffled_ranks(model.edges, order)
    layout = lay_out(model, frequencies)
    assert faults_of(model, layout) == []
    assert model.block is not None
    for edge in pairwise(axis(model.block, frequencies)):
        assert_straight(layout, edge)


def axis(block: Block, frequencies: dict[Edge, int]) -> Iterator[int]:
    """The nodes of the most frequent path through a block that never goes back."""
    match block:
        case Step(node):
            yield node
        case Chain(parts):
            for part in parts:
                yield from axis(part, frequencies)
        case Repetition(join, split, body, _):
            yield from [join, *axis(body, frequencies), split]
        case Branching(split, join, branches):
            paths = [[split, *axis(branch, frequencies), join] for branch in branches]
            yield from max(paths, key=lambda path: frequencies[path[0], path[1]])
        case Skip():
            pass


def assert_straight(layout: Layout, edge: Edge) -> None:
    route = layout.routes[edge]
    assert len(route) == 2
    assert route[0][1] == route[1][1]
    assert route[0][0] < route[1][0]


@given(graphs(12), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_graphs_are_drawn_without_fault(model: BpmnModel, order: Any) -> None:
    for frequencies in (None, shuffled_ranks(model.edges, order)):
        assert faults_of(model, lay_out(model, frequencies)) == []


@given(trees(25), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_a_tree_can_also_be_drawn_in_layers(mined: Any, order: Any) -> None:
    nested = from_process_tree(mined)
    model = BpmnModel(nested.nodes, nested.edges)
    assert faults_of(model, lay_out(model, shuffled_ranks(model.edges, order))) == []


def test_the_most_frequent_path_of_a_graph_is_straight() -> None:
    """start, a, b, end are frequent; the way by c and the way back by d are not."""
    model = from_pm4py_bpmn(
        bpmn_of("start>xor1 xor1>a a>xor2 xor2>b b>xor3 xor3>end xor2>c c>xor3 xor2>d d>xor1 xor1>c2 c2>xor3")
    )
    number = {node.label or node.kind: node.id for node in model.nodes}
    frequent = {number[label]: 100 for label in ("a", "b")} | {number[label]: 3 for label in ("c", "d", "c2")}
    layout = lay_out(model, None, frequent)
    heights = {label: layout.boxes[number[label]].middle[1] for label in ("start", "a", "b", "end", "c", "d", "c2")}
    straight = {label for label, height in heights.items() if height == heights["start"]}
    assert straight == {"start", "a", "b", "end"}
    rare = lay_out(model, None, {**frequent, number["c"]: 200})
    assert rare.boxes[number["c"]].middle[1] == rare.boxes[number["start"]].middle[1]


def test_the_first_block_is_drawn_where_it_is_expected() -> None:
    """By hand: a margin of 40, 50 between shapes, the rarer branch 30 below the more frequent one."""
    model = from_process_tree(tree(SEQUENCE, "a", tree(XOR, "b", "c")))
    number = {node.label: node.id for node in model.nodes if node.label}
    layout = lay_out(model, None, {number["b"]: 1, number["c"]: 2})
    assert layout.boxes[0].middle == (58.0, 80.0)
    assert (layout.boxes[number["a"]].x, layout.boxes[number["a"]].y) == (126.0, 40.0)
    assert (layout.boxes[number["c"]].x, layout.boxes[number["c"]].y) == (376.0, 40.0)
    assert (layout.boxes[number["b"]].x, layout.boxes[number["b"]].y) == (376.0, 150.0)
    split = next(source for source, target in model.edges if target == number["b"])
    assert layout.routes[split, number["b"]] == ((301.0, 105.0), (301.0, 190.0), (376.0, 190.0))


def test_what_leads_back_runs_below_from_right_to_left() -> None:
    model = from_process_tree(tree(LOOP, "a", tree(SEQUENCE, "b", "c")))
    boxes = {node.label: lay_out(model).boxes[node.id] for node in model.nodes if node.label}
    assert boxes["c"].right < boxes["b"].x
    assert boxes["b"].y == boxes["c"].y > boxes["a"].bottom


def test_a_model_of_nothing_is_drawn() -> None:
    assert lay_out(BpmnModel((), ())) == Layout({}, {})
    alone = BpmnModel((BpmnNode(0, "start"), BpmnNode(1, "end")), ((0, 1),))
    assert faults_of(alone, lay_out(alone)) == []


@pytest.mark.parametrize(
    ("label", "size"),
    [
        ("check", (100.0, 80.0)),
        ("send reminder to customer", (100.0, 80.0)),
        ("T09-3 Process or receive external advice from party 3", (120.0, 80.0)),
        ("Rechtsschutzversicherungsgesellschaft", (280.0, 80.0)),
    ],
)
def test_a_task_is_as_wide_as_its_label_needs(label: str, size: tuple[float, float]) -> None:
    assert task_size(label) == size


@given(st.text(max_size=300))
@settings(max_examples=25)
def test_a_task_is_never_wider_than_three_usual_ones(label: str) -> None:
    width, height = task_size(label)
    assert 100 <= width <= 300
    assert height >= 80
    assert height % 2 == width % 2 == 0
