"""Means and changes over replications, with the interval that their spread leaves.

Two variants of a process are simulated with the same cases and the same numbers drawn, so what differs between them in
one replication is the change and not chance (common random numbers; A. Law, *Simulation Modeling and Analysis*, 5th
ed., 11.2). Intervals are Student's over the replications.
"""

import numpy as np

from bpa_assets.optimized_plan.plan import Interval
from bpa_assets.optimized_plan.process_simulation_model import Floats

LEVEL = 0.95


def mean_interval(values: Floats, *, level: float = LEVEL) -> Interval:
    """Return the mean of replications; of a single one the interval is no wider than itself."""
    mean = float(values.mean())
    half = half_width(values, level)
    return Interval(mean, mean - half, mean + half)


def change_interval(before: Floats, after: Floats, *, level: float = LEVEL) -> Interval:
    """Return mean(after) / mean(before) - 1 of paired replications.

    The interval is that of a ratio of means, linearised: with v the value, Student's for after - (1 + v) before, over
    mean(before). From nothing to nothing is 0, from nothing to something 1.
    """
    mean = float(before.mean())
    if mean <= 0:
        value = float(after.mean() > 0)
        return Interval(value, value, value)
    value = float(after.mean()) / mean - 1
    half = half_width((after - before * (1 + value)) / mean, level)
    return Interval(value, value - half, value + half)


def half_width(values: Floats, level: float) -> float:
    """Return half the width of Student's interval of a mean: t s / sqrt(n); 0 where nothing varies."""
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    if len(values) < 2 or not np.ptp(values):
        return 0.0
    return float(stdtrit(len(values) - 1, (1 + level) / 2) * values.std(ddof=1) / np.sqrt(len(values)))
