"""Sums, means and exact quantiles of durations by group, fed a chunk at a time.

Values are whole microseconds, so sums are exact and do not depend on the order of the chunks. Quantiles are DuckDB's
`quantile_cont`: linear interpolation between the two nearest ranks (`quantiles.py`).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from bpa_assets.process_model.quantiles import quantiles_cont

Integers = npt.NDArray[np.int64]
Group = TypeVar("Group", bound=Hashable)

MOST_MARKS = 20_000_000
"""Above this many possible codes, or pairs of them, a sort is cheaper than a table of marks."""

_SECOND = 1e6
_SHORT = 1 << 16


@dataclass(frozen=True)
class Summary:
    """Of one group: number of values; the rest in seconds."""

    count: int
    total: float
    mean: float
    quantiles: tuple[float, ...]
    greatest: float
    negative: int


@dataclass
class GroupedValues(Generic[Group]):
    """Durations (µs) by group. What is given may be seen elsewhere too: it is never changed."""

    parts: defaultdict[Group, list[Integers]] = field(default_factory=lambda: defaultdict(list))

    def add(self: "GroupedValues[int]", group: npt.NDArray[Any], values: Integers) -> None:
        """Add values, each to its group (a number of at least 0)."""
        rows = sort_by_group(group)
        self.extend(rows.groups.tolist(), split(rows.sort(values), rows.first))

    def extend(self, groups: Iterable[Group], parts: Iterable[Integers]) -> None:
        """Add values that are split by group already."""
        for name, part in zip(groups, parts, strict=True):
            self.parts[name].append(part)

    def pop(self, group: Group, quantiles: Sequence[float] = ()) -> Summary:
        """Summarise a group that has values, and forget them."""
        parts = self.parts.pop(group)
        total = sum(exact_sum(part) for part in parts)
        count, least = sum(map(len, parts)), min(int(part.min()) for part in parts)
        return Summary(
            count=count,
            total=total / _SECOND,
            mean=total / count / _SECOND,
            quantiles=tuple(quantiles_cont(parts, quantiles)),
            greatest=max(int(part.max()) for part in parts) / _SECOND,
            negative=sum(int(np.count_nonzero(part < 0)) for part in parts) if least < 0 else 0,
        )


def exact_sum(values: Integers) -> int:
    """The sum as it is: of some 4,000 rows that last until the year 2100 the microseconds exceed 64 bits."""
    if len(values) * max(-int(values.min()), int(values.max())) < 1 << 63:
        return int(values.sum())
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


@dataclass(frozen=True)
class SortedGroups:
    """Rows sorted by group: the groups that occur, where each begins among the sorted rows, and their order."""

    groups: Integers
    first: Integers
    order: Integers

    def sort(self, values: Integers) -> Integers:
        """These values of the rows, in the order of the groups."""
        return values.take(self.order)


def sort_by_group(group: npt.NDArray[Any]) -> SortedGroups:
    """Sort rows by their group, a number of at least 0; one sort serves all columns."""
    found, key = None, group
    if len(group) and group.dtype != np.uint16 and int(group.max()) >= _SHORT:
        found, key = renumbered(group)
    counts = np.bincount(key)
    # numpy sorts 16-bit keys by radix: five times faster than wider ones.
    order = np.argsort(key.astype(np.uint16, copy=False) if len(counts) <= _SHORT else key, kind="stable")
    present = np.flatnonzero(counts)
    first = np.cumsum(counts[present]) - counts[present]
    return SortedGroups(present if found is None else found[present], first, order)


def distinct(codes: npt.NDArray[Any]) -> Integers:
    """The codes (numbers of at least 0) that occur, in order."""
    if int(codes.max()) >= MOST_MARKS:
        return np.unique(codes)
    marks = np.zeros(int(codes.max()) + 1, dtype=np.bool_)
    marks[codes] = True
    return np.flatnonzero(marks)


def renumbered(codes: npt.NDArray[Any]) -> tuple[Integers, Integers]:
    """The distinct codes in order, and of each row the place of its code among them."""
    found = distinct(codes)
    if int(found[-1]) >= MOST_MARKS:
        return found, np.searchsorted(found, codes)
    places = np.empty(int(found[-1]) + 1, dtype=np.int64)
    places[found] = np.arange(len(found))
    return found, places[codes]


def split(values: Integers, first: Integers) -> list[Integers]:
    """Views of the stretches of `values` that begin at `first`."""
    ends = [*first.tolist(), len(values)]
    return [values[begin:end] for begin, end in pairwise(ends)]
