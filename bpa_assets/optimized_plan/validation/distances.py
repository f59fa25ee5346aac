"""Distances between two logs as the literature measures simulators by them: 0 if alike, in hours but for the n-grams.

D. Chapela-Campa, I. Benchekroun, O. Baron, M. Dumas, D. Krass, A. Senderovich, *A framework for measuring the quality
of business process simulation models*, Information Systems 127, 2025. The settings are those of the papers: starts and
ends, bins of an hour, n = 3, not normalised (but the n-grams, to [0, 1]).
"""

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.seconds import HOUR
from bpa_assets.optimized_plan.validation.timed_steps import TimedSteps

_NO_COMMON_DAY = 23.0  # as far as two hours of a day can be apart


def log_distances(real: TimedSteps, simulated: TimedSteps) -> dict[str, float]:
    """Return all five; neither log is empty."""
    return {
        "ngd": n_gram_distance(real, simulated),
        "aedd": absolute_event_distance(real, simulated),
        "cedd": circadian_event_distance(real, simulated),
        "redd": relative_event_distance(real, simulated),
        "ctdd": cycle_time_distance(real, simulated),
    }


def n_gram_distance(real: TimedSteps, simulated: TimedSteps) -> float:
    """NGD: share of the runs of three activities (before the first and after the last: none) that only one log has."""
    grams, inverse = np.unique(np.concatenate([_grams(real), _grams(simulated)]), axis=0, return_inverse=True)
    split = len(real.case) + 2 * len(real.first)
    counts = [np.bincount(part, minlength=len(grams)) for part in (inverse[:split], inverse[split:])]
    return float(np.abs(counts[0] - counts[1]).sum() / (counts[0].sum() + counts[1].sum()))


def absolute_event_distance(real: TimedSteps, simulated: TimedSteps) -> float:
    """AEDD: how far events have to be moved in time."""
    since = HOUR * np.floor(min(real.start.min(), simulated.start.min()) / HOUR)
    return wasserstein(_hours(real, since), _hours(simulated, since))


def circadian_event_distance(real: TimedSteps, simulated: TimedSteps) -> float:
    """CEDD: how far they have to be moved within the day, the mean over the days of the week."""
    ours, theirs = _hours(real, 0.0), _hours(simulated, 0.0)
    distances = []
    for weekday in range(7):
        mine, other = (hours[hours // 24 % 7 == weekday] % 24 for hours in (ours, theirs))
        if len(mine) and len(other):
            distances.append(wasserstein(mine, other))
        else:
            distances.append(_NO_COMMON_DAY if len(mine) or len(other) else 0.0)
    return float(np.mean(distances))


def relative_event_distance(real: TimedSteps, simulated: TimedSteps) -> float:
    """REDD: how far they have to be moved within their case."""
    ours, theirs = (_hours(log, log.started()[log.case]) for log in (real, simulated))
    return wasserstein(ours, theirs)


def cycle_time_distance(real: TimedSteps, simulated: TimedSteps) -> float:
    """CTDD: how far cycle times have to be moved, from bins of an hour above the least of all."""
    durations = real.cycle_times(), simulated.cycle_times()
    least = min(durations[0].min(), durations[1].min())
    ours, theirs = (np.floor((times - least) / HOUR).astype(np.int64) for times in durations)
    return wasserstein(ours, theirs)


def wasserstein(ours: Ints | Floats, theirs: Ints | Floats) -> float:
    """Wasserstein-1 distance of two samples: the area between their cumulative shares."""
    values = np.unique(np.concatenate([ours, theirs]))
    shares = [np.searchsorted(np.sort(sample), values, side="right") / len(sample) for sample in (ours, theirs)]
    return float((np.abs(shares[0] - shares[1])[:-1] * np.diff(values)).sum())


def _grams(log: TimedSteps) -> Ints:
    """Each run of three, 0 for none; a case of n rows has n + 2."""
    sizes = np.diff(np.append(log.first, len(log.case)))
    padded = np.zeros(len(log.case) + 4 * len(sizes), np.int64)
    # Each case has two blanks before and two behind: a row moves by two, and by four for each case before.
    padded[np.arange(len(log.case)) + 2 + 4 * log.case] = log.activity + 1
    starts = np.cumsum(sizes + 4) - (sizes + 4)
    at = (
        np.repeat(starts, sizes + 2)
        + np.arange((sizes + 2).sum())
        - np.repeat(np.cumsum(sizes + 2) - sizes - 2, sizes + 2)
    )
    return np.stack([padded[at], padded[at + 1], padded[at + 2]], axis=1)


def _hours(log: TimedSteps, since: float | Floats) -> Ints:
    """Starts, then ends, in whole hours since a moment, or one a row."""
    times = np.concatenate([log.start - since, log.end - since])
    return np.floor(times / HOUR).astype(np.int64)
