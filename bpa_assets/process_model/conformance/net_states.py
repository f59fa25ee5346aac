"""All states of a token net: whether it is sound, and what alignments are searched in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from bpa_assets.process_model.conformance.token_net import WHOLE, Step, TokenNet
from bpa_assets.process_model.discovery.petri_net import FIRST, LAST
from bpa_assets.process_model.discovery.state_space import MOST_STATES, SILENT, StateSpace, UnsoundError

_AROUND_OTHERS = (WHOLE, "subProcess", "transaction")
"""What has nodes in it: that it is reached is seen by them; that it ends by itself need not be."""

_SECONDS = 60.0
"""A hundred thousand states take 2 s: what ends first is always the number of states, so the answer is the same."""


class TooLargeError(UnsoundError):
    """A net with more states than can be walked through: whether it is sound was not found out."""


@dataclass(frozen=True)
class _Move:
    """A step on states, which are the places with a token as bits."""

    label: int
    takes: int
    gives: int
    clears: int
    without: int
    joins: tuple[tuple[int, int], ...]
    """Of an inclusive join each place that it takes from, with all places from which a token can come to it."""

    def applied(self, state: int) -> int | None:
        """The state after it; None where it cannot happen. Raises UnsoundError for two tokens in a place."""
        takes = self.takes
        if state & takes != takes or state & self.without:
            return None
        if self.joins:
            takes |= sum(place for place, _ in self.joins if state & place)
            if not takes or self._waits(state):
                return None
        left = state & ~takes & ~self.clears
        if left & self.gives:
            raise UnsoundError("two tokens")
        return left | self.gives

    def _waits(self, state: int) -> bool:
        """Whether something can still come to a place that is empty, and not to one that is not (BPMN 2.0, 13.4.3)."""
        arrived = sum(place for place, _ in self.joins if state & place)
        covered = arrived
        for place, sources in self.joins:
            if state & place:
                covered |= sources
        return any(state & sources & ~covered for place, sources in self.joins if not state & place)


def net_states(net: TokenNet, *, most_states: int = MOST_STATES, seconds: float = _SECONDS) -> StateSpace:
    """Walk through all states of a net.

    It is sound if from every state the end can be reached, nothing is left behind then, and every node of the diagram
    is reached. Errors: UnsoundError, naming the node; TooLargeError for more states than `most_states`, or seconds.
    """
    activities = tuple(sorted({step.label for step in net.steps if step.label is not None}))
    numbered = {activity: number for number, activity in enumerate(activities)}
    order = sorted(net.steps, key=lambda step: SILENT if step.label is None else numbered[step.label])
    moves = [_move(step, order, SILENT if step.label is None else numbered[step.label]) for step in order]
    by_place = _by_place(order)
    found, until = _Found(), monotonic() + seconds
    for state in found.states:
        if state & 1 << LAST and state != 1 << LAST:
            raise UnsoundError(f"something is left behind at its end{_waiting(state & ~(1 << LAST), order)}")
        for number in _possible(state, by_place):
            try:
                following = moves[number].applied(state)
            except UnsoundError as error:
                why = "one point is reached twice at once: what was split in parallel is not joined"
                raise UnsoundError(f"after {order[number].of} {why}") from error
            if following is not None:
                found.note(number, moves[number].label, following)
        found.offsets.append(len(found.targets))
        if len(found.states) > most_states or monotonic() > until:
            raise TooLargeError(f"it has more states than can be walked through ({len(found.states):,} so far)")
    space = _checked(found, activities, order)
    _check_all_happen(order, found.happened)
    return space


def _by_place(steps: Sequence[Step]) -> dict[int, list[int]]:
    """Under the bit of a place the steps that need a token there; each step under one of its places."""
    found: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        for place in step.takes[:1] or step.joins:
            found.setdefault(1 << place, []).append(number)
    return found


def _possible(state: int, by_place: dict[int, list[int]]) -> list[int]:
    """The steps that may happen in a state, in their order."""
    found: set[int] = set()
    while state:
        place = state & -state
        found.update(by_place.get(place, ()))
        state ^= place
    return sorted(found)


class _Found:
    """The states and steps that were found, in the order in which they are walked through."""

    def __init__(self) -> None:
        self.numbers = {1 << FIRST: 0}
        self.states = [1 << FIRST]
        self.offsets, self.labels, self.targets = [0], list[int](), list[int]()
        self.happened: set[int] = set()

    def note(self, number: int, label: int, following: int) -> None:
        self.happened.add(number)
        target = self.numbers.setdefault(following, len(self.states))
        if target == len(self.states):
            self.states.append(following)
        self.labels.append(label)
        self.targets.append(target)


def _move(step: Step, steps: Sequence[Step], label: int) -> _Move:
    joins = tuple((1 << place, _sources(place, step, steps)) for place in step.joins)
    return _Move(label, _bits(step.takes), _bits(step.gives), _bits(step.clears), _bits(step.without), joins)


def _sources(place: int, join: Step, steps: Sequence[Step]) -> int:
    """All places from which a token can come to a place without passing the join."""
    seen, waiting = {place}, [place]
    while waiting:
        now = waiting.pop()
        for step in steps:
            if now in step.gives and step is not join:
                for before in (*step.takes, *step.joins):
                    if before not in seen:
                        seen.add(before)
                        waiting.append(before)
    return _bits(seen)


def _bits(places: Sequence[int] | set[int] | frozenset[int]) -> int:
    return sum(1 << place for place in places)


def _check_all_happen(steps: Sequence[Step], happened: set[int]) -> None:
    reached = {steps[number].of for number in happened}
    never = [step.of for step in steps if step.of not in reached and not step.of.startswith(_AROUND_OTHERS)]
    if never:
        raise UnsoundError(f"{never[0]} can never be reached")


def _checked(found: _Found, activities: tuple[str, ...], steps: Sequence[Step]) -> StateSpace:
    """The state space, if from every state the end can be reached."""
    offsets, labels, targets = (np.array(one, np.int32) for one in (found.offsets, found.labels, found.targets))
    end = found.numbers.get(1 << LAST, -1)
    space = StateSpace(activities, offsets, labels, targets, end)
    sources = np.repeat(np.arange(space.size, dtype=np.int32), np.diff(space.offsets))
    reached = np.zeros(space.size, np.bool_)
    if end >= 0:
        reached[end] = True
    count = 0
    while count < (count := int(reached.sum())):
        reached[sources[reached[space.targets]]] = True
    if count < space.size:
        stuck = found.states[_most_telling(np.flatnonzero(~reached), space)]
        raise UnsoundError(f"it can come to a halt before its end{_waiting(stuck, steps)}")
    return space


def _most_telling(stuck: "np.ndarray[tuple[int], np.dtype[np.intp]]", space: StateSpace) -> int:
    """The first of the states from which nothing can happen at all, if there is one."""
    still = stuck[np.diff(space.offsets)[stuck] == 0]
    return int(still[0] if len(still) else stuck[0])


def _waiting(state: int, steps: Sequence[Step]) -> str:
    """At which nodes the tokens of a state wait."""
    nodes = dict.fromkeys(step.of for step in steps if state & _bits((*step.takes, *step.joins)) and step.of != WHOLE)
    return f", waiting at {', '.join(_first(nodes, 3))}" if nodes else ""


def _first(names: dict[str, None], most: int) -> Iterator[str]:
    yield from list(names)[:most]
