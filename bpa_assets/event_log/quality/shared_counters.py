"""Counts of many keys in little memory: keys share counters, so a count is never too small, and often too great.

Full counters tell which rows are worth an exact look; what is looked for is all there, whatever the table's size.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.waits import Integers

MOST_COUNTERS = 1 << 25
"""So many numbers of four bytes are 128 MiB. Of a log with more than five times as many rows, many are looked at."""
_OF_TIME, _OF_ACTIVITY = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True)
class SharedCounters:
    """`amounts`: by counter, 2^n of them. Keys of bits that are spread evenly share them evenly."""

    amounts: npt.NDArray[np.uint32]

    @classmethod
    def for_rows(cls, rows: int) -> "SharedCounters":
        """Counters for up to so many keys: one or two keys each, up to `MOST_COUNTERS`."""
        return cls(np.zeros(min(1 << max(rows.bit_length() - 1, 4), MOST_COUNTERS), np.uint32))

    @property
    def mask(self) -> int:
        """The bits of a key that are the number of its counter."""
        return len(self.amounts) - 1

    def count(self, counters: Integers) -> None:
        """Add one for each."""
        np.add.at(self.amounts, counters, np.uint32(1))

    def is_full(self, least: int) -> npt.NDArray[np.bool_]:
        """By counter, whether it has at least so much."""
        return np.asarray(self.amounts >= least)

    def of_instants(self, activity: Integers, time: Integers) -> Integers:
        """The counter of an activity's instant: the upper bits of two products (multiplicative hashing, Knuth 6.4)."""
        mixed = time.view(np.uint64) * _OF_TIME
        mixed += activity.view(np.uint64) * _OF_ACTIVITY
        mixed >>= np.uint64(64 - self.mask.bit_length())
        return mixed.view(np.int64)
