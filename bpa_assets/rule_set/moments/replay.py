"""Which way each variant went at each choice: its alignment replayed through the net, silent steps included.

Of all ways to do what the alignment says the one with the fewest silent steps is taken, of equal ones the first by the
numbers of the transitions, so it is always the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bpa_assets.process_model.discovery.alignments import Alignment
from bpa_assets.process_model.discovery.petri_net import FIRST, LAST, PetriNet

_MOST_MARKINGS = 5_000
"""Reached by silent steps from one marking; a model with more has no replay."""

BEFORE_FIRST = -1


class Passage(NamedTuple):
    """A case at a choice: after which of its rows (−1: before the first), at which place, which transition it took.

    `told`: whether a row of the log shows that way; a silent one that no row follows is only how an alignment ends.
    """

    row: int
    place: int
    transition: int
    told: bool = True


class NoReplayError(ValueError):
    """A model whose silent steps lead to too many markings."""


@dataclass
class Replayer:
    """Replays alignments through one net; what it met once it remembers."""

    net: PetriNet
    places: frozenset[int]
    _needs: list[int] = field(init=False)
    _gives: list[int] = field(init=False)
    _silent: list[int] = field(init=False)
    _labelled: Mapping[str, list[int]] = field(init=False)
    _closures: dict[int, dict[int, tuple[int, ...]]] = field(init=False, default_factory=dict)
    _steps: dict[tuple[tuple[tuple[int, int], ...], str | None], "_Step"] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        net = self.net
        self._needs = [sum(1 << place for place in places) for places in net.inputs]
        self._gives = [sum(1 << place for place in places) for places in net.outputs]
        self._silent = [number for number, label in enumerate(net.labels) if label is None]
        labelled: dict[str, list[int]] = {}
        for number, label in enumerate(net.labels):
            if label is not None:
                labelled.setdefault(label, []).append(number)
        self._labelled = labelled

    def passages(self, alignment: Alignment) -> list[Passage]:
        """Its passages through `places`, in the order of the transitions that it took.

        A passage lies after the row that brought its token to the place: the last one that was matched before. Rows
        that were inserted after it are not waited for, as how many there are depends on what was chosen. A passage that
        the log does not show, because the activity taken is missing in it, is left out.
        Errors: NoReplayError.
        """
        moves = _model_moves(alignment)
        transitions = self._run([label for label, _, _ in moves])
        tokens = {FIRST: BEFORE_FIRST}
        untold: dict[int, frozenset[int]] = {}  # by place the passages on the way of its token that no row shows yet
        found, done = list[Passage](), 0
        for transition in transitions:
            takes = self.net.inputs[transition]
            row = max(tokens.pop(place) for place in takes)
            before = frozenset[int]().union(*(untold.pop(place, ()) for place in takes))
            is_silent, shown, after = self.net.labels[transition] is None, True, row
            if not is_silent:
                _, shown, after = moves[done]
                done += 1
            if shown and not is_silent:
                for place in before:
                    found[place] = found[place]._replace(told=True)
                before = frozenset()
            if shown:
                passed = [Passage(row, place, transition, not is_silent) for place in takes if place in self.places]
                before |= frozenset(range(len(found), len(found) + len(passed))) if is_silent else frozenset()
                found += passed
            tokens |= dict.fromkeys(self.net.outputs[transition], after)
            untold |= dict.fromkeys(self.net.outputs[transition], before)
        return found

    def _run(self, labels: Sequence[str]) -> list[int]:
        """All transitions of a run whose activities are `labels`."""
        frontier: tuple[tuple[int, int], ...] = ((1 << FIRST, 0),)
        steps = []
        for label in (*labels, None):
            step = self._step(frontier, label)
            steps.append(step)
            frontier = step.frontier
        marking = 1 << LAST
        backwards: list[tuple[int, ...]] = []
        for step in reversed(steps):
            marking, taken = step.back[marking]
            backwards.append(taken)
        return [transition for taken in reversed(backwards) for transition in taken]

    def _step(self, frontier: tuple[tuple[int, int], ...], label: str | None) -> "_Step":
        key = (frontier, label)
        if key not in self._steps:
            self._steps[key] = self._stepped(frontier, label)
        return self._steps[key]

    def _stepped(self, frontier: tuple[tuple[int, int], ...], label: str | None) -> "_Step":
        best: dict[int, tuple[int, tuple[int, ...], int]] = {}
        for marking, cost in frontier:
            for reached, silent in self._closure(marking).items():
                for target, taken in self._fired(reached, silent, label):
                    offer = (cost + len(silent), taken, marking)
                    if target not in best or offer < best[target]:
                        best[target] = offer
        least = min((cost for cost, _, _ in best.values()), default=0)
        ordered = sorted((marking, cost - least) for marking, (cost, _, _) in best.items())
        return _Step(tuple(ordered), {target: (source, taken) for target, (_, taken, source) in best.items()})

    def _fired(self, marking: int, silent: tuple[int, ...], label: str | None) -> list[tuple[int, tuple[int, ...]]]:
        if label is None:
            return [(marking, silent)] if marking == 1 << LAST else []
        return [
            (marking & ~self._needs[one] | self._gives[one], (*silent, one))
            for one in self._labelled[label]
            if marking & self._needs[one] == self._needs[one]
        ]

    def _closure(self, marking: int) -> dict[int, tuple[int, ...]]:
        """Every marking that silent steps lead to, with the fewest of them."""
        if marking in self._closures:
            return self._closures[marking]
        found: dict[int, tuple[int, ...]] = {marking: ()}
        waiting = [marking]
        for now in waiting:
            for one in self._silent:
                if now & self._needs[one] == self._needs[one]:
                    following = now & ~self._needs[one] | self._gives[one]
                    if following not in found:
                        found[following] = (*found[now], one)
                        waiting.append(following)
            if len(waiting) > _MOST_MARKINGS:
                raise NoReplayError(f"more than {_MOST_MARKINGS:,} markings between two activities of the model")
        self._closures[marking] = found
        return found


class _Step(NamedTuple):
    """`frontier`: markings with their silent steps beyond the fewest; `back`: whence, by which transitions."""

    frontier: tuple[tuple[int, int], ...]
    back: dict[int, tuple[int, tuple[int, ...]]]


def _model_moves(alignment: Alignment) -> list[tuple[str, bool, int]]:
    """Each activity of the model's side: its name, whether the log has it, and the last row of the log up to it."""
    found, row = [], BEFORE_FIRST
    for place, activity in alignment.moves:
        if place is not None:
            row = place
        if activity is not None:
            found.append((activity, place is not None, row))
    return found
