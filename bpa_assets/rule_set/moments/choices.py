"""The choices of a workflow net: places from which a case can go on in several ways, named by the activities around.

Names come from activities only, so that a refresh that finds the same model finds the same choices. Which way a case
went is found in `replay.py`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bpa_assets.process_model.discovery.petri_net import FIRST, LAST, PetriNet

END = "end"
START = "start"
_NAMED = 3
"""Activities that a name lists before it counts the others."""

ChoiceKind = Literal["choice", "loop", "skip"]


@dataclass(frozen=True)
class Choice:
    """A place with several ways on.

    `name`: `what comes before → option | option`. `options`: the name of the option by its transition. `before`: the
    activities after which it may be asked. `next`: by transition the activities that can come next on that way, `end`
    for the end of the case: what finds its gateway in a diagram.
    """

    place: int
    name: str
    kind: ChoiceKind
    options: dict[int, str]
    before: frozenset[str]
    next: dict[int, frozenset[str]]


def choices(net: PetriNet) -> list[Choice]:
    """All choices of a net, by place. Transitions that mean the same option (the same activities next) share its name.

    A place all of whose ways have one name is no choice. Loop: on one way every path comes back to the place. Skip: one
    of two ways leads, without any activity, to where the other ends.
    """
    around = _Around(net)
    drafts = []
    for place in range(net.places):
        ways = around.takers[place]
        coming = {way: frozenset(around.coming([way])) for way in ways}
        if len(set(coming.values())) < 2:
            continue
        skipped = _skipped(net, around, place, ways)
        loops = any(not around.reaches_end(net.outputs[way], place) for way in ways)
        kind: ChoiceKind = "loop" if loops else "skip" if skipped else "choice"
        options = {way: listed(coming[way]) for way in ways}
        if skipped and not loops:
            silent, other = skipped
            options[silent] = f"skip {listed(coming[other])}"
        before = frozenset(around.been(place))
        named = f"{listed(before)} → {' | '.join(sorted(set(options.values())))}"
        drafts.append(Choice(place, named, kind, options, before, coming))
    seen = Counter[str]()
    found = []
    for draft in drafts:
        seen[draft.name] += 1
        number = seen[draft.name]
        name = draft.name if number == 1 else f"{draft.name} ({number})"
        found.append(Choice(draft.place, name, draft.kind, draft.options, draft.before, draft.next))
    return found


def listed(activities: Iterable[str]) -> str:
    """Some activities as one name: in order of the alphabet, the end last, beyond three only counted."""
    ordered = sorted(activities, key=lambda one: (one == END, one))
    more = [f"{len(ordered) - _NAMED} more"] if len(ordered) > _NAMED + 1 else []
    return " / ".join([*(ordered[:_NAMED] if more else ordered), *more])


def _skipped(net: PetriNet, around: "_Around", place: int, ways: list[int]) -> tuple[int, int] | None:
    """The silent way past the only other one, and that one."""
    if len(ways) != 2:
        return None
    for silent, other in (ways, ways[::-1]):
        if net.labels[silent] is None and len(net.outputs[silent]) == 1:
            (beyond,) = net.outputs[silent]
            ends = net.outputs[other]
            if beyond != place and not any(around.reaches_end([one], beyond) for one in ends):
                return silent, other
    return None


class _Around:
    """Walks over the arcs of a net."""

    def __init__(self, net: PetriNet) -> None:
        self._net = net
        self.takers: list[list[int]] = [[] for _ in range(net.places)]
        self.givers: list[list[int]] = [[] for _ in range(net.places)]
        for number, (takes, gives) in enumerate(zip(net.inputs, net.outputs, strict=True)):
            for place in takes:
                self.takers[place].append(number)
            for place in gives:
                self.givers[place].append(number)

    def coming(self, transitions: list[int]) -> set[str]:
        """The activities that can come next, these transitions included; `end` where the last place is reached."""
        return self._activities(transitions, self._net.outputs, self.takers, LAST, END)

    def been(self, place: int) -> set[str]:
        """The activities that can have come before; `start` where the first place is reached."""
        first = {START} if place == FIRST else set()
        return first | self._activities(self.givers[place], self._net.inputs, self.givers, FIRST, START)

    def _activities(
        self,
        transitions: list[int],
        places_of: tuple[tuple[int, ...], ...],
        onward: list[list[int]],
        last: int,
        named: str,
    ) -> set[str]:
        found, seen, waiting = set[str](), set(transitions), list(transitions)
        while waiting:
            now = waiting.pop()
            label = self._net.labels[now]
            if label is not None:
                found.add(label)
                continue
            for place in places_of[now]:
                if place == last:
                    found.add(named)
                for other in onward[place]:
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
        return found

    def reaches_end(self, places: Iterable[int], without: int) -> bool:
        """Whether an arc path leads from one of these places to the last one past `without`."""
        seen = set(places) - {without}
        waiting = sorted(seen)
        while waiting:
            place = waiting.pop()
            if place == LAST:
                return True
            for transition in self.takers[place]:
                for other in self._net.outputs[transition]:
                    if other not in seen and other != without:
                        seen.add(other)
                        waiting.append(other)
        return False
