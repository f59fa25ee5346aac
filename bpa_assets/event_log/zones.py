"""Local times to UTC.

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
    day = 86_400 * _SECOND
    years = 1970 + np.array([local.min() - day, local.max() + day]) / (365.2425 * day)
    changes = _changes(zone, max(1, int(years[0]) - 1), min(9998, int(years[1]) + 1))
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
