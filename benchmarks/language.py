"""What a model allows, as the smallest deterministic automaton: equal for two models of the same language."""

from collections.abc import Iterable

from bpa_assets.process_model.discovery.state_space import SILENT, StateSpace

Automaton = tuple[tuple[bool, tuple[tuple[str, int], ...]], ...]
_Row = tuple[bool, dict[str, int]]


class TooLargeError(Exception):
    """More states than wanted."""


def automaton(space: StateSpace, *, most_states: int = 3_000) -> Automaton:
    """Its states, numbered breadth-first: whether a case may end there, and where each activity leads.

    Silent steps are removed by taking sets of states; then states that the same can follow are one (Moore, 1956).
    """
    rows = _deterministic(space, most_states)
    classes = [int(ends) for ends, _ in rows]
    count = 0
    while count < (count := len(set(classes))):
        looks = [
            (classes[at], *sorted((label, classes[to]) for label, to in row.items()))
            for at, (_, row) in enumerate(rows)
        ]
        numbers = {look: number for number, look in enumerate(dict.fromkeys(looks))}
        classes = [numbers[look] for look in looks]
    return _numbered(rows, classes)


def _deterministic(space: StateSpace, most_states: int) -> list[_Row]:
    steps = [
        [
            (int(space.labels[at]), int(space.targets[at]))
            for at in range(space.offsets[state], space.offsets[state + 1])
        ]
        for state in range(space.size)
    ]

    def closed(states: Iterable[int]) -> frozenset[int]:
        seen = list(dict.fromkeys(states))
        for state in seen:
            seen += [to for label, to in dict.fromkeys(steps[state]) if label == SILENT and to not in seen]
        return frozenset(seen)

    numbers = {closed([0]): 0}
    queue, rows = [*numbers], list[_Row]()
    for states in queue:
        reached: dict[str, set[int]] = {}
        for state in states:
            for label, to in steps[state]:
                if label != SILENT:
                    reached.setdefault(space.activities[label], set()).add(to)
        row = {}
        for activity, targets in sorted(reached.items()):
            following = closed(sorted(targets))
            row[activity] = numbers.setdefault(following, len(queue))
            if row[activity] == len(queue):
                queue.append(following)
        rows.append((space.end in states, row))
        if len(queue) > most_states:
            raise TooLargeError
    return rows


def _numbered(rows: list[_Row], classes: list[int]) -> Automaton:
    members = {one: at for at, one in reversed([*enumerate(classes)])}
    order = {classes[0]: 0}
    queue, found = [classes[0]], []
    for one in queue:
        ends, row = rows[members[one]]
        following = []
        for label, to in row.items():
            number = order.setdefault(classes[to], len(queue))
            if number == len(queue):
                queue.append(classes[to])
            following.append((label, number))
        found.append((ends, tuple(following)))
    return tuple(found)
