"""A workflow net in plain tuples: what soundness, alignments and precision are computed on.

One token in one place at the beginning, one token in one other place at the end (van der Aalst, 1998).
"""

from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
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
_STEPS = 12


class NotAWorkflowNetError(ValueError):
    """It has no single first and last place with one token each, or arcs that carry several."""


def from_pm4py(net: Any, initial: Any, final: Any) -> PetriNet:
    """The same net, numbered by a breadth-first walk in order of what nodes look like: always the same.

    Errors: NotAWorkflowNetError.
    """
    if len(initial) != 1 or len(final) != 1 or {*initial.values(), *final.values()} != {1}:
        raise NotAWorkflowNetError("one token in one place, at the beginning and at the end")
    if any(arc.weight != 1 for arc in net.arcs):
        raise NotAWorkflowNetError("arcs that carry several tokens")
    first, last = next(iter(initial)), next(iter(final))
    looks = _looks(net, first, last)
    numbers, found = {first: FIRST, last: LAST}, []
    seen, waiting = set(), deque([first])
    while waiting:
        place = waiting.popleft()
        for transition in sorted((arc.target for arc in place.out_arcs), key=looks.__getitem__):
            if transition in seen:
                continue
            seen.add(transition)
            found.append(transition)
            around = [arc.source for arc in transition.in_arcs] + [arc.target for arc in transition.out_arcs]
            for other in sorted(around, key=looks.__getitem__):
                if other not in numbers:
                    numbers[other] = len(numbers)
                    waiting.append(other)
    return PetriNet(
        places=len(numbers),
        labels=tuple(transition.label for transition in found),
        inputs=tuple(tuple(sorted(numbers[arc.source] for arc in one.in_arcs)) for one in found),
        outputs=tuple(tuple(sorted(numbers[arc.target] for arc in one.out_arcs)) for one in found),
    )


def _looks(net: Any, first: Any, last: Any) -> dict[Any, str]:
    """What each node looks like: its label, then what its neighbours look like, some steps wide.

    Names that pm4py gives are random; by their looks (Weisfeiler and Leman, 1968) nodes are told apart without them.
    """
    looks = {place: str((place is first, place is last)) for place in net.places}
    looks |= {one: f"silent {one.label is None} {one.label}" for one in net.transitions}
    for _ in range(_STEPS):
        looks = {
            node: _digest(
                looks[node],
                sorted(looks[arc.source] for arc in node.in_arcs),
                sorted(looks[arc.target] for arc in node.out_arcs),
            )
            for node in looks
        }
    return looks


def _digest(*parts: object) -> str:
    return blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()
