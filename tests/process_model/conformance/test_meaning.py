"""What BPMN models allow is what a person reads in them."""

from pathlib import Path

import pytest

from bpa_resources.errors import InputError
from tests.process_model.conformance.documents import END, START, bpmn, inside, node, task, words

XOR, AND, OR = "exclusiveGateway", "parallelGateway", "inclusiveGateway"


def blocks(kind: str) -> str:
    return bpmn(
        START, task("a"), task("b"), task("c"), node(kind, "g"), node(kind, "h"), END,
        flows="s-g g-a g-b g-c a-h b-h c-h h-e",
    )  # fmt: skip


def test_gateways_choose_part_and_wait(tmp_path: Path) -> None:
    assert words(blocks(XOR), tmp_path) == {"a", "b", "c"}
    assert words(blocks("eventBasedGateway"), tmp_path) == {"a", "b", "c"}
    assert words(blocks(AND), tmp_path) == {"abc", "acb", "bac", "bca", "cab", "cba"}
    some = {"a", "b", "c", "ab", "ba", "ac", "ca", "bc", "cb"}
    assert words(blocks(OR), tmp_path) == some | words(blocks(AND), tmp_path)


def test_an_inclusive_join_waits_for_what_can_still_come_and_for_nothing_else(tmp_path: Path) -> None:
    # One branch may leave for an end of its own: the join does not wait for it then.
    text = bpmn(
        START, node(OR, "g"), task("a"), task("b"), node(XOR, "x"), task("c"), node("endEvent", "f"), node(OR, "h"),
        task("d"), END, flows="s-g g-a g-b a-x x-h x-c c-f b-h h-d d-e",
    )  # fmt: skip
    found = words(text, tmp_path)
    assert {"ad", "ac", "bd", "abd", "bad", "abcd", "abdc", "acbd", "bacd", "badc"} <= found
    assert not {"adb", "bda", "b", "abc"} & found


def test_tasks_join_as_choices_and_split_in_parallel(tmp_path: Path) -> None:
    text = bpmn(
        START, task("a"), task("b"), node(AND, "g"), task("c"), node(XOR, "x"), END,
        flows="s-a a-b a-g b-g g-c c-x x-a x-e",
    )  # fmt: skip
    assert words(text, tmp_path, longest=3) == {"abc"}
    assert "abcabc" in words(text, tmp_path)


def test_conditions_on_the_flows_of_a_task_choose_any_of_them_and_the_default_if_none(tmp_path: Path) -> None:
    flows = "s-a a-b? a-c? a-d b-g c-g d-g g-e"
    nodes = (START, task("b"), task("c"), task("d"), node(OR, "g"), END)
    assert words(bpmn(*nodes, task("a", default="a_d"), flows=flows), tmp_path) == {"ab", "ac", "abc", "acb", "ad"}
    assert words(bpmn(*nodes, task("a"), flows=flows), tmp_path) == {
        *("ad", "abd", "adb", "acd", "adc", "abcd", "abdc", "acbd", "acdb", "adbc", "adcb"),
    }


def test_a_process_ends_when_nothing_is_left_to_do(tmp_path: Path) -> None:
    nodes = (START, node(AND, "g"), task("a"), task("b"), END, node("endEvent", "f"))
    assert words(bpmn(*nodes, flows="s-g g-a g-b a-e b-f"), tmp_path) == {"ab", "ba"}
    assert words(bpmn(*nodes, flows="s-g g-a g-b a-e b-e s-f"), tmp_path) == {"ab", "ba"}
    assert words(bpmn(START, node(AND, "g"), task("a"), task("b"), flows="s-g g-a g-b"), tmp_path) == {"ab", "ba"}


def test_a_terminate_event_ends_everything(tmp_path: Path) -> None:
    stop = node("endEvent", "e", "<terminateEventDefinition/>")
    text = bpmn(
        START, node(AND, "g"), task("a"), task("b"), task("c"), stop, node("endEvent", "f"),
        flows="s-g g-a a-b b-f g-c c-e",
    )  # fmt: skip
    assert words(text, tmp_path) == {"c", "ac", "ca", "abc", "acb", "cab"}


