"""The surrogate of waiting: how long a step of a role is held up under a shift, a headcount and a load.

Work flows in by hour of the week and is worked off in the hours of the shift (a fluid queue, two equal weeks in a row,
of which the second counts). Work that comes in at hour t has the backlog of t before it, and waits through the nights
and the weekend that lie in between; on top comes what chance adds to the wait of several servers, H. Sakasegawa's
approximation (*Ann. Inst. Statist. Math.* 29, 1977). So a plan's figures here prove nothing: simulations correct them.
"""

import numpy as np

from bpa_assets.optimized_plan.optimization.work_of_roles import RoleWork
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats

BUSIEST = 0.95
"""Share of the hours of a week that may be worked in the mean week; above that the queue only grows."""

LOST = 24.0 * 28
"""Hours of delay of a step whose queue only grows."""

_WEEKS = 5  # as far as is looked when a step is done: LOST is four, and a week to begin in


def fluid_delays(work: RoleWork, hours: Floats, people: Floats, loads: Floats) -> Floats:
    """Return the hours by which a step is held up, by shift, headcount, load and week.

    `hours[k, t]`: share of a role's people that are there in hour t under shift k; `people[n]`: what they do at once;
    `loads[l]`: times the work of today.
    """
    from bpa_assets.optimized_plan.optimization.compiled_fluid import mean_delays  # compiles, or loads it

    demand = loads[:, None, None] * work.hours[None]  # [L, S, 168]
    capacity = np.multiply.outer(hours.sum(axis=1), people)  # [K, N]
    busy = demand.sum(axis=2).mean(axis=1) / capacity[:, :, None]  # [K, N, L]
    chance = _chance(np.minimum(busy, BUSIEST), people[None, :, None], work) + work.step_hours
    worked = np.pad(np.cumsum(np.tile(hours, _WEEKS), axis=1), ((0, 0), (1, 0)))  # at whole hours
    found = np.full((len(hours), len(people), len(loads), len(work.hours)), LOST)
    mean_delays(demand, worked, hours, people, chance, work.step_hours, busy <= BUSIEST, found)
    return np.asarray(np.minimum(found, LOST))


def _chance(busy: Floats, people: Floats, work: RoleWork) -> Floats:
    """Hours that a step waits since work comes by chance, not evenly (Sakasegawa, arrivals as of a Poisson process)."""
    queue = busy ** (np.sqrt(2 * (people + 1)) - 1) / (people * (1 - busy))
    return np.asarray((1 + work.variation) / 2 * queue * work.step_hours)


def average_hours(hours: Flags) -> Floats:
    """Return the share of people (rows) that are there in each hour of the week."""
    return np.asarray(hours.mean(axis=0))
