"""Random process trees, and the words of a tree by the definition of its operators: an oracle that knows no net."""

from typing import Any

from hypothesis import strategies as st

from tests.process_model.diagram.net_language import Word

SEQUENCE, XOR, PARALLEL, LOOP, OR = "SEQUENCE", "XOR", "PARALLEL", "LOOP", "OR"


def leaf(label: str | None = None) -> Any:
    from pm4py.objects.process_tree.obj import ProcessTree

    return ProcessTree(label=label)


def tree(operator: str, *children: Any) -> Any:
    """A pm4py tree of trees and labels; None is a silent leaf."""
    from pm4py.objects.process_tree.obj import Operator, ProcessTree

    node = ProcessTree(operator=Operator[operator])
    for child in children:
        one = child if isinstance(child, ProcessTree) else leaf(child)
        one.parent = node
        node.children.append(one)
    return node


def _operator(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.tuples(st.sampled_from([SEQUENCE, XOR, PARALLEL]), st.lists(children, min_size=1, max_size=4))
    loops = st.tuples(st.just(LOOP), st.lists(children, min_size=2, max_size=2))
    return st.one_of(several, several, loops).map(lambda drawn: tree(drawn[0], *drawn[1]))


def trees(leaves: int) -> st.SearchStrategy[Any]:
    """Trees of up to so many leaves, an activity in several of them now and then, a fifth of them silent."""
    labels = st.sampled_from([None, None, *"abcdefgh"])
    return st.recursive(labels.map(leaf), _operator, max_leaves=leaves)


def tree_words(node: Any, longest: int) -> set[Word]:
    """The words up to a length, by the meaning of each operator."""
    if node.operator is None:
        return {()} if node.label is None else {(node.label,)} if longest else set()
    parts = [tree_words(child, longest) for child in node.children]
    if node.operator.name == XOR:
        return set().union(*parts)
    if node.operator.name == LOOP:
        body, again = parts[0], _joined(parts[1], parts[0], longest)
        found = set(body)
        while (more := found | _joined(found, again, longest)) != found:
            found = more
        return found
    combined = parts[0]
    for part in parts[1:]:
        combined = (_joined if node.operator.name == SEQUENCE else _shuffled)(combined, part, longest)
    return combined


def _joined(first: set[Word], second: set[Word], longest: int) -> set[Word]:
    return {one + two for one in first for two in second if len(one) + len(two) <= longest}


def _shuffled(first: set[Word], second: set[Word], longest: int) -> set[Word]:
    pairs = [(one, two) for one in first for two in second if len(one) + len(two) <= longest]
    return {word for one, two in pairs for word in _interleaved(one, two)}


def _interleaved(one: Word, two: Word) -> set[Word]:
    if not one or not two:
        return {one + two}
    begun_one = {(one[0], *rest) for rest in _interleaved(one[1:], two)}
    return begun_one | {(two[0], *rest) for rest in _interleaved(one, two[1:])}
