"""How long after its enablement each step was ready for its resource: the delays that nobody in the log explains.

Where a resource had a hand free right before it took up a step, the step became ready at that moment. Where it was away
or busy right before, the step became ready at some time after its last free moment: the delay is known only to lie
between two bounds. The distribution of an activity's delays is then its nonparametric estimate from such intervals
(B. Turnbull, *The empirical distribution function with arbitrarily grouped, censored and truncated data*, 1976), and
what is not known exactly is drawn from it within its bounds. What a delay is: D. Chapela-Campa, M. Dumas, *Enhancing
business process simulation models with extraneous activity delays* (2022).
"""

import numpy as np

from bpa_assets.optimized_plan.calibration.presence import Load, Presence
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints

_WALKS = 400
"""Blocked spans that are walked back from a start before its delay is taken to be none at least."""

_STEPS = 30
"""Of the self-consistency iteration; it is used for drawing, not for reading off single probabilities."""

_SEED = 20_240_102


def delay_bounds(
    resource: Ints, enabled: Floats, start: Floats, presence: Presence, load: Load, capacity: Ints
) -> tuple[Floats, Floats]:  # fmt: skip
    """Seconds after its enablement between which each step became ready, given that it started when it did.

    Both are the whole wait where the resource was free right before; the lower one is 0 where it never was.
    """
    last_free = start.copy()
    asked = np.flatnonzero(start > enabled)
    for _ in range(_WALKS):
        if not len(asked):
            break
        now, who = last_free[asked], resource[asked]
        back = load.full_since(who, presence.last_at_work(who, now), capacity)
        last_free[asked] = np.maximum(back, enabled[asked])
        asked = asked[(back < now) & (back > enabled[asked])]
    last_free[asked] = enabled[asked]
    return last_free - enabled, start - enabled


def drawn_delays(kind: Ints, low: Floats, high: Floats) -> Floats:
    """A delay for each row between its bounds, by the distribution of its kind (code)."""
    found = high.copy()
    numbers = np.random.default_rng(_SEED).random(len(kind))
    for code in np.unique(kind).tolist():
        rows = np.flatnonzero(kind == code)
        unsure = rows[high[rows] > low[rows]]
        if len(unsure):
            sure = rows[high[rows] <= low[rows]]
            found[unsure] = _within(high[sure], low[unsure], high[unsure], numbers[unsure])
    return found


def _within(known: Floats, low: Floats, high: Floats, numbers: Floats) -> Floats:
    """Draw from the distribution that `known` values and intervals make, within each interval."""
    ordered = np.sort(known)
    empty = np.searchsorted(ordered, low, side="left") == np.searchsorted(ordered, high, side="right")
    # An interval that holds nothing known has a point of its own: its lower end if there need be no delay at all.
    points = np.sort(np.concatenate([ordered, np.where(low > 0, (low + high) / 2, 0.0)[empty]]))
    points, certain = np.unique(points, return_counts=True)
    certain = np.where(np.isin(points, ordered), certain, 0).astype(np.float64)
    first, last = np.searchsorted(points, low, side="left"), np.searchsorted(points, high, side="right")
    weight = np.full(len(points), 1.0 / len(points))
    for _ in range(_STEPS):
        summed = np.append(0.0, np.cumsum(weight))
        share = 1.0 / np.maximum(summed[last] - summed[first], 1e-300)
        change = np.zeros(len(points) + 1)
        np.add.at(change, first, share)
        np.add.at(change, last, -share)
        weight = certain + weight * np.cumsum(change)[:-1]
        weight = np.maximum(weight, 0.0) / weight.sum()
    summed = np.append(0.0, np.cumsum(weight))
    wanted = summed[first] + numbers * (summed[last] - summed[first])
    place = np.clip(np.searchsorted(summed, wanted, side="right") - 1, first, last - 1)
    return np.asarray(points[place])
