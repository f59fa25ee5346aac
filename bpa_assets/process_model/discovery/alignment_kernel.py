"""Optimal alignments, compiled: a breadth-first search by cost over states of the model and places in the variant.

Steps are tried in one order, so that of several cheapest alignments always the same is found.
"""

# mypy: disable-error-code="assignment"
# (Compiled, an int and an np.int64 are the same.)

import numpy as np
from numpy.typing import NDArray

from bpa_assets.event_log.compiled.kernel import allocating_kernel, inner

Integers = NDArray[np.int32]

NOT_ALIGNED = -1
_NONE = -1
_LOG_MOVE = -2
_UNSEEN = 2**31 - 1


@allocating_kernel
def align_sequences(
    offsets: Integers,
    labels: Integers,
    targets: Integers,
    end: int,
    starts: Integers,
    sequences: Integers,
    most_nodes: int,
    costs: Integers,
    move_starts: Integers,
    of_log: Integers,
    of_model: Integers,
) -> None:  # pragma: no cover - compiled
    """Align sequences of labels (`sequences[starts[i]:starts[i + 1]]`) with a model (see `StateSpace`).

    Writes the cost of each, or −1 where states × places are more than `most_nodes`, and its moves, from
    `move_starts[i]` on: place in the sequence or −1, step of the model or −1; silent ones are left out.
    """
    states = len(offsets) - 1
    longest = 0
    for number in range(len(starts) - 1):
        length = starts[number + 1] - starts[number]
        if states * (length + 1) <= most_nodes:
            longest = max(longest, length)
    nodes = states * (longest + 1)
    cost_of = np.full(nodes, _UNSEEN, np.int32)
    came_from, came_by = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    closed = np.zeros(nodes, np.bool_)
    queue = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    written = 0
    for number in range(len(starts) - 1):
        move_starts[number] = written
        sequence = sequences[starts[number] : starts[number + 1]]
        if states * (len(sequence) + 1) > most_nodes:
            costs[number] = NOT_ALIGNED
            continue
        costs[number] = _search(
            offsets, labels, targets, end, sequence, cost_of, came_from, came_by, closed, queue[0], queue[1]
        )
        written = _write_moves(labels, end, sequence, came_from, came_by, of_log, of_model, written)
        used = states * (len(sequence) + 1)
        cost_of[:used] = _UNSEEN
        closed[:used] = False
    move_starts[len(starts) - 1] = written


@inner
def _search(
    offsets: Integers, labels: Integers, targets: Integers, end: int, sequence: Integers, cost_of: Integers,
    came_from: Integers, came_by: Integers, closed: NDArray[np.bool_], now: Integers, later: Integers,
) -> int:  # fmt: skip # pragma: no cover - compiled
    """The least cost from the first state and place to the last; how it was reached is in `came_from` and `came_by`.

    A node is state × (length + 1) + place. All nodes of one cost are done before those of the next; a node may be
    queued for a cost and be reached for less before its turn: it is passed over then.
    """
    places = len(sequence) + 1
    goal = end * places + len(sequence)
    cost_of[0], came_from[0], came_by[0] = 0, _NONE, _NONE
    now[0] = 0
    count, following, cost = 1, 0, 0
    while count:
        at = 0
        while at < count:
            node = now[at]
            at += 1
            if closed[node]:
                continue
            closed[node] = True
            if node == goal:
                return cost
            state, place = node // places, node % places
            wanted = sequence[place] if place < len(sequence) else _LOG_MOVE
            for step in range(offsets[state], offsets[state + 1]):
                onward = targets[step] * places + place
                if labels[step] == wanted:
                    count = _reach(node, onward + 1, step, cost, cost_of, came_from, came_by, now, count)
                if labels[step] == _NONE:
                    count = _reach(node, onward, step, cost, cost_of, came_from, came_by, now, count)
                else:
                    following = _reach(node, onward, step, cost + 1, cost_of, came_from, came_by, later, following)
            if place < len(sequence):
                following = _reach(node, node + 1, _LOG_MOVE, cost + 1, cost_of, came_from, came_by, later, following)
        now, later = later, now
        count, following, cost = following, 0, cost + 1
    return NOT_ALIGNED


@inner
def _reach(
    node: int, target: int, step: int, cost: int, cost_of: Integers, came_from: Integers, came_by: Integers,
    queue: Integers, count: int,
) -> int:  # fmt: skip # pragma: no cover - compiled
    """Note that `target` is reached for a cost, if for less than before; returns how long the queue is then."""
    if cost < cost_of[target]:
        cost_of[target], came_from[target], came_by[target] = cost, node, step
        queue[count] = target
        return count + 1
    return count


@inner
def _write_moves(
    labels: Integers, end: int, sequence: Integers, came_from: Integers, came_by: Integers, of_log: Integers,
    of_model: Integers, written: int,
) -> int:  # fmt: skip # pragma: no cover - compiled
    """The moves on the way to the goal, in their order; returns where the next ones begin."""
    places = len(sequence) + 1
    node = end * places + len(sequence)
    begin = written
    while came_from[node] != _NONE:
        before, step = came_from[node], came_by[node]
        moved = node % places != before % places
        label = labels[step] if step >= 0 else _NONE
        if moved or label != _NONE:
            of_log[written] = before % places if moved else _NONE
            of_model[written] = step if label != _NONE else _NONE
            written += 1
        node = before
    for at in range((written - begin) // 2):  # found from the end on
        front, back = begin + at, written - 1 - at
        of_log[front], of_log[back] = of_log[back], of_log[front]
        of_model[front], of_model[back] = of_model[back], of_model[front]
    return written
