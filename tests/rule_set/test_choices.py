"""Choices of nets made by hand: their names, kinds and options, and which way a variant went."""

import pytest

from bpa_assets.process_model.discovery.alignments import align
from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.process_model.discovery.state_space import state_space
from bpa_assets.rule_set.moments.choices import choices, listed
from bpa_assets.rule_set.moments.passages import most_frequent_within
from bpa_assets.rule_set.moments.replay import Passage, Replayer

# 0 -a-> 2; from 2 either b or c to 3; from 3 d is skipped (silent 4) or done (3) to 4; then e to the end.
SKIP = PetriNet(
    5,
    ("a", "b", "c", "d", None, "e"),
    ((0,), (2,), (2,), (3,), (3,), (4,)),
    ((2,), (3,), (3,), (4,), (4,), (1,)),
)
# a, then b again and again (silent 2 goes back), then the end.
LOOP = PetriNet(4, ("a", "b", None, None), ((0,), (2,), (3,), (3,)), ((2,), (3,), (2,), (1,)))
# Two branches at once: x, or silent past it; and y.
BRANCHES = PetriNet(
    7,
    ("a", None, "x", None, "y", "z"),
    ((0,), (6,), (2,), (2,), (3,), (4, 5)),
    ((6,), (2, 3), (4,), (4,), (5,), (1,)),
)


def passed(net: PetriNet, *variant: str) -> list[tuple[int, str]]:
    """Row and option of each passage of a variant."""
    found = {one.place: one for one in choices(net)}
    (alignment,) = align(state_space(net), [variant])
    assert alignment is not None
    passages = Replayer(net, frozenset(found)).passages(alignment)
    return [(one.row, found[one.place].options[one.transition]) for one in passages]


def test_choices_are_named_by_what_comes_before_and_what_can_come_next() -> None:
    one, other = choices(SKIP)
    assert (one.name, one.kind) == ("a → b | c", "choice")
    assert (other.name, other.kind) == ("b / c → d | skip d", "skip")
    assert other.next == {3: frozenset("d"), 4: frozenset("e")}


def test_a_way_back_makes_a_loop_and_the_end_is_an_option() -> None:
    (loop,) = choices(LOOP)
    assert (loop.name, loop.kind, loop.options) == ("b → b | end", "loop", {2: "b", 3: "end"})


def test_two_choices_of_one_name_are_told_apart_by_a_number() -> None:
    twice = PetriNet(
        6,
        ("a", "b", "c", "a", "b", "c"),
        ((0,), (2,), (2,), (3,), (4,), (4,)),
        ((2,), (3,), (3,), (4,), (5,), (5,)),
    )
    ended = PetriNet(6, (*twice.labels, None), (*twice.inputs, (5,)), (*twice.outputs, (1,)))
    assert [one.name for one in choices(ended)] == ["a → b | c", "a → b | c (2)"]


def test_many_activities_are_counted_beyond_three() -> None:
    assert listed("dcba") == "a / b / c / d"
    assert listed(["e", "end", "a", "b", "c"]) == "a / b / c / 2 more"


def test_a_passage_lies_after_the_row_before_the_choice() -> None:
    assert passed(SKIP, "a", "b", "d", "e") == [(0, "b"), (1, "d")]
    assert passed(SKIP, "a", "c", "e") == [(0, "c"), (1, "skip d")]
    assert passed(LOOP, "a", "b", "b", "b") == [(1, "b"), (2, "b"), (3, "end")]


def test_rows_that_the_model_does_not_know_are_not_waited_for() -> None:
    assert passed(SKIP, "a", "odd", "b", "d", "e") == [(0, "b"), (2, "d")]
    assert passed(LOOP, "a", "b", "odd") == [(1, "end")]


def test_an_option_that_the_log_does_not_show_is_no_passage() -> None:
    assert passed(SKIP, "a", "e") == [(0, "skip d")]  # b or c was left out: nobody knows which


def test_in_parallel_parts_the_choice_is_made_when_its_branch_begins() -> None:
    assert passed(BRANCHES, "a", "y", "x", "z") == [(0, "x")]
    assert passed(BRANCHES, "a", "y", "z") == [(0, "skip x")]


def test_of_equal_ways_always_the_same_is_taken() -> None:
    # Two silent ways from the first place to the second: the first transition is taken.
    net = PetriNet(4, (None, None, "a", "b"), ((0,), (0,), (2,), (2,)), ((2,), (2,), (1,), (1,)))
    (alignment,) = align(state_space(net), [("b",)])
    assert alignment is not None
    assert Replayer(net, frozenset((0, 2))).passages(alignment) == [Passage(-1, 0, 0), Passage(-1, 2, 3)]


@pytest.mark.parametrize(("variant", "told"), [(("a", "y"), False), (("a", "y", "z"), True), (("a", "y", "x"), True)])
def test_a_silent_way_is_told_by_a_row_that_follows_on_it(variant: tuple[str, ...], told: bool) -> None:
    # After a and y alone nobody knows whether x will be skipped: that is only the cheapest end.
    found = frozenset(one.place for one in choices(BRANCHES))
    (alignment,) = align(state_space(BRANCHES), [variant])
    assert alignment is not None
    assert [one.told for one in Replayer(BRANCHES, found).passages(alignment)] == [told]


def test_the_most_frequent_variants_are_replayed_as_far_as_the_work_goes() -> None:
    variants = {("a", "b"): 2, ("a",): 9, ("c", "d"): 2, ("e",) * 50: 1}
    assert most_frequent_within(10 * (2 + 3), 10, variants) == [("a",), ("a", "b")]
    assert most_frequent_within(10_000, 10, variants) == [("a",), ("a", "b"), ("c", "d"), ("e",) * 50]
    assert most_frequent_within(19, 10, variants) == []
