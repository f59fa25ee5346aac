"""The fluid queue of `fluid_delays`, compiled: it is laid out for every shift, headcount, load and week of a role."""

import numpy as np

from bpa_assets.event_log.compiled.kernel import allocating_kernel, inner
from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK, Flags, Floats

_EQUAL = 1e-9  # hours of work by which two sums of the same hours may differ


@allocating_kernel
def mean_delays(
    demand: Floats,
    worked: Floats,
    there: Floats,
    people: Floats,
    chance: Floats,
    step_hours: float,
    feasible: Flags,
    found: Floats,
) -> None:
    """Fill `found[k, n, l, s]`: the mean hours from when work comes to when its step is done, less the step's own.

    `demand[l, s, t]`: work that comes in hour t; `there[k, t]`: share of the people that are there; `worked[k, h]`:
    hours that one person has worked until hour h of some weeks; `chance[k, n, l]`: hours that lie before a step besides
    the backlog, its own among them; `feasible[k, n, l]`: the others are left as they are.
    """
    backlog = np.empty(HOURS_OF_WEEK)
    for shift in range(len(there)):
        for number in range(len(people)):
            for load in range(len(demand)):
                if not feasible[shift, number, load]:
                    continue
                before = chance[shift, number, load]
                for week in range(demand.shape[1]):
                    _lay_out(backlog, demand[load, week], there[shift], people[number])
                    held = _mean_delay(backlog / people[number] + before, demand[load, week], worked[shift])
                    found[shift, number, load, week] = max(held - step_hours, 0.0)


@inner
def _lay_out(backlog: Floats, demand: Floats, there: Floats, people: float) -> None:
    """Work that lies there at the beginning of each hour: the first week fills the queue, the second counts."""
    left = 0.0
    for hour in range(2 * HOURS_OF_WEEK):
        at = hour % HOURS_OF_WEEK
        backlog[at] = left
        left = max(left + demand[at] - people * there[at], 0.0)


@inner
def _mean_delay(ahead: Floats, demand: Floats, worked: Floats) -> float:
    """Hours until what is `ahead` of the work that comes in each hour is done by one person, on average."""
    total, held, at, last = 0.0, 0.0, 0, len(worked) - 1
    for hour in range(HOURS_OF_WEEK):
        if demand[hour] == 0.0:
            continue
        target = min(worked[hour] + ahead[hour], worked[last])
        while at < last and worked[at] < target - _EQUAL:  # what comes later is done later
            at += 1
        before = max(at - 1, 0)
        gained = worked[at] - worked[before]
        part = (target - worked[before]) / gained if gained > 0.0 else 1.0
        held += demand[hour] * (before + part - hour)
        total += demand[hour]
    return held / total if total > 0.0 else 0.0
