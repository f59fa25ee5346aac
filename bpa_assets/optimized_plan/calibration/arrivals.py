"""When cases arrive: each day of the log as a block, and how fast that changes."""

import numpy as np

from bpa_assets.optimized_plan.calibration.durations import ragged
from bpa_assets.optimized_plan.process_simulation_model import Arrivals, Floats
from bpa_assets.optimized_plan.seconds import DAY

LEAST_WEEKS = 8
"""Of a log of fewer weeks every day of a weekday is drawn alike: a trend cannot be told from chance."""

BANDWIDTH_WEEKS = 4.0
SURE = 3.0
"""Standard errors by which the number a week must rise or fall over the log to be called a trend."""


def observed_arrivals(arrived: Floats, since: float, until: float) -> Arrivals:
    """The days from `since` to `until` (seconds) as blocks, also those without arrivals.

    `arrived`: by case. The last block is the day of the last arrival.
    """
    # After the last arrival a log only shows how its cases ended: those days say nothing of demand.
    first, last = int(since // DAY), int(min(until, max(float(arrived.max()), since)) // DAY)
    chosen = np.flatnonzero((arrived >= since) & (arrived <= until))
    chosen = chosen[np.argsort(arrived[chosen], kind="stable")]
    day = (arrived[chosen] // DAY).astype(np.int64)
    bounds = np.searchsorted(day, np.arange(first, last + 2))
    offsets = ragged([arrived[chosen] - day * DAY])
    return Arrivals(
        day=np.arange(first, last + 1),
        offsets=type(offsets)(bounds.astype(np.int64), offsets.values),
        trace=chosen,
        bandwidth_weeks=BANDWIDTH_WEEKS if has_trend(np.diff(bounds)) else np.inf,
        keeps_mix=True,
    )


def has_trend(by_day: np.ndarray) -> bool:
    """Whether the number of arrivals a week rises or falls over the log more than chance lets it (Poisson or wider)."""
    weeks = len(by_day) // 7
    if weeks < LEAST_WEEKS:
        return False
    by_week = by_day[: weeks * 7].reshape(weeks, 7).sum(axis=1).astype(np.float64)
    time = np.arange(weeks) - (weeks - 1) / 2
    slope = (time * by_week).sum() / (time**2).sum()
    left = by_week - by_week.mean() - slope * time
    spread = max((left**2).sum() / (weeks - 2), by_week.mean())
    return bool(abs(slope) > SURE * np.sqrt(spread / (time**2).sum()))
