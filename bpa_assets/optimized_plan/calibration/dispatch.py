"""Who takes up what: how often a case stays with whom it was, beyond chance."""

import numpy as np

from bpa_assets.optimized_plan.calibration.reading import Reading

LEAST = 30
"""Handovers with a choice that must be seen before a preference is told from chance."""

SURE = 3.0
"""Standard errors above chance."""


def same_resource_share(reading: Reading) -> float:
    """The share of steps that go to the resource of an enabling step because it is that one; 0 if chance explains it.

    By chance a step goes to it as often as that resource does the activity; of s seen and c expected, (s − c)/(1 − c).
    Counted where both need somebody, that one may do it, and others may, too.
    """
    steps, resources = reading.steps, len(reading.steps.resources)
    is_worked = np.zeros(len(steps.case), np.bool_)
    is_worked[reading.worked] = True
    rows = is_worked[steps.before] & is_worked[steps.after]
    before, after = steps.before[rows], steps.after[rows]
    pair = steps.activity * max(resources, 1) + steps.resource
    found, times = np.unique(pair[is_worked], return_counts=True)
    of_activity = np.bincount(steps.activity[is_worked], minlength=len(steps.activities))
    wanted = steps.activity[after] * max(resources, 1) + steps.resource[before]
    place = np.minimum(np.searchsorted(found, wanted), max(len(found) - 1, 0))
    if not len(found):
        return 0.0
    chance = np.where(found[place] == wanted, times[place], 0) / of_activity[steps.activity[after]]
    choice = (chance > 0) & (chance < 1)
    if choice.sum() < LEAST:
        return 0.0
    same, expected = (steps.resource[before] == steps.resource[after])[choice], chance[choice]
    error = np.sqrt((expected * (1 - expected)).sum())
    if same.sum() - expected.sum() <= SURE * error:
        return 0.0
    return float((same.sum() - expected.sum()) / (len(expected) - expected.sum()))
