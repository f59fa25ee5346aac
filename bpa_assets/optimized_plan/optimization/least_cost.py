"""What the work of a process costs at least: every step by whoever does its activity for least.

For a lower bound everybody counts whom a plan could let do it: the members of a role of which anybody may do it (those
who are kept do what nobody else is left for), and a newcomer where a role may hire. How long somebody takes is what a
plan can count on, the mean; it cannot know which step will be short.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bpa_assets.optimized_plan.changed.cost import Costs, worked_hours
from bpa_assets.optimized_plan.changed.dispatch import mean_seconds
from bpa_assets.optimized_plan.changed.people import ability, members, with_ability, with_headcount
from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits
from bpa_assets.optimized_plan.process_simulation_model import Flags, SimulationModel
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog


def by_the_cheapest(model: SimulationModel, limits: Sequence[RoleLimits], costs: Costs) -> SimulationModel:
    """Return the model in which only who does an activity for least, work × rate, may do it."""
    for one in limits:
        today = len(members(model.workforce, one.role))
        model = with_headcount(model, one.role, today + 1) if today and one.most > today else model
    could = _could_do(model)
    price = np.where(could, mean_seconds(model) * costs.hourly(model.workforce), np.inf)
    done = could.any(axis=1)
    alone = np.zeros(could.shape)
    alone[np.flatnonzero(done), price.argmin(axis=1)[done]] = 1.0
    policy = replace(model.policy, observed_share=0.0, same_resource_share=0.0, frequency_share=0.0)
    return replace(model, workforce=with_ability(model.workforce, alone), policy=policy)


def least_cost(model: SimulationModel, log: SimulatedLog, costs: Costs, *, at_once: float) -> float:
    """Return what the work of `log`, a simulation of `model`, costs at least.

    Paid by the hour, who does several steps at once (`at_once`: the most that anybody does) is paid once, and nobody
    has to be there for a step whose clock runs on.
    """
    if costs.basis == "worked":
        return _cost(model, log, costs)
    attended = ~model.durations.runs_on[log.activity]
    return _cost(model, replace(log, activity=log.activity[attended], rows=log.rows[attended]), costs) / at_once


def _cost(model: SimulationModel, log: SimulatedLog, costs: Costs) -> float:
    return float(worked_hours(model, log) @ costs.hourly(model.workforce))


def _could_do(model: SimulationModel) -> Flags:
    """Whether a plan could let each resource (columns) do each activity: somebody of its role may."""
    work = model.workforce
    table = ability(work)
    found = np.zeros(table.shape, np.bool_)
    for role in work.roles:
        mine = members(work, role)
        found[:, mine] = np.any(table[:, mine] > 0, axis=1, keepdims=True)
    return found
