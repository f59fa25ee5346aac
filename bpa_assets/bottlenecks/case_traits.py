"""What cases have in common: traits of closed cases, and how many of those that have each broke a limit.

A trait is a value of a factor. What is known at the start of a case: attributes of its first row, who did that, the
weekday. What is seen only in it: activities, repetitions, long waits. Which traits matter is decided in `sla_factors`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.bottlenecks.case_columns import CaseColumns
from bpa_assets.bottlenecks.row_groups import RowGroups
from bpa_assets.durations import duration_text
from bpa_assets.event_log.waits import Integers
from bpa_assets.event_log.zones import utc_to_local
from bpa_assets.opening_hours import WEEKDAYS

AT_START, IN_CASE = "at the start", "in the case"

LEAST = 20
"""Cases with a trait, and cases without it, from which on it is looked at."""

LIMITS = (0.25, 0.5, 0.75)
"""Quantiles at which the values of a number are parted."""

FEW_VALUES = 20
"""A number with at most so many different values is a category, as in the imputation."""

LONG = 0.75
"""A wait is long if it is longer than in so many of the cases with that activity, and than the threshold."""

_DAY = 86_400_000_000
_THURSDAY = 3


@dataclass(frozen=True)
class Trait:
    """A value of a factor: closed cases that have it, and how many of these broke a limit.

    `mark`: a number that two traits share if the very same cases have them; `limit`: the value is one of several limits
    of a number.
    """

    factor: str
    value: str
    known: str
    cases: int
    breaches: int
    mark: int
    limit: bool = False


@dataclass(frozen=True)
class Outcome:
    """Of each case, in the order of the log: whether it is closed, and broke a limit (only if it is closed)."""

    closed: npt.NDArray[np.bool_]
    breached: npt.NDArray[np.bool_]

    @cached_property
    def _marks(self) -> Integers:
        """A number a case, whose sums tell sets of cases apart; exact in floats."""
        return np.random.default_rng(0).integers(1 << 28, size=len(self.closed))

    @property
    def mark(self) -> int:
        """The mark of all closed cases."""
        return int(self._marks[self.closed].sum())

    def count(self, case: Integers, group: Integers, groups: int) -> tuple[Integers, Integers, Integers]:
        """Closed cases, breaches and mark of each group; `group`: of each of these cases, −1 for none."""
        rows = np.flatnonzero(group >= 0)
        rows = rows[self.closed[case[rows]]]
        case, group = case[rows], group[rows]
        return (
            np.bincount(group, minlength=groups),
            np.bincount(group[self.breached[case]], minlength=groups),
            np.bincount(group, weights=self._marks[case], minlength=groups).astype(np.int64),
        )


def case_traits(
    columns: CaseColumns,
    outcome: Outcome,
    started: Integers,
    *,
    activities: Sequence[str],
    limited: Collection[str],
    threshold: float,
    longest: float,
    zone: str,
) -> Iterator[Trait]:
    """All traits that enough closed cases have, factor by factor.

    `limited`: activities with a limit of their own, left out of what is seen in a case: it says by definition something
    of that limit. `threshold`: seconds up to which no wait is long; `longest`: those beyond which a wait alone breaks a
    limit; `zone`: whose weekdays.
    """
    every = np.arange(len(started))
    for name, values in columns.first.items():
        yield from _of_values(name, values, outcome, every)
    weekday = (utc_to_local(started, zone) // _DAY + _THURSDAY) % 7
    yield from _told("start weekday", [day.capitalize() for day in WEEKDAYS], AT_START, outcome, every, weekday)
    free = np.array([name not in limited for name in activities])
    seen = np.where(free[columns.activity], columns.activity, -1)
    yield from _told("contains", activities, IN_CASE, outcome, columns.case, seen)
    yield from _told("repeats", activities, IN_CASE, outcome, columns.case, np.where(columns.rows > 1, seen, -1))
    long = _long_waits(columns, outcome, len(activities), threshold)
    told = (columns.wait > long[columns.activity]) & (long < longest * 1e6)[columns.activity]
    late = np.where(told, seen, -1)
    names = [f"{name} (> {duration_text(limit / 1e6)})" for name, limit in zip(activities, long.tolist(), strict=True)]
    yield from _told("waits before", names, IN_CASE, outcome, columns.case, late)


def _of_values(name: str, values: pa.ChunkedArray, outcome: Outcome, every: Integers) -> Iterator[Trait]:
    number = pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_decimal(values.type)
    if number and pc.count_distinct(values).as_py() > FEW_VALUES:
        yield from _of_numbers(name, values.combine_chunks(), outcome, every)
    elif number or pa.types.is_boolean(values.type) or pa.types.is_string(values.type):
        coded = values.dictionary_encode().chunks
        codes = np.concatenate([part.indices.fill_null(-1).to_numpy(zero_copy_only=False) for part in coded])
        yield from _told(name, coded[0].dictionary.cast(pa.string()), AT_START, outcome, every, codes)


def _of_numbers(name: str, values: pa.Array, outcome: Outcome, every: Integers) -> Iterator[Trait]:
    """Above each quartile of the closed cases: an effect that grows or falls is seen at one of them."""
    numbers = values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    known = numbers[outcome.closed & np.isfinite(numbers)]
    if not len(known):
        return
    for limit in np.unique(np.quantile(known, LIMITS, method="lower")).tolist():
        text = f"> {int(limit) if limit.is_integer() else limit}"
        for trait in _told(name, [text], AT_START, outcome, every, np.where(numbers > limit, 0, -1)):
            yield replace(trait, limit=True)


def _long_waits(columns: CaseColumns, outcome: Outcome, activities: int, threshold: float) -> Integers:
    """By activity the wait (µs) above which it is long."""
    found = np.full(activities, round(threshold * 1e6))
    closed = np.flatnonzero(outcome.closed[columns.case])
    activity = columns.activity[closed]
    groups = RowGroups.of(activity)
    usual = np.round(groups.quantile(columns.wait[closed], LONG) * 1e6).astype(np.int64)
    found[activity[groups.row]] = np.maximum(found[activity[groups.row]], usual)
    return found


def _told(
    factor: str, names: Sequence[str] | pa.Array, known: str, outcome: Outcome, case: Integers, group: Integers
) -> Iterator[Trait]:  # fmt: skip
    """The traits of enough cases, of all values of a factor; of ids there may be as many as cases."""
    counts = outcome.count(case, group, len(names))
    for place in np.flatnonzero(counts[0] >= LEAST).tolist():
        cases, breaches, mark = (int(column[place]) for column in counts)
        yield Trait(factor, str(names[place]), known, cases, breaches, mark)
