"""Cases to variants: which cases ran the same sequence of activities.

Everything that depends on the sequence alone (rework, how many cases contain a step or a pair) is computed a variant
at a time, not a case.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.process_model.event_chunks import Codes, EventChunk, Integers

Digests = npt.NDArray[np.uint64]
_BASE = 0x9E3779B97F4A7C15
"""Odd, so that multiplying by it loses nothing."""


@dataclass
class Variants:
    """The distinct sequences of activity codes met so far, with their cases."""

    sequences: dict[bytes, int] = field(default_factory=dict)
    cases: list[int] = field(default_factory=list)

    def add(self, chunk: EventChunk) -> Codes:
        """The variant (a number) of each case of a chunk."""
        group, representative = _same_sequence(chunk)
        first = chunk.first[representative]
        stretches = zip(first.tolist(), (first + chunk.lengths[representative]).tolist(), strict=True)
        activity = chunk.activity.astype(np.int32, copy=False)
        keys = [activity[begin:end].tobytes() for begin, end in stretches]
        numbers = [self.sequences.setdefault(key, len(self.sequences)) for key in keys]
        self.cases += [0] * (len(self.sequences) - len(self.cases))
        for number, cases in zip(numbers, np.bincount(group).tolist(), strict=True):
            self.cases[number] += cases
        return np.array(numbers, dtype=np.int32)[group]

    def codes(self) -> list[list[int]]:
        """The activity codes of each variant."""
        return [np.frombuffer(sequence, dtype=np.int32).tolist() for sequence in self.sequences]


@dataclass(frozen=True)
class SequenceCounts:
    """What follows from the sequences alone, by variant, by activity code or by pair of codes."""

    events: Integers
    rework: Integers
    last_activity: Integers
    activity_cases: Counter[int]
    activity_rework: Counter[int]
    pair_cases: Counter[tuple[int, int]]


def count_sequences(sequences: Sequence[Sequence[int]], cases: Sequence[int]) -> SequenceCounts:
    """Count cases and repetitions a variant at a time."""
    activity_cases, activity_rework = Counter[int](), Counter[int]()
    pair_cases = Counter[tuple[int, int]]()
    rework = []
    for sequence, number in zip(sequences, cases, strict=True):
        times = Counter(sequence)
        rework.append(len(sequence) - len(times))
        for activity, repeats in times.items():
            activity_cases[activity] += number
            activity_rework[activity] += number * (repeats - 1)
        for pair in set(pairwise(sequence)):
            pair_cases[pair] += number
    return SequenceCounts(
        np.array([len(sequence) for sequence in sequences]),
        np.array(rework),
        np.array([sequence[-1] for sequence in sequences]),
        activity_cases,
        activity_rework,
        pair_cases,
    )


def variant_id(activities: Sequence[str]) -> str:
    """First 12 hex digits of SHA-256 over the JSON list of the activities (no blanks, UTF-8 as it is)."""
    text = json.dumps(list(activities), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _same_sequence(chunk: EventChunk) -> tuple[Integers, Integers]:
    """Group of each case, and a representative case of each group; exact, however the digests fall."""
    group = pa.array(_digests(chunk)).dictionary_encode().indices.to_numpy()
    cases = np.arange(len(group))
    representative = np.empty(int(group.max()) + 1, dtype=np.int64)
    representative[group] = cases
    like = representative[group]
    if np.array_equal(chunk.lengths, chunk.lengths[like]):
        shift = np.repeat(chunk.first[like] - chunk.first, chunk.lengths)
        shift += np.arange(len(shift))
        if np.array_equal(chunk.activity, chunk.activity.take(shift)):
            return group, representative
    return _by_bytes(chunk)  # two sequences with one digest: less than once in 10^7 logs of a million variants


def _digests(chunk: EventChunk) -> Digests:
    """A 64-bit number for the sequence of each case: the sum of number of the activity × base ^ position.

    The position is at first that of the row in the chunk; a factor a case makes up for where the case begins.
    """
    rows = len(chunk.activity)
    powers = _powers(rows.bit_length())
    terms = _numbers_of(int(chunk.activity.max()) + 1).take(chunk.activity)
    terms *= powers[:rows]
    return np.add.reduceat(terms, chunk.first) * powers[rows - chunk.first]


@cache
def _powers(bits: int) -> Digests:
    """The first 2 ^ bits powers of the base."""
    factors = np.full(1 << bits, _BASE, dtype=np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


def _numbers_of(codes: int) -> Digests:
    """A number for each activity code, spread over 64 bits (splitmix64)."""
    mixed = np.arange(1, codes + 1, dtype=np.uint64) * np.uint64(_BASE)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _by_bytes(chunk: EventChunk) -> tuple[Integers, Integers]:
    seen: dict[bytes, int] = {}
    representative: list[int] = []
    group = np.empty(len(chunk.first), dtype=np.int64)
    for case, (first, length) in enumerate(zip(chunk.first.tolist(), chunk.lengths.tolist(), strict=True)):
        sequence = chunk.activity[first : first + length].tobytes()
        if sequence not in seen:
            seen[sequence] = len(seen)
            representative.append(case)
        group[case] = seen[sequence]
    return group, np.array(representative)