def test_an_event_may_be_defined_elsewhere_in_the_file(tmp_path: Path) -> None:
    stop = node("endEvent", "e", "<eventDefinitionRef>stop</eventDefinitionRef>")
    text = bpmn(
        START, node(AND, "g"), task("a"), task("b"), stop, flows="s-g g-a g-b b-e",
        around='<terminateEventDefinition id="stop"/>',
    )  # fmt: skip
    assert words(text, tmp_path) == {"b", "ab", "ba"}


def test_several_starts_are_alternatives_and_without_any_all_begin(tmp_path: Path) -> None:
    text = bpmn(START, node("startEvent", "t"), task("a"), task("b"), task("c"), END, flows="s-a t-b a-c b-c c-e")
    assert words(text, tmp_path) == {"ac", "bc"}
    assert words(bpmn(task("a"), task("b"), node(AND, "g"), task("c"), flows="a-g b-g g-c"), tmp_path) == {"abc", "bac"}


def test_markers_repeat(tmp_path: Path) -> None:
    def marked(marker: str, tag: str = "task") -> str:
        return bpmn(START, node(tag, "a", marker, name="a"), END, flows="s-a a-e")

    assert words(marked("<standardLoopCharacteristics/>"), tmp_path, longest=3) == {"a", "aa", "aaa"}
    assert words(marked("<multiInstanceLoopCharacteristics/>"), tmp_path, longest=3) == {"a", "aa", "aaa"}
    before = '<standardLoopCharacteristics testBefore="true"/>'
    assert words(marked(before, "userTask"), tmp_path, longest=3) == {"", "a", "aa", "aaa"}


def sub_process(*more: str, **attributes: str) -> str:
    within = inside(
        node("startEvent", "s2"), task("a"), task("b"), node("endEvent", "e2"), *more, flows="s2-a a-b b-e2"
    )
    return node("subProcess", "p2", within, name="whole", **attributes)


def test_sub_processes_are_what_is_in_them_or_an_activity_if_nothing_is(tmp_path: Path) -> None:
    assert words(bpmn(START, sub_process(), task("c"), END, flows="s-p2 p2-c c-e"), tmp_path) == {"abc"}
    looped = sub_process("<standardLoopCharacteristics/>")
    assert words(bpmn(START, looped, END, flows="s-p2 p2-e"), tmp_path, longest=4) == {"ab", "abab"}
    assert words(bpmn(START, node("subProcess", "p2", name="w"), END, flows="s-p2 p2-e"), tmp_path) == {"w"}
    assert words(bpmn(START, node("callActivity", "p2", name="w"), END, flows="s-p2 p2-e"), tmp_path) == {"w"}


def test_a_sub_process_ends_when_nothing_is_left_to_do_in_it(tmp_path: Path) -> None:
    within = inside(node(AND, "g"), task("a"), task("b"), flows="g-a g-b")
    text = bpmn(START, node("subProcess", "p2", within), task("c"), END, flows="s-p2 p2-c c-e")
    assert words(text, tmp_path) == {"abc", "bac"}
    looped = node("subProcess", "p2", f"{within}<multiInstanceLoopCharacteristics/>")
    assert words(bpmn(START, looped, END, flows="s-p2 p2-e"), tmp_path, longest=4) == {
        *("ab", "ba", "abab", "abba", "baab", "baba"),
    }


def test_a_terminate_event_of_a_sub_process_ends_no_more_than_that(tmp_path: Path) -> None:
    stop = node("endEvent", "e2", "<terminateEventDefinition/>")
    within = inside(node(AND, "g"), task("a"), task("b"), stop, flows="g-a g-b a-e2")
    text = bpmn(START, node("subProcess", "p2", within), task("c"), END, flows="s-p2 p2-c c-e")
    assert words(text, tmp_path) == {"ac", "abc", "bac"}


def on(host: str, definition: str = "timer", **attributes: str) -> str:
    return node("boundaryEvent", "x", f"<{definition}EventDefinition/>", attachedToRef=host, **attributes)


def test_what_interrupts_an_activity_may_have_left_it_in_the_log(tmp_path: Path) -> None:
    text = bpmn(START, task("a"), on("a"), task("b"), task("c"), END, flows="s-a a-b x-c b-e c-e")
    assert words(text, tmp_path) == {"ab", "ac", "c"}


