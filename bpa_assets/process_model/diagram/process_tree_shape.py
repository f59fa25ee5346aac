"""A process tree without what a diagram need not show: silent steps, operators in operators of the same kind.

The language stays the same. Alternatives, parallel branches and ways back are sorted, so trees that differ only in the
order of such children become the same shape.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Operator = Literal["task", "silent", "sequence", "exclusive", "parallel", "inclusive", "loop"]


@dataclass(frozen=True)
class TreeShape:
    """A leaf (`task` with its label, `silent`) or an operator; a loop's first child is its body, others lead back."""

    operator: Operator
    children: tuple["TreeShape", ...] = ()
    label: str = ""


SILENT = TreeShape("silent")


def tree_shape(tree: Any) -> TreeShape:
    """The shape of a pm4py ProcessTree of sequences, alternatives (X, O), parallel branches and loops.

    A loop of three children is body, redo, exit, as in pm4py. Raises ValueError for other operators.
    """
    from pm4py.objects.process_tree.obj import Operator as TreeOperator

    if tree.operator is None:
        return SILENT if tree.label is None else TreeShape("task", label=str(tree.label))
    children = [tree_shape(child) for child in tree.children]
    match tree.operator:
        case TreeOperator.SEQUENCE:
            return _sequence(children)
        case TreeOperator.PARALLEL:
            return _branching("parallel", [child for child in children if child != SILENT])
        case TreeOperator.XOR:
            return _alternatives(children)
        case TreeOperator.OR:
            chosen = _branching("inclusive", [child for child in children if child != SILENT])
            return _alternatives([chosen, SILENT]) if SILENT in children else chosen
        case TreeOperator.LOOP:
            return _sequence([_loop(children[0], children[1:2]), *children[2:]])
    raise ValueError(f"a process tree with the operator {tree.operator} cannot be drawn")


def _sequence(children: Iterable[TreeShape]) -> TreeShape:
    parts = [part for part in _flat("sequence", children) if part != SILENT]
    return _unless_single("sequence", parts)


def _branching(operator: Operator, children: Iterable[TreeShape]) -> TreeShape:
    return _unless_single(operator, sorted(_flat(operator, children), key=repr))


def _alternatives(children: Iterable[TreeShape]) -> TreeShape:
    options = _flat("exclusive", children)
    visible = sorted((option for option in options if option != SILENT), key=repr)
    return _unless_single("exclusive", visible + [SILENT] * (SILENT in options))


def _loop(body: TreeShape, redos: list[TreeShape]) -> TreeShape:
    """A loop whose body is a loop is one loop with all the ways back; doing nothing again is nothing."""
    ways = _flat("exclusive", redos) or [SILENT]
    if body.operator == "loop":
        body, ways = body.children[0], [*body.children[1:], *ways]
    silent = SILENT in ways and body != SILENT
    visible = sorted((way for way in ways if way != SILENT), key=repr)
    if not visible and not silent:
        return SILENT
    return TreeShape("loop", (body, *visible, *([SILENT] * silent)))


def _flat(operator: Operator, children: Iterable[TreeShape]) -> list[TreeShape]:
    return [part for child in children for part in (child.children if child.operator == operator else (child,))]


def _unless_single(operator: Operator, children: list[TreeShape]) -> TreeShape:
    if not children:
        return SILENT
    return children[0] if len(children) == 1 else TreeShape(operator, tuple(children))
