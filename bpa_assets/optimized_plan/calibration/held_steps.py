"""What an activity's steps waited for, as far as a rule of batching is asked: moments, and what they tell.

A step became ready some time between the last moment at which its resource was free and its start (see `delays`). A
rule that says when it was released is right or wrong about it; how likely it would be right by chance, the width of
that interval against the wait tells.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bpa_assets.optimized_plan.calibration.delays import delay_bounds
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, Ints

TOLERANCE = 60.0
"""Seconds: the clocks of many systems show no shorter time."""

_SEED, _DRAWS, _MOST_DRAWN = 20_240_103, 400, 1_000


@dataclass(frozen=True)
class HeldSteps:
    """The steps of an activity, by enablement, as row numbers of the log (`rows`) and in seconds.

    `free`: the last moment up to its start at which the resource of a step was free, not before its enablement.
    """

    activity: int
    rows: Ints
    enabled: Floats
    start: Floats
    free: Floats

    @classmethod
    def of(cls, reading: Reading, capacity: Ints) -> "Iterator[HeldSteps]":
        """By activity those that are told to have been worked on by somebody."""
        steps, rows = reading.steps, reading.worked
        rows = rows[np.lexsort((steps.start[rows], steps.enabled[rows], steps.activity[rows]))]
        enabled, start = steps.enabled[rows], steps.start[rows]
        low, _ = delay_bounds(steps.resource[rows], enabled, start, reading.presence, reading.load, capacity)
        activity, begins, counts = np.unique(steps.activity[rows], return_index=True, return_counts=True)
        for code, first, count in zip(activity.tolist(), begins.tolist(), counts.tolist(), strict=True):
            mine = slice(first, first + count)
            yield cls(code, rows[mine], enabled[mine], start[mine], (enabled + low)[mine])

    def before(self, moment: float) -> "HeldSteps":
        """The part up to a moment of enablement."""
        return self._part(slice(0, int(np.searchsorted(self.enabled, moment))))

    def since(self, moment: float) -> "HeldSteps":
        """The part from a moment of enablement on."""
        return self._part(slice(int(np.searchsorted(self.enabled, moment)), None))

    def _part(self, part: slice) -> "HeldSteps":
        return HeldSteps(self.activity, self.rows[part], self.enabled[part], self.start[part], self.free[part])

    @cached_property
    def group(self) -> Ints:
        """By step its company, numbers from 0: all that was there and not begun when its first one was begun."""
        company = np.zeros(len(self.rows), np.int64)
        taken, number = 0, 0
        by_start = np.argsort(self.start, kind="stable")
        there = np.searchsorted(self.enabled, self.start[by_start] + 1e-6, side="right")
        for place, until in zip(by_start.tolist(), there.tolist(), strict=True):
            if place >= taken:
                company[taken:until] = number
                taken, number = until, number + 1
        return company

    @cached_property
    def begins(self) -> Ints:
        """The first step of each company."""
        return np.flatnonzero(np.diff(self.group, prepend=-1))

    @cached_property
    def sizes(self) -> Ints:
        """Steps of each company."""
        return np.diff(self.begins, append=len(self.rows))

    @cached_property
    def begun(self) -> Floats:
        """When each company was begun."""
        return np.minimum.reduceat(self.start, self.begins)

    @cached_property
    def complete(self) -> Floats:
        """When the last one of each company was enabled."""
        return np.maximum.reduceat(self.enabled, self.begins)

    @cached_property
    def prompt(self) -> Flags:
        """Whether the first one of each company was begun by somebody who had been free before, so that it was held."""
        first = np.lexsort((self.start, self.group))[self.begins]
        return self.start[first] - self.free[first] <= TOLERANCE

    def held(self) -> Flags:
        """Steps that waited longer than clocks show, beside others."""
        return np.asarray((self.sizes[self.group] > 1) & (self.begun[self.group] - self.enabled > TOLERANCE))

    def followed(self, released: Floats) -> tuple[float, float, float]:
        """Of the steps that could tell, the share released when a rule says; its 95 % low end; of how many companies.

        What is right by chance does not count: (right − by chance) / (all − by chance). Companies are drawn anew
        (bootstrap).
        """
        wait = self.start - self.enabled
        usual = max(float(np.median(wait[wait > TOLERANCE])), TOLERANCE) if (wait > TOLERANCE).any() else TOLERANCE
        chance = np.clip((self.start - self.free + 2 * TOLERANCE) / np.maximum(wait, usual), 0.0, 1.0)
        right = (released >= self.free - TOLERANCE) & (released <= self.start + TOLERANCE)
        above, below = (np.bincount(self.group, of) for of in (right - chance, 1.0 - chance))
        if below.sum() <= 0:
            return 0.0, 0.0, 0.0
        together = np.arange(len(above)) % _MOST_DRAWN
        right_of, all_of = (np.bincount(together, values) for values in (above, below))
        times = np.random.default_rng(_SEED).multinomial(
            len(all_of), np.full(len(all_of), 1 / len(all_of)), size=_DRAWS
        )
        drawn = (times @ right_of) / np.maximum(times @ all_of, 1e-9)
        return float(above.sum() / below.sum()), float(np.quantile(drawn, 0.025)), float(np.minimum(below, 1.0).sum())
