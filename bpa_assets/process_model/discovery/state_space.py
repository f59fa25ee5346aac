"""All states of a model: whether it can always end, and ends properly, and what alignments are searched in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from bpa_assets.process_model.discovery.petri_net import FIRST, LAST, PetriNet

MOST_STATES = 100_000
SILENT = -1

Integers = NDArray[np.int32]


@dataclass(frozen=True)
class StateSpace:
    """The states of a sound model, 0 being the first, and the steps between them.

    Steps from state s are `offsets[s]` to `offsets[s + 1]`, in order of activities: `activities[label]` was done (a
    silent step has the label −1), and state `targets` comes next. `end`: the last state. `transitions`: which one of
    the net each step is, for the states of a `PetriNet`.
    """

    activities: tuple[str, ...]
    offsets: Integers
    labels: Integers
    targets: Integers
    end: int
    transitions: Integers = field(default_factory=lambda: np.empty(0, np.int32))

    @property
    def size(self) -> int:
        """How many states there are."""
        return len(self.offsets) - 1


class UnsoundError(ValueError):
    """A model that is not sound, or of which that could not be told; the text says which."""


def state_space(net: PetriNet, *, most_states: int = MOST_STATES, seconds: float = 3.0) -> StateSpace:
    """Walk through all states of a workflow net.

    It is sound (van der Aalst, 1998) if from every state the end can be reached, nothing is left behind then, and
    every transition can happen. Errors: UnsoundError; also for two tokens in a place, for more states than
    `most_states`, and where it takes longer: then it is not known.
    """
    activities = tuple(sorted(net.activities))
    numbered = _steps(net, activities)
    steps, order = [step for step, _ in numbered], [number for _, number in numbered]
    numbers, states, until = {1 << FIRST: 0}, [1 << FIRST], monotonic() + seconds
    offsets, labels, targets, taken = [0], list[int](), list[int](), list[int]()
    for state in states:
        if state & 1 << LAST and state != 1 << LAST:
            raise UnsoundError("not sound: something is left behind at the end")
        for number, (label, needs, gives) in enumerate(steps):
            if state & needs == needs:
                if state & ~needs & gives:
                    raise UnsoundError("whether it is sound is not known: a place takes two tokens")
                taken.append(order[number])
                following = state & ~needs | gives
                target = numbers.setdefault(following, len(states))
                if target == len(states):
                    states.append(following)
                labels.append(label)
                targets.append(target)
        offsets.append(len(targets))
        if len(states) > most_states or monotonic() > until:
            raise UnsoundError(f"whether it is sound is not known: more than {min(len(states), most_states):,} states")
    if len(set(taken)) < len(steps):
        raise UnsoundError("not sound: a part of it can never be reached")
    end = numbers.get(1 << LAST, -1)
    space = StateSpace(activities, _array(offsets), _array(labels), _array(targets), end, _array(taken))
    if space.end < 0 or not _all_lead_to_the_end(space):
        raise UnsoundError("not sound: it can come to a halt before its end")
    return space


def _steps(net: PetriNet, activities: Sequence[str]) -> list[tuple[tuple[int, int, int], int]]:
    """Each transition: label, inputs and outputs (as bits), and its number; silent ones first, then by activity."""
    labels = [SILENT if label is None else activities.index(label) for label in net.labels]
    order = sorted(range(len(labels)), key=lambda one: (labels[one], one))
    return [((labels[one], _bits(net.inputs[one]), _bits(net.outputs[one])), one) for one in order]


def _bits(places: tuple[int, ...]) -> int:
    return sum(1 << place for place in places)


def _array(values: list[int]) -> Integers:
    return np.array(values, np.int32)


def _all_lead_to_the_end(space: StateSpace) -> bool:
    sources = np.repeat(np.arange(space.size, dtype=np.int32), np.diff(space.offsets))
    reached = np.zeros(space.size, np.bool_)
    reached[space.end] = True
    count = 0
    while count < (count := int(reached.sum())):
        reached[sources[reached[space.targets]]] = True
    return count == space.size
