"""Which columns look like the case and the activity, where their names say nothing.

A case and its activity belong together: within the right case the next activity can be foretold from this one, and
seldom comes twice. Pairs of columns are scored by that, cases foretold from other cases; only a pair that is clearly
the best is taken. Add a sign of another role here; names are in `column_names.py`, times in `time_columns.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes = npt.NDArray[np.int64]
"""One number a distinct value, -1 where there is none."""

MOST_COLUMNS = 40
_MOST_ACTIVITIES = 500
_LEAST_ROWS = 100
_LEAST_LIFT = 0.15
_LEAST_SCORE = 0.1
_CLEARLY = 1.5
"""The best pair has to be so many times as good as any other one."""


@dataclass(frozen=True)
class _Pair:
    case: int
    activity: int
    score: float


def case_and_activity(
    columns: Mapping[int, Codes],
    order: Codes,
    *,
    case: int | None = None,
    activity: int | None = None,
    no_activities: frozenset[int] = frozenset(),
) -> tuple[int, int] | None:
    """The columns (of those given, by index) that are the case and the activity; None if no pair is clearly the best.

    `order`: of the rows by time; `case`, `activity`: known already; `no_activities`: columns that are none.
    """
    if case is not None and activity is not None:
        return case, activity
    cases = [case] if case is not None else [index for index in columns if _may_be_case(columns[index])]
    activities = (
        [activity]
        if activity is not None
        else [index for index in columns if index not in no_activities and _may_be_activity(columns[index])]
    )
    pairs = [_pair(columns, one, other, order) for one in cases for other in activities if one != other]
    best = max(pairs, key=lambda pair: pair.score, default=None)
    if best is None or best.score < _LEAST_SCORE or len(order) < _LEAST_ROWS:
        return None
    rivals = [pair for pair in pairs if not _says_the_same(columns, best, pair)]
    if any(pair.score * _CLEARLY > best.score for pair in rivals):
        return None
    return best.case, best.activity


def changes_within(case: Codes, values: npt.NDArray[np.int64]) -> float:
    """The share of the cases with several rows in which the values are not all the same."""
    order = np.lexsort((values, case))
    cases, inside = case[order], values[order]
    same_case = cases[1:] == cases[:-1]
    several = np.unique(cases[1:][same_case])
    changing = np.unique(cases[1:][same_case & (inside[1:] != inside[:-1])])
    return len(changing) / len(several) if len(several) else 0.0


def _may_be_case(codes: Codes) -> bool:
    """It repeats, and (nearly) no row is without it."""
    distinct = len(np.unique(codes))
    return bool((codes >= 0).mean() > 0.99) and 2 <= distinct <= 0.8 * len(codes)


def _may_be_activity(codes: Codes) -> bool:
    distinct = len(np.unique(codes[codes >= 0]))
    return bool((codes >= 0).mean() > 0.9) and 2 <= distinct <= min(_MOST_ACTIVITIES, len(codes) / 3)


def _pair(columns: Mapping[int, Codes], case: int, activity: int, order: Codes) -> _Pair:
    """How well they fit: lift of the prediction × share of first occurrences × share of successors × brevity."""
    cases, activities = columns[case][order], columns[activity][order]
    by_case = np.argsort(cases, kind="stable")
    cases, activities = cases[by_case], activities[by_case]
    lift = _lift(cases, activities)
    if lift < _LEAST_LIFT:
        return _Pair(case, activity, 0.0)
    first = len(np.unique(np.stack([cases, activities]), axis=1).T) / len(cases)
    successors = 1 - len(np.unique(cases)) / len(cases)
    return _Pair(case, activity, lift * first * successors * _brevity(cases, by_case))


def _brevity(cases: Codes, places: Codes) -> float:
    """1 less the mean part of the log, in rows by time, from the first to the last row of a case; activities last."""
    begins = np.flatnonzero(np.r_[True, cases[1:] != cases[:-1]])
    ends = np.r_[begins[1:], len(cases)] - 1
    return float(1 - ((places[ends] - places[begins] + 1) / len(cases)).mean())


def _lift(cases: Codes, activities: Codes) -> float:
    """How much better the next value of a case is foretold from this one than by the most frequent; 1 is perfectly.

    Half of the cases are foretold from the other half: what is nearly unique foretells nothing.
    """
    same = (cases[1:] == cases[:-1]) & (activities[1:] >= 0) & (activities[:-1] >= 0)
    this, following, half = activities[:-1][same], activities[1:][same], cases[1:][same] % 2
    if len(this) < 4 or len(np.unique(half)) < 2:
        return 0.0
    size = int(activities.max()) + 1
    right = by_frequency = 0
    for part in (0, 1):
        known, asked = half != part, half == part
        counts = np.bincount(this[known] * size + following[known], minlength=size * size).reshape(size, size)
        most_frequent = int(np.bincount(following[known], minlength=size).argmax())
        guess = np.where(counts.any(axis=1), counts.argmax(axis=1), most_frequent)
        right += int((guess[this[asked]] == following[asked]).sum())
        by_frequency += int((following[asked] == most_frequent).sum())
    left = len(this) - by_frequency
    return (right - by_frequency) / left if left else 0.0


def _says_the_same(columns: Mapping[int, Codes], best: _Pair, other: _Pair) -> bool:
    """Whether the other pair is no rival: its columns follow from those of the best one, as its attributes do."""
    return _follows(columns[best.case], columns[other.case]) and _follows(
        columns[best.activity], columns[other.activity]
    )


def _follows(one: Codes, other: Codes) -> bool:
    """Whether each value of one column goes with one value of the other."""
    return len(np.unique(np.stack([one, other]), axis=1).T) == len(np.unique(one))


def codes_of(columns: Sequence[pa.ChunkedArray]) -> list[Codes]:
    """Arrow columns as codes."""
    found = []
    for column in columns:
        plain = column.combine_chunks()
        encoded = plain if pa.types.is_dictionary(plain.type) else plain.dictionary_encode()
        found.append(np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64))
    return found
