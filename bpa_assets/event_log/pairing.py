"""Start, complete, schedule, assign, suspend, resume: which records are one activity instance.

Pairs are made by case, activity and instance; a completion takes the oldest open start with the same resource, else
the oldest. What the rows look like afterwards is in `instances.py`.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.lifecycles import RUNNING

Integers = npt.NDArray[np.int64]

START, COMPLETE, ENABLE, PAUSE, RESUME, RUN, OTHER = range(7)
STEPS = {
    "start": START,
    "complete": COMPLETE,
    "schedule": ENABLE,
    "assign": ENABLE,
    "suspend": PAUSE,
    "resume": RESUME,
    RUNNING: RUN,
}


@dataclass(frozen=True)
class Pairing:
    """Rows by number. `start_of` and `enabled_by`: −1 where there is none; `merged`: no longer a row of its own."""

    start_of: Integers
    enabled_by: Integers
    merged: npt.NDArray[np.bool_]
    pauses: dict[int, list[int]] = field(default_factory=dict)
    resumes: dict[int, list[int]] = field(default_factory=dict)


def has_pairs(transitions: frozenset[str]) -> bool:
    """Whether records of a log with these lifecycle transitions (standard ones) can belong together at all."""
    return len(transitions) > 1 and bool({"start", "complete"} & transitions)


def pair(*, key: Integers, step: Integers, resource: Integers, time: Integers) -> Pairing:
    """Pair the rows of a bucket of cases.

    `key` is equal for rows of the same case, activity and instance; `step` one of the constants above; `resource` a
    code, −1 if unknown; `time` in µs. Rows are in source order, which settles equal times.
    """
    rows = len(key)
    result = Pairing(np.full(rows, -1), np.full(rows, -1), np.zeros(rows, dtype=np.bool_))
    order = np.lexsort((np.arange(rows), time, key))
    order = order[step[order] != OTHER]
    if not len(order):
        return result
    step = _starts_and_resumes(step, key, order)
    first = np.flatnonzero(np.r_[True, key[order][1:] != key[order][:-1]])
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(order)]))
    simple = _alternates(step[order], first, group)
    _pair_alternating(order[simple[group]], step, result)
    rest = order[~simple[group]]
    _pair_one_by_one(rest.tolist(), key[rest].tolist(), step[rest].tolist(), resource[rest].tolist(), result)
    return result


def _starts_and_resumes(step: Integers, key: Integers, order: Integers) -> Integers:
    """The steps with every RUN a RESUME if its key had begun and was paused just before, else a START."""
    runs = step[order] == RUN
    if not runs.any():
        return step
    begins = np.flatnonzero(runs | (step[order] == START))
    goes_on = np.ones(len(order), dtype=np.bool_)
    goes_on[begins[np.unique(key[order][begins], return_index=True)[1]]] = False
    paused = np.r_[False, (step[order][:-1] == PAUSE) & (key[order][1:] == key[order][:-1])]
    told = step.copy()
    told[order[runs]] = np.where((paused & goes_on)[runs], RESUME, START)
    return told


def _alternates(step: Integers, first: Integers, group: Integers) -> npt.NDArray[np.bool_]:
    """Groups that read start, complete, start, complete …: most of them, and nobody can disagree on their pairs."""
    position = np.arange(len(step)) - first[group]
    as_expected = step == np.where(position % 2 == 0, START, COMPLETE)
    return np.logical_and.reduceat(as_expected, first)


def _pair_alternating(rows: Integers, step: Integers, result: Pairing) -> None:
    completions = np.flatnonzero(step[rows] == COMPLETE)
    result.start_of[rows[completions]] = rows[completions - 1]
    result.merged[rows[completions - 1]] = True


@dataclass
class _Open:
    """What is open of one key: starts (row, resource), and what made the next instance ready."""

    starts: list[tuple[int, int]] = field(default_factory=list)
    enabling: list[int] = field(default_factory=list)

    def take(self, resource: int) -> int | None:
        """Remove and return the oldest start with this resource, else the oldest."""
        place = self._place(resource)
        return None if place is None else self.starts.pop(place)[0]

    def running(self, resource: int) -> int | None:
        """The start that a pause of this resource belongs to."""
        place = self._place(resource)
        return None if place is None else self.starts[place][0]

    def _place(self, resource: int) -> int | None:
        if not self.starts:
            return None
        return next((place for place, (_, by) in enumerate(self.starts) if by == resource), 0)


def _pair_one_by_one(rows: list[int], keys: list[int], steps: list[int], resources: list[int], result: Pairing) -> None:
    """The groups where the order alone does not say it; in time order within a key."""
    open_of: defaultdict[int, _Open] = defaultdict(_Open)
    for row, key, step, resource in zip(rows, keys, steps, resources, strict=True):
        now = open_of[key]
        if step == START:
            _enable(row, now, result)
            now.starts.append((row, resource))
        elif step == ENABLE:
            now.enabling.append(row)
        elif step == COMPLETE:
            start = now.take(resource)
            if start is None:
                _enable(row, now, result)
            else:
                result.start_of[row] = start
                result.merged[start] = True
        elif (running := now.running(resource)) is not None:
            (result.pauses if step == PAUSE else result.resumes).setdefault(running, []).append(row)
            result.merged[row] = True


def _enable(row: int, now: _Open, result: Pairing) -> None:
    """The instance that begins with `row` was made ready by all that was pending; the earliest counts."""
    if now.enabling:
        result.enabled_by[row] = now.enabling[0]
        result.merged[now.enabling] = True
        now.enabling.clear()
