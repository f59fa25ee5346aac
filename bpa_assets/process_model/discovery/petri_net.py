"""A workflow net in plain tuples: what soundness, alignments and precision are computed on.

One token in one place at the beginning, one token in one other place at the end (van der Aalst, 1998).
"""

from collections import deque
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PetriNet:
    """Places are 0 (the first) to `places` − 1; place 1 is the last. A transition is a label, its inputs and outputs.

    `labels`: the activity of each transition, None where it is silent.
    """

    places: int
    labels: tuple[str | None, ...]
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]

    @property
    def activities(self) -> frozenset[str]:
        """What is done in it."""
        return frozenset(label for label in self.labels if label is not None)

    @property
    def arcs(self) -> int:
        """How many arcs it has."""
        return sum(map(len, self.inputs)) + sum(map(len, self.outputs))


FIRST, LAST = 0, 1


class NotAWorkflowNetError(ValueError):
    """It has no single first and last place with one token each, or arcs that carry several."""


def from_pm4py(net: Any, initial: Any, final: Any) -> PetriNet:
    """The same net, numbered by a breadth-first walk in order of labels: the same net has the same numbers.

    Errors: NotAWorkflowNetError.
    """
    if len(initial) != 1 or len(final) != 1 or {*initial.values(), *final.values()} != {1}:
        raise NotAWorkflowNetError("one token in one place, at the beginning and at the end")
    if any(arc.weight != 1 for arc in net.arcs):
        raise NotAWorkflowNetError("arcs that carry several tokens")
    first, last = next(iter(initial)), next(iter(final))
    numbers, found = {first: FIRST, last: LAST}, []
    seen, waiting = set(), deque([first])
    while waiting:
        place = waiting.popleft()
        for transition in sorted((arc.target for arc in place.out_arcs), key=_sorting):
            if transition in seen:
                continue
            seen.add(transition)
            found.append(transition)
            around = [arc.source for arc in transition.in_arcs] + [arc.target for arc in transition.out_arcs]
            for other in sorted(around, key=lambda one: str(one.name)):
                if other not in numbers:
                    numbers[other] = len(numbers)
                    waiting.append(other)
    return PetriNet(
        places=len(numbers),
        labels=tuple(transition.label for transition in found),
        inputs=tuple(tuple(sorted(numbers[arc.source] for arc in one.in_arcs)) for one in found),
        outputs=tuple(tuple(sorted(numbers[arc.target] for arc in one.out_arcs)) for one in found),
    )


def _sorting(transition: Any) -> tuple[bool, str, str]:
    return transition.label is None, transition.label or "", str(transition.name)
