"""The surrogate of waiting: how long a step of a role is held up under a shift, a headcount and a load.

Work flows in by hour of the week and is worked off in the hours of the shift (a fluid queue, two equal weeks in a row,
of which the second counts). Work that comes in at hour t has the backlog of t before it, and waits through the nights
and the weekend that lie in between; on top comes what chance adds to the wait of several servers, H. Sakasegawa's
approximation (*Ann. Inst. Statist. Math.* 29, 1977). So a plan's figures here prove nothing: simulations correct them.
"""

import numpy as np

from bpa_assets.optimized_plan.optimization.work_of_roles import RoleWork
from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK, Flags, Floats

BUSIEST = 0.95
"""Share of the hours of a week that may be worked in the mean week; above that the queue only grows."""

LOST = 24.0 * 28
"""Hours of delay of a step whose queue only grows."""


def fluid_delays(work: RoleWork, hours: Floats, people: Floats, loads: Floats) -> Floats:
    """Return the hours by which a step is held up, by shift, headcount, load and week.

    `hours[k, t]`: share of a role's people that are there in hour t under shift k; `people[n]`: what they do at once;
    `loads[l]`: times the work of today.
    """
    demand = loads[:, None, None] * work.hours[None]  # [L, S, 168]
    found = np.empty((len(hours), len(people), len(loads), len(work.hours)))
    for shift, there in enumerate(hours):
        backlog = _backlog(demand, np.multiply.outer(people, there))  # [N, L, S, 168]
        busy = demand.sum(axis=2).mean(axis=1) / (people[:, None] * there.sum())  # [N, L]
        chance = _chance(np.minimum(busy, BUSIEST), people[:, None], work)
        ahead = backlog / people[:, None, None, None] + chance[:, :, None, None] + work.step_hours
        held = _delays(there, ahead, work.step_hours)
        weight = np.maximum(demand.sum(axis=2), 1e-12)
        mean = (held * demand[None]).sum(axis=3) / weight[None]
        found[shift] = np.where(busy[:, :, None] > BUSIEST, LOST, np.minimum(mean, LOST))
    return found


def _backlog(demand: Floats, capacity: Floats) -> Floats:
    """Work that lies there at the beginning of each hour of a week, by headcount, load, week."""
    shape = (len(capacity), *demand.shape[:2])
    left, found = np.zeros(shape), np.empty((*shape, HOURS_OF_WEEK))
    for hour in range(2 * HOURS_OF_WEEK):
        at = hour % HOURS_OF_WEEK
        found[..., at] = left
        left = np.maximum(left + demand[None, ..., at] - capacity[:, at][:, None, None], 0.0)
    return found


def _chance(busy: Floats, people: Floats, work: RoleWork) -> Floats:
    """Hours that a step waits since work comes by chance, not evenly (Sakasegawa, arrivals as of a Poisson process)."""
    queue = busy ** (np.sqrt(2 * (people + 1)) - 1) / (people * (1 - busy))
    return np.asarray((1 + work.variation) / 2 * queue * work.step_hours)


def _delays(there: Floats, ahead: Floats, step_hours: float) -> Floats:
    """Hours until so much work is done by one person from each hour of the week on, beyond the step's own."""
    worked = np.concatenate(([0.0], np.cumsum(np.tile(there, 5))))  # W at whole hours of five weeks
    hour = np.arange(HOURS_OF_WEEK)
    target = np.minimum(worked[hour] + ahead, worked[-1])
    # The first moment at which W reaches the target: within the hour before the first whole hour that does.
    upper = np.minimum(np.searchsorted(worked, target - 1e-9, side="left"), len(worked) - 1)
    lower = np.maximum(upper - 1, 0)
    gained = worked[upper] - worked[lower]
    part = np.where(gained > 0, (target - worked[lower]) / np.where(gained > 0, gained, 1.0), 1.0)
    return np.asarray(np.maximum(lower + part - hour - step_hours, 0.0))


def average_hours(hours: Flags) -> Floats:
    """Return the share of people (rows) that are there in each hour of the week."""
    return np.asarray(hours.mean(axis=0))
