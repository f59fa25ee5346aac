"""The languages of two models side by side: whether they are the same, and which activities follow each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from bpa_assets.process_model.discovery.state_space import SILENT, StateSpace

_MOST_PAIRS = 50_000
_SECONDS = 5.0
States = frozenset[int]


@dataclass(frozen=True)
class Comparison:
    """Whether two languages are the same (None: not found out within the bounds); where not, a sequence that shows it.

    `difference`: activities after which only one of the two can end, or go on with the last of them.
    """

    same: bool | None
    difference: tuple[str, ...] = ()


class _Walk:
    """A model made deterministic, state by state."""

    def __init__(self, space: StateSpace) -> None:
        offsets, targets = space.offsets.tolist(), space.targets.tolist()
        names = [None if label == SILENT else space.activities[label] for label in space.labels.tolist()]
        steps = list(zip(names, targets, strict=True))
        self._steps = [steps[offsets[state] : offsets[state + 1]] for state in range(space.size)]
        self._end = space.end

    def closed(self, states: Iterable[int]) -> States:
        seen = set(states)
        waiting = list(seen)
        while waiting:
            for name, target in self._steps[waiting.pop()]:
                if name is None and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(seen)

    def next(self, states: States) -> dict[str, States]:
        found: dict[str, set[int]] = {}
        for state in states:
            for name, target in self._steps[state]:
                if name is not None:
                    found.setdefault(name, set()).add(target)
        return {name: self.closed(targets) for name, targets in found.items()}

    def ends(self, states: States) -> bool:
        return self._end in states

    def targets(self) -> list[tuple[str, int]]:
        """Every activity with each state that it leads to, once."""
        return list({(name, target) for steps in self._steps for name, target in steps if name is not None})


def compare(one: StateSpace, other: StateSpace, *, most_pairs: int = _MOST_PAIRS) -> Comparison:
    """Walk through both languages side by side (Hopcroft and Karp, 1971), the shortest sequences first."""
    walks = _Walk(one), _Walk(other)
    first = walks[0].closed({0}), walks[1].closed({0})
    seen, until = {first}, monotonic() + _SECONDS
    waiting: list[tuple[tuple[States, States], tuple[str, ...]]] = [(first, ())]
    for (left, right), words in waiting:
        if walks[0].ends(left) != walks[1].ends(right):
            return Comparison(False, words)
        following = walks[0].next(left), walks[1].next(right)
        only = sorted(following[0].keys() ^ following[1].keys())
        if only:
            return Comparison(False, (*words, only[0]))
        for name in sorted(following[0]):
            pair = following[0][name], following[1][name]
            if pair not in seen:
                seen.add(pair)
                waiting.append((pair, (*words, name)))
        if len(seen) > most_pairs or monotonic() > until:
            return Comparison(None)
    return Comparison(True)


def relations(space: StateSpace) -> frozenset[tuple[str, str]]:
    """The pairs of activities of which some run of the model has one directly after the other."""
    walk = _Walk(space)
    after: dict[int, set[str]] = {}
    found = set()
    for name, target in walk.targets():
        if target not in after:
            after[target] = {*walk.next(walk.closed({target}))}
        found |= {(name, other) for other in after[target]}
    return frozenset(found)


def overlap(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """F1 of two sets: 2 × both / (one + other); 1 where both are empty."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """What both have / what either has; 1 where both are empty."""
    return len(one & other) / len(one | other) if one or other else 1.0
