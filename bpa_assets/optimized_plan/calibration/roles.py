"""Who belongs together: the roles of the log, else those that the same work makes.

Two resources without a role share one if how often they do each activity correlates by at least SAME_WORK (Pearson),
over any chain of such pairs: the pools of M. Camargo, M. Dumas, O. González-Rojas, *Automated discovery of business
process simulation models from event logs* (Simod, DSS 2020).
"""

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Ints

SAME_WORK = 0.7
MOST_RESOURCES = 2_000
"""Of more, those who mostly do the same activity share a role: pairs would not fit."""


def roles_of(resource: Ints, team: Ints, activity: Ints, names: tuple[int, int]) -> tuple[Ints, list[str]]:
    """The role of each resource (code), and what the roles are called (empty: to be named by the caller).

    Rows of known resources; `team`: −1 where the log names none; `names`: how many resources and activities there are.
    A resource with several roles belongs to the one it had most often.
    """
    resources, activities = names
    counts = np.bincount(resource * activities + activity, minlength=resources * activities)
    done = counts.reshape(resources, activities).astype(np.float64)
    role = _most_frequent(resource, team, resources)
    alone = np.flatnonzero(role < 0)
    groups = _same_work(done[alone])
    role[alone] = groups + int(role.max(initial=-1)) + 1
    used, codes = np.unique(role, return_inverse=True)
    return codes.astype(np.int64), [str(code) for code in used.tolist()]


def _most_frequent(resource: Ints, team: Ints, resources: int) -> Ints:
    role = np.full(resources, -1)
    told = team >= 0
    if told.any():
        pair, times = np.unique(resource[told] * (int(team.max()) + 1) + team[told], return_counts=True)
        rare_first = np.argsort(times, kind="stable")
        whose, which = np.divmod(pair[rare_first], int(team.max()) + 1)
        role[whose] = which
    return role


def _same_work(done: np.ndarray) -> Ints:
    """Group rows of counts: connected components of what correlates; each group named by its first row."""
    count = len(done)
    if not count:
        return np.zeros(0, np.int64)
    if count > MOST_RESOURCES:
        return np.unique(done.argmax(axis=1), return_inverse=True)[1].astype(np.int64)
    centred = done - done.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1))
    unit = centred / np.where(length > 0, length, 1.0)[:, None]
    alike = (unit @ unit.T >= SAME_WORK) | np.eye(count, dtype=np.bool_)
    group = np.arange(count)
    while True:
        least = np.where(alike, group[None, :], count).min(axis=1)
        if np.array_equal(least, group):
            return np.unique(group, return_inverse=True)[1].astype(np.int64)
        group = least