def test_what_does_not_interrupt_happens_beside_the_activity_at_most_once(tmp_path: Path) -> None:
    beside = on("a", cancelActivity="false")
    text = bpmn(START, task("a"), beside, task("b"), task("c"), END, flows="s-a a-b x-c b-e c-e")
    assert words(text, tmp_path) == {"ab", "abc", "acb", "cab"}


def test_what_interrupts_a_sub_process_ends_it_wherever_it_is(tmp_path: Path) -> None:
    text = bpmn(START, sub_process(), on("p2"), task("c"), task("d"), END, flows="s-p2 p2-d x-c d-e c-e")
    assert words(text, tmp_path) == {"abd", "c", "ac", "abc"}


def test_an_error_goes_to_the_boundary_that_catches_it_and_nowhere_else(tmp_path: Path) -> None:
    fails = node("endEvent", "f2", "<errorEventDefinition/>")
    within = inside(
        node("startEvent", "s2"), task("a"), node(XOR, "g2"), fails, task("b"), node("endEvent", "e2"),
        flows="s2-a a-g2 g2-b b-e2 g2-f2",
    )  # fmt: skip
    sub = node("subProcess", "p2", within)
    after = (task("c"), task("d"), END)
    caught = bpmn(START, sub, on("p2", "error"), *after, flows="s-p2 p2-d x-c d-e c-e")
    assert words(caught, tmp_path) == {"abd", "ac"}
    assert words(bpmn(START, sub, *after[1:], flows="s-p2 p2-d d-e"), tmp_path) == {"abd", "a"}
    # One that never ends by itself, in one that catches.
    inner = node("subProcess", "p2", inside(node("startEvent", "s2"), task("a"), fails, flows="s2-a a-f2"))
    outer = node("subProcess", "p3", inside(node(AND, "g3"), inner, task("b"), flows="g3-p2 g3-b"))
    caught = bpmn(START, outer, on("p3", "error"), task("c"), END, flows="s-p3 x-c c-e")
    assert words(caught, tmp_path) == {"ac", "abc", "bac"}


def test_events_are_silent_but_where_the_log_knows_them(tmp_path: Path) -> None:
    text = bpmn(START, task("a"), node("intermediateCatchEvent", "i", name="i"), END, flows="s-a a-i i-e")
    assert words(text, tmp_path) == {"a"}
    assert words(text, tmp_path, events=True) == {"ai"}
    assert words(text.replace('"i" name="i"', '"i" name="a"'), tmp_path, events=True) == {"a"}


def test_links_lead_to_the_event_of_their_name(tmp_path: Path) -> None:
    def link(tag: str, identity: str) -> str:
        return node(tag, identity, '<linkEventDefinition name="L"/>')

    thrown, caught = link("intermediateThrowEvent", "t"), link("intermediateCatchEvent", "k")
    text = bpmn(START, task("a"), thrown, caught, task("b"), END, flows="s-a a-t k-b b-e")
    assert words(text, tmp_path) == {"ab"}
    with pytest.raises(InputError, match="no link event named 'L' catches it"):
        words(bpmn(START, task("a"), thrown, END, flows="s-a a-t"), tmp_path)


@pytest.mark.parametrize(
    ("nodes", "flows", "why"),
    [
        ((node(XOR, "g"), task("a"), task("b"), node(AND, "h")), "s-g g-a g-b a-h b-h h-e",
         r"it can come to a halt before its end, waiting at parallelGateway \(line 8\)"),
        ((node(AND, "g"), task("a"), task("b"), node(XOR, "h"), task("c")), "s-g g-a g-b a-h b-h h-c c-e",
         r"after task '[ab]' \(line [67]\) one point is reached twice at once"),
        ((task("a"), task("b")), "s-a a-e b-b", r"task 'b' \(line 6\) can never be reached"),
        ((task("a"), task("b")), "s-a a-e", r"task 'b' \(line 6\) can never be reached: no flow leads to it"),
        ((task("a"), task("b")), "s-a a-b b-a", r"endEvent \(line 7\) can never be reached: no flow leads to it"),
    ],
)  # fmt: skip
def test_a_model_that_is_not_sound_is_refused_where_it_is_wrong(
    nodes: tuple[str, ...], flows: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=why) as refused:
        words(bpmn(START, *nodes, END, flows=flows), tmp_path)
    assert str(refused.value).startswith("model.bpmn: ")
