"""Whether two Petri nets have the same visible language: both are made deterministic and walked side by side."""

from collections.abc import Callable
from typing import Any

Marking = tuple[tuple[str, int], ...]
Markings = frozenset[Marking]
Net = tuple[Any, Any, Any]
Word = tuple[str, ...]

_MOST_MARKINGS = 3_000


class TooManyMarkingsError(Exception):
    """The net may be unbounded."""


class Walker:
    """The states of a net (sets of markings), silent transitions followed at once."""

    def __init__(self, net: Net) -> None:
        places, initial, final = net
        self.final = _marking({place.name: count for place, count in final.items()})
        self.start = _marking({place.name: count for place, count in initial.items()})
        self.transitions: list[tuple[str | None, dict[str, int], dict[str, int]]] = [
            (
                transition.label,
                {arc.source.name: arc.weight for arc in transition.in_arcs},
                {arc.target.name: arc.weight for arc in transition.out_arcs},
            )
            for transition in places.transitions
        ]

    def closure(self, markings: set[Marking]) -> Markings:
        known, queue = set(markings), list(markings)
        for marking in queue:
            for label, after in self._fired(marking):
                if label is None and after not in known:
                    known.add(after)
                    queue.append(after)
            if len(known) > _MOST_MARKINGS:
                raise TooManyMarkingsError
        return frozenset(known)

    def steps(self, state: Markings) -> dict[str, Markings]:
        reached: dict[str, set[Marking]] = {}
        for marking in state:
            for label, after in self._fired(marking):
                if label is not None:
                    reached.setdefault(label, set()).add(after)
        return {label: self.closure(markings) for label, markings in reached.items()}

    def _fired(self, marking: Marking) -> list[tuple[str | None, Marking]]:
        tokens = dict(marking)
        fired = []
        for label, taken, given in self.transitions:
            if all(tokens.get(place, 0) >= count for place, count in taken.items()):
                after = dict(tokens)
                for place, count in taken.items():
                    after[place] -= count
                for place, count in given.items():
                    after[place] = after.get(place, 0) + count
                fired.append((label, _marking(after)))
        return fired


def _marking(tokens: dict[str, int]) -> Marking:
    return tuple(sorted((place, count) for place, count in tokens.items() if count))


def words(net: Net, longest: int) -> set[Word]:
    """The words of the language up to a length."""
    walker = Walker(net)
    level: dict[Word, Markings] = {(): walker.closure({walker.start})}
    found: set[Word] = set()
    for length in range(longest + 1):
        found |= {word for word, state in level.items() if walker.final in state}
        if length < longest:
            level = {
                (*word, label): state for word, before in level.items() for label, state in walker.steps(before).items()
            }
    return found


def told_apart(one: Net, two: Net, *, most_states: int = 400) -> Word | None:
    """A shortest word that one net has and the other has not, among those that the first states tell; none if equal.

    A net that cannot take a step any more is not told from one that takes it and never comes to its end.
    """
    first, second = Walker(one), Walker(two)
    begin = first.closure({first.start}), second.closure({second.start})
    queue: list[tuple[Word, Markings, Markings]] = [((), *begin)]
    known = {begin}
    for word, a, b in queue:
        if (first.final in a) != (second.final in b):
            return word
        steps = first.steps(a), second.steps(b)
        for label in sorted({*steps[0], *steps[1]}):
            pair = steps[0].get(label, frozenset()), steps[1].get(label, frozenset())
            if pair not in known and len(known) < most_states:
                known.add(pair)
                queue.append(((*word, label), *pair))
    return None


def same_words(one: Net, two: Net, longest: int, note: Callable[[str], object] = print) -> bool:
    """Whether two nets have the same words up to a length; says which differ."""
    first, second = words(one, longest), words(two, longest)
    if first != second:
        note(f"only in the first {sorted(first - second)[:3]}, only in the second {sorted(second - first)[:3]}")
    return first == second
