"""Other ways to give out and take up work in a simulation model: the simple rules of the literature.

Shortest first and oldest first are who is next, SPT and FCFS of cases (R. Conway, W. Maxwell, L. Miller, *Theory of
Scheduling*, 1967); the others say who takes a step. How work is given out today is calibrated, not chosen here.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bpa_assets.optimized_plan.changed.cost import Costs
from bpa_assets.optimized_plan.changed.people import ability, mean_work, with_ability
from bpa_assets.optimized_plan.process_simulation_model import Floats, SimulationModel

HOUR = 3600.0


def with_dispatch(model: SimulationModel, rule: str, costs: Costs) -> SimulationModel:
    """Return the model under one of DISPATCH_RULES."""
    return _RULES[rule](model, costs)


def _earliest_available(model: SimulationModel, costs: Costs) -> SimulationModel:
    policy = replace(model.policy, observed_share=0.0, same_resource_share=0.0, frequency_share=0.0)
    return replace(model, policy=policy)


def _random(model: SimulationModel, costs: Costs) -> SimulationModel:
    """Anybody who may, as likely as anybody else, free or not."""
    policy = replace(model.policy, observed_share=0.0, same_resource_share=0.0, frequency_share=1.0)
    alike = (ability(model.workforce) > 0).astype(np.float64)
    return replace(model, policy=policy, workforce=with_ability(model.workforce, alike))


def _shortest_first(model: SimulationModel, costs: Costs) -> SimulationModel:
    """Of what waits for somebody, the activity that takes least on average; of these what has waited longest."""
    longest_first = np.unique(-mean_work(model), return_inverse=True)[1]
    policy = replace(model.policy, activity_priority=longest_first.astype(np.int64))
    return replace(model, policy=policy)


def _oldest_first(model: SimulationModel, costs: Costs) -> SimulationModel:
    """Of what waits for somebody, a step of the case that arrived first."""
    return replace(model, policy=replace(model.policy, oldest_case_first=True))


def _preferring(patience: float, cost: Callable[[SimulationModel, Costs], Floats]) -> "Rule":
    """Who costs least, of those who can start within `patience` seconds of who can start first."""

    def preferred(model: SimulationModel, costs: Costs) -> SimulationModel:
        model = _earliest_available(model, costs)
        work = model.workforce
        activity = np.repeat(np.arange(len(model.activities)), np.diff(work.candidates.starts))
        chosen = cost(model, costs)[activity, work.candidates.values]
        return replace(model, policy=replace(model.policy, patience=patience, choice_cost=chosen))

    return preferred


def _seconds(model: SimulationModel, costs: Costs) -> Floats:
    """Mean seconds of each activity (rows) by resource."""
    table, samples = model.durations.table[:, :-1], model.durations.samples
    means = np.array([values.mean() for values in np.split(samples.values, samples.starts[1:-1])] + [np.nan])
    return np.asarray(np.where(table >= 0, means[table], mean_work(model)[:, None]))


def _price(model: SimulationModel, costs: Costs) -> Floats:
    return _seconds(model, costs) * costs.hourly(model.workforce)


Rule = Callable[[SimulationModel, Costs], SimulationModel]

_PATIENCE = {"at once": 0.0, "within 1 h": HOUR, "within 4 h": 4 * HOUR, "within 24 h": 24 * HOUR}
_RULES: dict[str, Rule] = {
    "earliest available": _earliest_available,
    "random": _random,
    "shortest first": _shortest_first,
    "oldest case first": _oldest_first,
    **{f"least cost {name}": _preferring(seconds, _price) for name, seconds in _PATIENCE.items()},
    **{f"fastest {name}": _preferring(seconds, _seconds) for name, seconds in _PATIENCE.items()},
}
DISPATCH_RULES = tuple(_RULES)
