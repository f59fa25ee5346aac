"""How much more than the log a model allows: escaping edges over labels, on aligned variants.

After Adriansyah, Munoz-Gama, Carmona, van Dongen, van der Aalst: Measuring precision of modeled behavior (2015), with
the states of a prefix taken together, so that silent steps change nothing.
"""

from collections.abc import Iterable, Mapping
from time import monotonic

from bpa_assets.process_model.discovery.state_space import SILENT, StateSpace


def precision(space: StateSpace, sequences: Mapping[tuple[str, ...], float], *, seconds: float = 10.0) -> float | None:
    """1 − escaping / allowed, over all prefixes of the sequences, each weighed by its cases; in [0, 1].

    `sequences`: activities on the side of the model → cases. None if it could not be computed in time.
    """
    prefixes = _prefixes(sequences)
    steps, until = _Steps(space), monotonic() + seconds
    states = [steps.silent({0})]
    allowed = escaping = 0.0
    for number, (parent, activity, continued) in enumerate(prefixes):
        if number:
            states.append(steps.by(states[parent], activity))
        if continued:
            possible = steps.possible(states[number])
            weight = sum(continued.values())
            allowed += weight * len(possible)
            escaping += weight * len(possible - continued.keys())
        if monotonic() > until:
            return None
    return 1 - escaping / allowed if allowed else 1.0


def _prefixes(sequences: Mapping[tuple[str, ...], float]) -> list[tuple[int, str, dict[str, float]]]:
    """Every prefix: the number of the one it continues, its last activity, and what follows it how often."""
    prefixes: list[tuple[int, str, dict[str, float]]] = [(-1, "", {})]
    numbers: dict[tuple[int, str], int] = {}
    for sequence, count in sequences.items():
        at = 0
        for activity in sequence:
            continued = prefixes[at][2]
            continued[activity] = continued.get(activity, 0.0) + count
            following = numbers.setdefault((at, activity), len(prefixes))
            if following == len(prefixes):
                prefixes.append((at, activity, {}))
            at = following
    return prefixes


class _Steps:
    """The steps of a model from sets of its states."""

    def __init__(self, space: StateSpace) -> None:
        ends, labels, targets = space.offsets.tolist(), space.labels.tolist(), space.targets.tolist()
        steps = list(zip(labels, targets, strict=True))
        self._steps = [steps[ends[state] : ends[state + 1]] for state in range(space.size)]
        self._activities = space.activities
        self._numbers = {activity: number for number, activity in enumerate(space.activities)}
        self._by: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._possible: dict[frozenset[int], frozenset[str]] = {}

    def silent(self, states: Iterable[int]) -> frozenset[int]:
        """The states, and all that silent steps lead to."""
        seen = set(states)
        waiting = list(seen)
        while waiting:
            for label, target in self._steps[waiting.pop()]:
                if label == SILENT and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(seen)

    def by(self, states: frozenset[int], activity: str) -> frozenset[int]:
        """The states after an activity, and all that silent steps lead to then."""
        found = self._by.get((states, activity))
        if found is None:
            done = self._numbers[activity]
            found = self.silent(target for state in states for label, target in self._steps[state] if label == done)
            self._by[states, activity] = found
        return found

    def possible(self, states: frozenset[int]) -> frozenset[str]:
        """The activities that may come next."""
        found = self._possible.get(states)
        if found is None:
            labels = {label for state in states for label, _ in self._steps[state] if label != SILENT}
            found = self._possible[states] = frozenset(self._activities[label] for label in labels)
        return found
