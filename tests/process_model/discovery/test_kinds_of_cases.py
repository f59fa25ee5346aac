"""Two kinds of cases, mined apart and put together, where one model of each activity once allows what never happens."""

from hypothesis import given, settings

from benchmarks.language import automaton
from bpa_assets.process_model.discovery.bpmn_net import net_of_bpmn
from bpa_assets.process_model.discovery.discover import discover
from bpa_assets.process_model.discovery.evaluation import Measured, bpmn_of, evaluated, sample_of
from bpa_assets.process_model.discovery.kinds_of_cases import of_two_kinds
from bpa_assets.process_model.discovery.model_edits import EmptyModelError, ModelGraph, graph_of, side_by_side
from bpa_assets.process_model.discovery.petri_net import NotAWorkflowNetError
from bpa_assets.process_model.discovery.state_space import UnsoundError, state_space
from tests.process_model.discovery.nets import net, tree, tree_texts

A_FEW = settings(max_examples=60)

DECIDED = {tuple("abde"): 50, tuple("acdf"): 50}
"""What comes after `d` depends on what came before it: after `b` always `e`, after `c` always `f`."""


def graph(text: str) -> ModelGraph:
    return graph_of(bpmn_of(tree(text)))


def same_language(one: ModelGraph, text: str) -> bool:
    return automaton(state_space(net_of_bpmn(one.model()))) == automaton(state_space(net(text)))


def test_what_comes_next_by_what_was_before_has_a_task_for_each() -> None:
    found = discover(DECIDED).model
    # With `d` once: of what it allows after a, ab, ac, abd, acd, half of the options behind `d` never happen:
    # 1 - 1 / (1 + 2 + 1 + 2) = 0.83 of precision, F1 0.91. With `d` twice nothing is allowed that does not happen.
    assert (found.quality.fitness, found.quality.precision) == (1, 1)
    assert sorted(label for label in found.net.labels if label) == ["a", "b", "c", "d", "d", "e", "f"]


def test_no_activity_has_two_tasks_where_one_does_as_well() -> None:
    found = discover({tuple("abde"): 25, tuple("abdf"): 25, tuple("acde"): 25, tuple("acdf"): 25}).model
    assert sorted(label for label in found.net.labels if label) == [*"abcdef"]


def test_kinds_are_told_by_activities_that_say_what_follows_and_that_neither_hardly_any_nor_nearly_all_cases_have() -> (
    None
):
    log = {tuple("abdex"): 48, tuple("acdfx"): 43, tuple("abdey"): 4, tuple("acdfy"): 5}
    names = [one.name for one in of_two_kinds(log)]
    assert names[0] == "two kinds of cases, with and without b"
    assert len(names) == 1  # c, e and f make the same two kinds; all cases have a and d; 91 and 9 of 100 x and y


def test_candidates_whose_activities_begin_alike_have_names_of_their_own() -> None:
    one, other = "a very long name " * 50 + "one", "a very long name " * 50 + "two"
    names = [each.name for each in of_two_kinds({("a", one): 5, ("a", other): 5, ("a",): 5})]
    assert len(set(names)) == len(names) == 2
    assert max(map(len, names)) <= 110


def test_a_log_of_one_kind_has_no_such_candidate() -> None:
    assert of_two_kinds({("a", "b"): 5}) == ()
    assert of_two_kinds({}) == ()


def test_a_kind_of_one_variant_and_one_of_many_make_a_sound_model() -> None:
    log = {("a",): 10, **{("b", *(one + other)): 1 for one in ("cd", "dc") for other in ("ef", "fe", "ee")}}
    found = [evaluated(one, log, sample_of(log)) for one in of_two_kinds(log)]
    assert any(isinstance(one, Measured) and one.net.activities == set("abcdef") for one in found)


@A_FEW
@given(tree_texts(), tree_texts())
def test_side_by_side_two_models_allow_what_either_allows(one: str, other: str) -> None:
    try:
        together = side_by_side([graph(one), graph(other)])
        found = automaton(state_space(net_of_bpmn(together.model())))
    except (EmptyModelError, NotAWorkflowNetError, UnsoundError):
        return  # parallel flows that one gateway cannot hold
    assert found == automaton(state_space(net(f"X( {one}, {other} )")))


def test_one_task_for_two_takes_what_led_to_either() -> None:
    two = graph("X( ->( 'a', 'd', 'e' ), ->( 'b', 'd', 'f' ) )")
    ((first, second),) = two.copies()
    assert same_language(two.with_one_task_for(first, second), "->( X( 'a', 'b' ), 'd', X( 'e', 'f' ) )")


def test_one_task_for_two_in_a_row_is_a_loop() -> None:
    two = graph("->( 'a', 'b', 'b', 'c' )")
    ((first, second),) = two.copies()
    assert same_language(two.with_one_task_for(first, second), "->( 'a', *( 'b', tau ), 'c' )")


def test_a_path_of_tasks_lies_beside_a_flow_or_between_two() -> None:
    line = graph("->( 'a', 'b', 'c' )")
    named = {label: node for node, label in line.labels.items()}
    behind_a, before_c = line.flows_at(named["a"], behind=True)[0], line.flows_at(named["c"], behind=False)[0]
    assert same_language(line.with_path(behind_a, behind_a, "xy"), "->( 'a', X( tau, ->( 'x', 'y' ) ), 'b', 'c' )")
    assert same_language(line.with_path(behind_a, before_c, "x"), "->( 'a', X( 'b', 'x' ), 'c' )")
