"""In which order waiting work is taken up: by what it is, by what its case is, or the oldest case first.

Whenever somebody takes up a step while others wait for the same person, the log tells who came first. An order is asked
where it and first come, first served disagree, on what came first, and must hold on what came last; else the latter is
kept. Waits for what was taken up before its turn are those of `prioritization` (see `bottlenecks.causes`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, Ints, Parameter
from bpa_assets.optimized_plan.seconds import MINUTE

LOOK_AHEAD = 50
"""Steps of a person, by start, among which those that wait are sought."""

LEAST, LEAST_PAIRS = 30, 10
"""Choices that must tell of an order (a third of them again on those held out), and pairs that tell of two kinds."""

FOLLOWED, FOLLOWED_LATER = 0.75, 0.6
"""Share of the telling choices that must follow an order, at the low end of its interval: by chance it is a half."""

HELD_OUT = 0.3
_GROUPS, _DRAWS, _SEED = 500, 400, 20_240_105


@dataclass(frozen=True)
class WorkOrder:
    """What is taken up first: the step with the greatest sum of the two, of equal ones the one that was ready first.

    `by_activity`, `by_case`: ranks; `oldest_case_first`: the case that arrived first instead. `parameters`: what was
    found, none for first come, first served.
    """

    by_activity: Ints
    by_case: Ints
    oldest_case_first: bool = False
    parameters: tuple[Parameter, ...] = ()

    @property
    def found(self) -> bool:
        """Whether it is another order than first come, first served."""
        return bool(self.parameters)


@dataclass(frozen=True)
class Choices:
    """Pairs of rows of one person: `chosen` was taken up while `waiting` was ready, even first where it `overtook`."""

    chosen: Ints
    waiting: Ints
    overtook: Flags

    def part(self, kept: Flags) -> "Choices":
        """Some of them."""
        return Choices(self.chosen[kept], self.waiting[kept], self.overtook[kept])


@dataclass(frozen=True)
class _Candidate:
    """An order by a value of each row, the greatest first."""

    name: str
    value: Floats
    ranks: tuple[tuple[str, int], ...] = ()


def first_come(reading: Reading) -> WorkOrder:
    """First come, first served."""
    steps = reading.steps
    return WorkOrder(np.zeros(len(steps.activities), np.int64), np.zeros(len(steps.open_case), np.int64))


def found_order(reading: Reading, ready: Floats) -> WorkOrder:
    """The order that is followed most, if one is; `ready`: by row, when it could be taken up."""
    steps, order = reading.steps, first_come(reading)
    seen = _choices(reading, ready)
    if len(seen.chosen) < LEAST:
        return order
    parted = float(np.quantile(steps.start[seen.chosen], 1 - HELD_OUT))
    early: Flags = np.asarray(steps.start[seen.chosen] < parted)
    first, last = seen.part(early), seen.part(~early)
    best, most = None, 0.0
    for candidate in _candidates(reading, first):
        _, low, telling = _followed(reading, first, candidate.value)
        if telling >= LEAST and low >= FOLLOWED and low > most:
            best, most = candidate, low
    if best is None:
        return order
    _, low, telling = _followed(reading, last, best.value)
    if low < FOLLOWED_LATER or telling < LEAST / 3:
        return order
    return _order(reading, best, _followed(reading, seen, best.value))


def _order(reading: Reading, found: _Candidate, followed: tuple[float, float, float]) -> WorkOrder:
    plain, (share, low, _) = first_come(reading), followed
    steps = reading.steps
    parameters = (
        Parameter(f"share of choices in the order of {found.name}", share, low, 1.0),
        *(Parameter(f"priority of {name}", float(rank), float(rank), float(rank)) for name, rank in found.ranks),
    )
    if found.name == "activity":
        by_activity = plain.by_activity.copy()
        by_activity[steps.activity] = found.value.astype(np.int64)
        return WorkOrder(by_activity, plain.by_case, parameters=parameters)
    if found.ranks:
        return WorkOrder(plain.by_activity, found.value[steps.first].astype(np.int64), parameters=parameters)
    return WorkOrder(plain.by_activity, plain.by_case, oldest_case_first=True, parameters=parameters)


def _choices(reading: Reading, ready: Floats) -> Choices:
    steps = reading.steps
    rows = reading.worked[reading.elapsed[reading.worked] > 0]
    rows = rows[np.lexsort((ready[rows], steps.start[rows], steps.resource[rows]))]
    resource, start, since = steps.resource[rows], steps.start[rows], ready[rows]
    pairs: list[tuple[Ints, Ints]] = []
    for ahead in range(1, min(LOOK_AHEAD, len(rows) - 1) + 1):
        waits = (resource[:-ahead] == resource[ahead:]) & (since[ahead:] <= start[:-ahead] - MINUTE)
        place = np.flatnonzero(waits & (start[ahead:] > start[:-ahead] + MINUTE))
        pairs.append((rows[place], rows[place + ahead]))
    none = np.zeros(0, np.int64)
    chosen, waiting = (np.concatenate(column) for column in zip(*pairs, strict=True)) if pairs else (none, none)
    return Choices(chosen, waiting, np.asarray(ready[chosen] > ready[waiting] + MINUTE))


def _candidates(reading: Reading, seen: Choices) -> Iterator[_Candidate]:
    steps = reading.steps
    yield _Candidate("arrival of cases", -steps.arrived[steps.case])
    kinds = [("activity", steps.activities, steps.activity)]
    kinds += [(one.name, one.values, one.code[steps.case]) for one in steps.classes]
    for name, values, code in kinds:
        rank = _ranks(code[seen.chosen], code[seen.waiting], seen.overtook, len(values))
        if rank is not None and np.ptp(rank[code]):
            named = values if name == "activity" else tuple(f"{name} = {value}" for value in values)
            yield _Candidate(name, rank[code].astype(np.float64), tuple(zip(named, rank.tolist(), strict=True)))


def _ranks(chosen: Ints, waiting: Ints, overtook: Flags, kinds: int) -> Ints | None:
    """Ranks (0: last) of kinds of which one is taken up before another that was there earlier; none if in a circle."""
    passed = np.zeros((kinds, kinds))
    kept = np.zeros((kinds, kinds))
    np.add.at(passed, (chosen[overtook], waiting[overtook]), 1)  # one that came later went first
    np.add.at(kept, (waiting[~overtook], chosen[~overtook]), 1)  # one that came later had to wait
    count = passed + kept
    above = (count >= LEAST_PAIRS) & (passed >= FOLLOWED * count) & ~np.eye(kinds, dtype=np.bool_)
    rank = np.zeros(kinds, np.int64)
    for _ in range(kinds):
        higher = np.where(above, rank[None, :] + 1, 0).max(axis=1, initial=0)
        if np.array_equal(higher, rank):
            return rank
        rank = higher
    return None


def _followed(reading: Reading, seen: Choices, value: Floats) -> tuple[float, float, float]:
    """The share of choices that follow an order, its 95 % low end, and of how many choices it is.

    The lesser of two: where first come, first served says otherwise; and of all choices between unequal ones, so that
    who takes up the last first, or any, follows none.
    """
    higher = value[seen.chosen] - value[seen.waiting]
    differs = higher != 0
    against = differs & (seen.overtook == (higher > 0))  # first come, first served says otherwise
    found = [_share(reading, seen.part(kept), higher[kept] > 0) for kept in (against, np.asarray(differs))]
    return min(one[0] for one in found), min(one[1] for one in found), found[0][2]


def _share(reading: Reading, seen: Choices, right: Flags) -> tuple[float, float, float]:
    """The share of right pairs, a choice counting once, its low end by bootstrap over cases; and the choices."""
    if not len(right):
        return 0.0, 0.0, 0.0
    _, choice, times = np.unique(seen.chosen, return_inverse=True, return_counts=True)
    group = reading.steps.case[seen.chosen] % _GROUPS
    weight = 1.0 / times[choice]
    above, below = (np.bincount(group, of, _GROUPS) for of in (right * weight, weight))
    drawn = np.random.default_rng(_SEED).multinomial(_GROUPS, np.full(_GROUPS, 1 / _GROUPS), size=_DRAWS)
    shares = (drawn @ above) / np.maximum(drawn @ below, 1e-9)
    return float(above.sum() / below.sum()), float(np.quantile(shares, 0.025)), float(len(times))
