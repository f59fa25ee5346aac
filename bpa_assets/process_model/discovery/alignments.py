"""What of each variant a model explains: optimal alignments (Adriansyah, 2014) over all states of the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from time import monotonic

import numpy as np

from bpa_assets.process_model.discovery.state_space import Integers, StateSpace

_MOST_NODES = 10_000_000
"""States × places in a variant: 120 MB. A variant that needs more is not aligned."""

_TOGETHER = 100
_UNKNOWN = -3


@dataclass(frozen=True)
class Alignment:
    """The cheapest way to replay a variant: a move on one side only costs 1, a silent one nothing.

    `moves`: (place in the variant or None, activity of the model or None), without silent moves. `transitions`: of each
    move the transition of the net, −1 where only the variant moves; none where the states are not those of a net.
    """

    cost: int
    moves: tuple[tuple[int | None, str | None], ...]
    transitions: tuple[int, ...] = ()

    @cached_property
    def of_model(self) -> tuple[str, ...]:
        """The activities on the side of the model: a sequence that it allows."""
        return tuple(activity for _, activity in self.moves if activity is not None)


def align(
    space: StateSpace, variants: Sequence[tuple[str, ...]], *, until: float = float("inf")
) -> list[Alignment | None]:
    """The alignment of each variant, in their order; None where it is too large, or time was up (`until`)."""
    found: list[Alignment | None] = []
    for start in range(0, len(variants), _TOGETHER):
        if monotonic() > until:
            break
        found += _aligned(space, variants[start : start + _TOGETHER])
    return found + [None] * (len(variants) - len(found))


def shortest_path(space: StateSpace) -> int:
    """The least number of activities from the beginning of a model to its end."""
    (found,) = align(space, [()])
    if found is None:
        raise ValueError("a state space of more states than alignments take")
    return found.cost


def _aligned(space: StateSpace, variants: Sequence[tuple[str, ...]]) -> list[Alignment | None]:
    from bpa_assets.process_model.discovery.alignment_kernel import align_sequences

    numbers = {activity: number for number, activity in enumerate(space.activities)}
    sequences = np.array([numbers.get(one, _UNKNOWN) for variant in variants for one in variant], np.int32)
    starts = np.cumsum([0, *map(len, variants)], dtype=np.int32)
    # Never dearer than to leave the whole variant out and go through the model without it: as long as all its states.
    most_moves = 2 * len(sequences) + len(variants) * space.size
    costs, move_starts = np.empty(len(variants), np.int32), np.empty(len(variants) + 1, np.int32)
    of_log, of_model = np.empty(most_moves, np.int32), np.empty(most_moves, np.int32)
    align_sequences(
        *(space.offsets, space.labels, space.targets, space.end, starts, sequences, _MOST_NODES),
        *(costs, move_starts, of_log, of_model),
    )
    places = [None if place < 0 else place for place in of_log[: move_starts[-1]].tolist()]
    steps = of_model[: move_starts[-1]]
    labels = [None if label < 0 else space.activities[label] for label in _of_steps(space.labels, steps)]
    transitions = _of_steps(space.transitions, steps) if len(space.transitions) else []
    moves = list(zip(places, labels, strict=True))
    ends = move_starts.tolist()
    return [
        None
        if cost < 0
        else Alignment(
            cost,
            tuple(moves[ends[number] : ends[number + 1]]),
            tuple(transitions[ends[number] : ends[number + 1]]),
        )
        for number, cost in enumerate(costs.tolist())
    ]


def _of_steps(values: Integers, steps: Integers) -> list[int]:
    """What each step has; −1 for none."""
    found: list[int] = (
        np.where(steps < 0, -1, values[np.maximum(steps, 0)]).tolist() if len(values) else [-1] * len(steps)
    )
    return found
