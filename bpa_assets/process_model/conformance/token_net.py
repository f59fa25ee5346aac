"""What a BPMN process means: places for tokens, and steps that move them.

After Dijkman, Dumas, Ouyang, "Semantics and analysis of business process models in BPMN" (2008), and section 13 of
BPMN 2.0. Beyond a plain Petri net a step may clear places (what is interrupted), wait until places are empty (a process
ends when nothing is left to do) and take what has come to an inclusive join.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bpa_assets.process_model.discovery.petri_net import FIRST, LAST, PetriNet

WHOLE = "the process"
"""What a step belongs to that is about all of it."""


@dataclass(frozen=True)
class Step:
    """Takes a token from each place of `takes`, gives one to each of `gives`; silent without a label.

    `clears`: places that lose their tokens. `without`: places that must be empty. `joins`: it takes what is in these
    (at least one token) as soon as nothing more can come to them. `of`: the node it belongs to, as a sentence names it.
    """

    label: str | None
    takes: tuple[int, ...]
    gives: tuple[int, ...]
    of: str
    clears: frozenset[int] = frozenset()
    without: frozenset[int] = frozenset()
    joins: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it is no more than a transition of a Petri net."""
        return not (self.clears or self.without or self.joins)


@dataclass(frozen=True)
class TokenNet:
    """Places are 0 (the first) to `places` − 1; place 1 is the last. A token is in the first at the beginning."""

    places: int
    steps: tuple[Step, ...]

    def petri_net(self) -> PetriNet:
        """Its places, and its steps as transitions: what simplicity is counted on."""
        return PetriNet(
            self.places,
            tuple(step.label for step in self.steps),
            tuple(tuple(sorted({*step.takes, *step.joins})) for step in self.steps),
            tuple(tuple(sorted(step.gives)) for step in self.steps),
        )

    def relabelled(self, label_of: Callable[[Step], str | None]) -> "TokenNet":
        """The same with other labels; a step whose new label is None is silent."""
        return replace(self, steps=tuple(replace(step, label=label_of(step)) for step in self.steps))

    def reduced(self) -> "TokenNet":
        """The same language in fewer silent steps: two places with nothing but a silent step between are one.

        Never where a choice would be made later that can fail, so that it is sound exactly where the other is.
        """
        steps = list(self.steps)
        while merged := _mergeable(steps):
            steps = _renamed(steps, merged)
        used = sorted({FIRST, LAST, *(place for step in steps for place in (*step.takes, *step.gives, *step.joins))})
        numbers = {place: number for number, place in enumerate(used)}
        return TokenNet(len(used), tuple(_mapped(step, numbers.get) for step in steps))


def _mergeable(steps: list[Step]) -> dict[int, int]:
    """Places that can become others, by what they become; none of them is changed twice at a time."""
    takers, givers = _around(steps)
    emptied_by = _emptied_by(steps)
    may_choose_later = not any(step.joins for step in steps)  # a join waits for what a choice has not yet excluded
    merged: dict[int, int] = {}
    touched: set[int] = set()
    for step in steps:
        if step.label is not None or not step.is_plain or len(step.takes) != 1 or len(step.gives) != 1:
            continue
        (before,), (after,) = step.takes, step.gives
        if before == after or emptied_by.get(before) != emptied_by.get(after) or {before, after} & touched:
            continue
        if before != FIRST and len(takers[before]) == 1:
            merged[before] = after
        elif may_choose_later and after != LAST and len(givers[after]) == 1 and _is_free(takers.get(after, []), after):
            merged[after] = before
        else:
            continue
        touched |= {before, after}
    return merged


def _around(steps: list[Step]) -> tuple[dict[int, list[Step]], dict[int, list[Step]]]:
    """The steps that take from each place, and those that give to it."""
    takers: dict[int, list[Step]] = {}
    givers: dict[int, list[Step]] = {}
    for step in steps:
        for place in (*step.takes, *step.joins):
            takers.setdefault(place, []).append(step)
        for place in step.gives:
            givers.setdefault(place, []).append(step)
    return takers, givers


def _emptied_by(steps: list[Step]) -> dict[int, list[int]]:
    """Which steps clear a place, or wait for it to be empty; places that differ in this are not one."""
    found: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        for sign, places in ((1, step.clears), (-1, step.without)):
            for place in places:
                found.setdefault(place, []).append(sign * (number + 1))
    return found


def _is_free(takers: list[Step], place: int) -> bool:
    """Whether a token in a place is all that any of its steps waits for."""
    return bool(takers) and all(step.takes == (place,) and not step.without for step in takers)


def _renamed(steps: list[Step], merged: dict[int, int]) -> list[Step]:
    """The steps on the places that are left, each once, without those that do nothing any more."""
    found = dict.fromkeys(_mapped(step, lambda place: merged.get(place, place)) for step in steps)
    return [one for one in found if one.label is not None or not one.is_plain or one.takes != one.gives]


def _mapped(step: Step, number_of: Callable[[int], int | None]) -> Step:
    def mapped(places: Iterable[int]) -> list[int]:
        return [number for place in places if (number := number_of(place)) is not None]

    return replace(
        step,
        takes=tuple(mapped(step.takes)),
        gives=tuple(mapped(step.gives)),
        clears=frozenset(mapped(step.clears)),
        without=frozenset(mapped(step.without)),
        joins=tuple(mapped(step.joins)),
    )
