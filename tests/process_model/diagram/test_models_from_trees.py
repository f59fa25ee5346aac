"""Process trees as BPMN models: what they mean, and that nothing useless is in them."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, neighbours
from bpa_assets.process_model.diagram.model_net import to_petri_net
from bpa_assets.process_model.diagram.process_tree_model import from_process_tree
from tests.process_model.diagram.net_language import words
from tests.process_model.diagram.random_trees import LOOP, OR, PARALLEL, SEQUENCE, XOR, leaf, tree, tree_words, trees

LONGEST = 4


def kinds(model: BpmnModel) -> Counter[str]:
    return Counter(node.kind for node in model.nodes if node.kind not in ("start", "end"))


@given(trees(7))
@settings(max_examples=60)
def test_a_model_has_the_words_of_its_tree(drawn: Any) -> None:
    expected = tree_words(drawn, LONGEST)
    for loop_markers in (True, False):
        assert words(to_petri_net(from_process_tree(drawn, loop_markers=loop_markers)), LONGEST) == expected


@given(trees(40))
@settings(max_examples=25)
def test_every_gateway_splits_or_joins(drawn: Any) -> None:
    model = from_process_tree(drawn)
    incoming, outgoing = neighbours(model)
    for node in model.nodes:
        if node.kind in ("exclusive", "parallel"):
            assert sorted([len(incoming[node.id]) > 1, len(outgoing[node.id]) > 1]) == [False, True]


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (leaf(None), {}),
        (leaf("a"), {"task": 1}),
        (tree(SEQUENCE, "a", None, tree(SEQUENCE, "b", "c")), {"task": 3}),
        (tree(XOR, "a", tree(XOR, "b", tree(XOR, None, "c"))), {"task": 3, "exclusive": 2}),
        (tree(PARALLEL, "a", None, tree(PARALLEL, "b", "c")), {"task": 3, "parallel": 2}),
        (tree(PARALLEL, "a", None), {"task": 1}),
        (tree(XOR, None, None), {}),
        (tree(LOOP, "a", None), {"task": 1}),
        (tree(LOOP, None, "a"), {"task": 1, "exclusive": 2}),
        (tree(LOOP, tree(LOOP, "a", "b"), tree(XOR, "c", "d")), {"task": 4, "exclusive": 2}),
        (tree(LOOP, "a", "b", "c"), {"task": 3, "exclusive": 2}),
        (tree(LOOP, None, None), {}),
        (tree(OR, "a", "b", None), {"task": 2, "exclusive": 2, "inclusive": 2}),
    ],
)
def test_no_gateway_is_useless(drawn: Any, expected: dict[str, int]) -> None:
    assert kinds(from_process_tree(drawn)) == expected


def test_a_task_that_may_be_repeated_at_once_has_the_loop_marker() -> None:
    assert [node.repeats for node in from_process_tree(tree(LOOP, "a", None)).nodes] == [False, True, False]
    plain = from_process_tree(tree(LOOP, "a", None), loop_markers=False)
    assert kinds(plain) == {"task": 1, "exclusive": 2}


def test_an_inclusive_choice_runs_every_set_of_its_branches_but_none() -> None:
    net = to_petri_net(from_process_tree(tree(OR, "a", tree(SEQUENCE, "b", "c"))))
    assert words(net, 3) == {("a",), ("b", "c"), ("a", "b", "c"), ("b", "a", "c"), ("b", "c", "a")}


def test_the_order_of_alternatives_and_parallel_branches_makes_no_other_model() -> None:
    one = tree(XOR, tree(PARALLEL, "a", "b"), None, tree(LOOP, "c", tree(XOR, "d", "e")))
    two = tree(XOR, tree(LOOP, "c", tree(XOR, "e", "d")), tree(PARALLEL, "b", "a"), None)
    assert from_process_tree(one) == from_process_tree(two)


def test_an_operator_that_bpmn_has_no_gateway_for_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        from_process_tree(tree("INTERLEAVING", "a", "b"))


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ("se", [(0, 1), (0, 1)]),
        ("se", [(0, 2)]),
        ("se", [(0, 0)]),
        ("stte", [(0, 1), (0, 2)]),
        ("ste", [(1, 2), (0, 2)]),
    ],
)
def test_a_graph_that_is_no_model_is_refused(nodes: str, edges: list[tuple[int, int]]) -> None:
    from bpa_assets.process_model.diagram.bpmn_model import BpmnNode, Kind

    letters: dict[str, Kind] = {"s": "start", "t": "task", "e": "end"}
    with pytest.raises(ValueError, match="the model"):
        BpmnModel(tuple(BpmnNode(number, letters[letter]) for number, letter in enumerate(nodes)), tuple(edges))
