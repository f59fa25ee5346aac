"""How long each step of each variant takes to come: one pass over the stored log.

Means can be added up again in the browser: of a step over all variants, and over those that a filter leaves. The
variants that the report does not carry are added up here, by pair of activities.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bpa_assets.process_model.event_chunks import Codes, EventChunk, Integers, event_chunks

EDGE = -1
"""Stands for the start and the end of a case."""
_SECOND = 1e6
Floats = npt.NDArray[np.float64]


@dataclass
class Steps:
    """What the pass collects.

    `first`: where the steps of each kept variant begin in `kept`, which holds the seconds of each summed over its
    cases; of every pair of activity codes in the other variants (`EDGE`: start or end of the case) how often it
    happened, and its seconds.
    """

    first: Integers
    kept: Floats
    counts: Counter[tuple[int, int]] = field(default_factory=Counter)
    seconds: dict[tuple[int, int], float] = field(default_factory=dict)


def collect_steps(files: Sequence[Path], *, variant_of: Codes, lengths: Sequence[int]) -> Steps:
    """Sum the time from the end of a row to the start of the next one (negative where they overlap).

    `variant_of`: number of the kept variant of each case, in the order of the log, −1 for the others; `lengths`:
    activities of each kept variant.
    """
    first = np.concatenate([[0], np.cumsum(np.asarray(lengths, dtype=np.int64) - 1)]).astype(np.int64)
    steps = Steps(first, np.zeros(int(first[-1])))
    done = 0
    for chunk in event_chunks(files):
        _add(steps, chunk, variant_of[done : done + len(chunk.first)])
        done += len(chunk.first)
    return steps


def _add(steps: Steps, chunk: EventChunk, variant_of: Codes) -> None:
    variant = np.repeat(variant_of, chunk.lengths)
    place = np.arange(len(chunk.case)) - np.repeat(chunk.first, chunk.lengths)
    later = np.flatnonzero(place > 0)
    gaps = (chunk.start[later] - chunk.end[later - 1]) / _SECOND
    known = variant[later] >= 0
    rows = later[known]
    slots = steps.first[variant[rows]] + place[rows] - 1
    steps.kept += np.bincount(slots, weights=gaps[known], minlength=len(steps.kept))
    others, rest = variant_of < 0, later[~known]
    _add_pairs(steps, chunk.activity[rest - 1], chunk.activity[rest], gaps[~known])
    _add_pairs(steps, EDGE, chunk.activity[chunk.first[others]], 0.0)
    _add_pairs(steps, chunk.activity[chunk.last[others]], EDGE, 0.0)


def _add_pairs(steps: Steps, source: Codes | int, target: Codes | int, seconds: Floats | float) -> None:
    """Add pairs; a number stands for as many of it as there are on the other side."""
    columns: tuple[npt.NDArray[Any], ...] = tuple(np.broadcast_arrays(source, target, seconds))
    if not columns[0].size:
        return
    width = int(max(columns[0].max(), columns[1].max())) + 2
    pairs, group = np.unique((columns[0].astype(np.int64) + 1) * width + columns[1] + 1, return_inverse=True)
    counts, sums = np.bincount(group), np.bincount(group, weights=columns[2])
    for pair, count, total in zip(pairs.tolist(), counts.tolist(), sums.tolist(), strict=True):
        key = (pair // width - 1, pair % width - 1)
        steps.counts[key] += count
        steps.seconds[key] = steps.seconds.get(key, 0.0) + total
