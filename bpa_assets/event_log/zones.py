"""Local times to UTC, and back.

Ambiguous local times take the first offset, non-existent ones move forward (PEP 495, fold = 0); both are counted.
Works on whole columns: the offset of a local time is a step function, looked up by bisection.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class LocalTimes:
    """Local times as UTC microseconds, and how many of them happened twice or never."""

    utc: npt.NDArray[np.int64]
    ambiguous: int
    nonexistent: int


@dataclass(frozen=True)
class _Changes:
    """Clock changes of a zone: when (UTC µs), and the offsets before and after (µs)."""

    at: npt.NDArray[np.int64]
    before: npt.NDArray[np.int64]
    after: npt.NDArray[np.int64]


def local_to_utc(local: npt.NDArray[np.int64], zone: str) -> LocalTimes:
    """Convert local times (µs since 1970 on the wall clock of `zone`) to UTC µs."""
    if not len(local):
        return LocalTimes(local, 0, 0)
    changes = _changes(zone, *_years(int(local.min()), int(local.max())))
    if not len(changes.at):
        return LocalTimes(local - _offset(zone, int(local[0]) // _SECOND), 0, 0)
    # Until the later of the two wall-clock readings of a change the offset before it holds: in a repeated hour that
    # is the first pass, in a skipped one it moves the time forward.
    until = changes.at + np.maximum(changes.before, changes.after)
    place = np.searchsorted(until, local, side="right")
    offsets = np.append(changes.before, changes.after[-1])
    low = changes.at + np.minimum(changes.before, changes.after)
    inside = (place < len(until)) & (local >= low[np.minimum(place, len(low) - 1)])
    fold = (changes.after < changes.before)[np.minimum(place, len(low) - 1)]
    return LocalTimes(local - offsets[place], int((inside & fold).sum()), int((inside & ~fold).sum()))


def utc_to_local(utc: npt.NDArray[np.int64], zone: str) -> npt.NDArray[np.int64]:
    """Convert UTC µs to what the wall clock of `zone` shows then, as µs since 1970."""
    if not len(utc):
        return utc
    at, offsets = clock_changes(zone, int(utc.min()), int(utc.max()))
    return np.asarray(utc + offsets[np.searchsorted(at, utc, side="right")])


def clock_changes(zone: str, first: int, last: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """When the offset of a zone changed around a span of time (UTC µs), and the offsets (µs) before, between, after."""
    if zone == "UTC":
        return np.zeros(0, np.int64), np.zeros(1, np.int64)
    changes = _changes(zone, *_years(first, last))
    if not len(changes.at):
        return changes.at, np.array([_offset(zone, first // _SECOND)])
    return changes.at, np.append(changes.before, changes.after[-1])


def _years(first: int, last: int) -> tuple[int, int]:
    """The years around a span of time, as far as the calendar goes."""
    day = 86_400 * _SECOND
    first_year, last_year = (1970 + int(moment // (365.2425 * day)) for moment in (first - day, last + day))
    return max(1, first_year - 1), min(9998, last_year + 1)


def _offset(zone: str, utc_seconds: int) -> int:
    moment = _EPOCH + timedelta(seconds=utc_seconds)
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    return round((offset or timedelta()).total_seconds()) * _SECOND


@lru_cache(maxsize=16)
def _changes(zone: str, first_year: int, last_year: int) -> _Changes:
    """The changes of a zone's offset in these years."""
    found = [change for year in range(first_year, last_year + 1) for change in _changes_of_year(zone, year)]
    columns = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return _Changes(columns[0], columns[1], columns[2])


@lru_cache(maxsize=20_000)
def _changes_of_year(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """When (UTC µs) the offset changed in a year, from what to what; by bisection between days that differ."""
    start, end = (round((datetime(one, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) for one in (year, year + 1))
    found: list[tuple[int, int, int]] = []
    known = _offset(zone, start)
    for day in range(start, end, 86_400):
        later = _offset(zone, day + 86_400)
        if later != known:
            low, high = day, day + 86_400
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == known else (low, middle)
            found.append((high * _SECOND, known, later))
            known = later
    return tuple(found)
