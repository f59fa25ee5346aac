"""Other ways to give out and take up work in a simulation model: the simple rules of the literature.

Shortest first (SPT) and oldest case first say who is next (R. Conway, W. Maxwell, L. Miller, *Theory of Scheduling*,
1967); the others who takes a step. How work is given out today is calibrated, not chosen here.
"""

from dataclasses import replace

import numpy as np

from bpa_assets.optimized_plan.changed.cost import Costs
from bpa_assets.optimized_plan.changed.people import ability, mean_work, with_ability
from bpa_assets.optimized_plan.changed.steps import lists_of
from bpa_assets.optimized_plan.process_simulation_model import Floats, SimulationModel
from bpa_assets.optimized_plan.seconds import HOUR


def with_dispatch(model: SimulationModel, rule: str, costs: Costs) -> SimulationModel:
    """Return the model under one of DISPATCH_RULES; raise KeyError for another name."""
    if rule in _PREFERRED:
        patience, by_price = _PREFERRED[rule]
        return _preferring(model, patience, mean_seconds(model) * (costs.hourly(model.workforce) if by_price else 1.0))
    return _RULES[rule](model)


def mean_seconds(model: SimulationModel) -> Floats:
    """Return the mean seconds of work of each activity (rows) by resource."""
    table = model.durations.table[:, :-1]
    means = np.array([*(values.mean() for values in lists_of(model.durations.samples)), np.nan])  # -1: the last
    return np.asarray(np.where(table >= 0, means[table], mean_work(model)[:, None]))


def _earliest_available(model: SimulationModel) -> SimulationModel:
    policy = replace(model.policy, observed_share=0.0, same_resource_share=0.0, frequency_share=0.0)
    return replace(model, policy=policy)


def _random(model: SimulationModel) -> SimulationModel:
    """Anybody who may, as likely as anybody else, free or not."""
    policy = replace(model.policy, observed_share=0.0, same_resource_share=0.0, frequency_share=1.0)
    alike = (ability(model.workforce) > 0).astype(np.float64)
    return replace(model, policy=policy, workforce=with_ability(model.workforce, alike))


def _shortest_first(model: SimulationModel) -> SimulationModel:
    """Of what waits for somebody, the activity that takes least on average; of these what has waited longest."""
    longest_first = np.unique(-mean_work(model), return_inverse=True)[1]
    policy = replace(model.policy, activity_priority=longest_first.astype(np.int64), oldest_case_first=False)
    no_case_first = replace(model.traces, priority=np.zeros_like(model.traces.priority))
    return replace(model, policy=policy, traces=no_case_first)


def _oldest_case_first(model: SimulationModel) -> SimulationModel:
    """Of what waits for somebody, a step of the case that arrived first."""
    return replace(model, policy=replace(model.policy, oldest_case_first=True))


def _preferring(model: SimulationModel, patience: float, cost: Floats) -> SimulationModel:
    """Whoever has least `cost` (by activity and resource) of those who can start within `patience` of the first."""
    model, work = _earliest_available(model), model.workforce
    activity = np.repeat(np.arange(len(model.activities)), np.diff(work.candidates.starts))
    chosen = cost[activity, work.candidates.values]
    return replace(model, policy=replace(model.policy, patience=patience, choice_cost=chosen))


_RULES = {
    "earliest available": _earliest_available,
    "random": _random,
    "shortest first": _shortest_first,
    "oldest case first": _oldest_case_first,
}
_PATIENCE = {
    "at once": 0.0,
    "within 15 min": HOUR / 4,
    "within 30 min": HOUR / 2,
    "within 1 h": HOUR,
    "within 4 h": 4 * HOUR,
    "within 24 h": 24 * HOUR,
}
_PREFERRED = {
    f"{whom} {soon}": (seconds, whom == "least cost")
    for whom in ("least cost", "fastest")
    for soon, seconds in _PATIENCE.items()
}
DISPATCH_RULES = (*_RULES, *_PREFERRED)

_IN_WORDS = {
    "earliest available": "to whoever is free first",
    "random": "to anybody who may do it",
    "shortest first": "the shortest work first",
    "oldest case first": "the oldest case first",
}


def rule_in_words(rule: str) -> str:
    """Return how waiting work is given out by a rule, for people."""
    if rule not in _PREFERRED:
        return _IN_WORDS[rule]
    seconds, by_cost = _PREFERRED[rule]
    who = "cheapest" if by_cost else "fastest"
    if not seconds:
        return f"to the {who} of those who are free first"
    patience = f"{seconds / HOUR:.0f} h" if seconds >= HOUR else f"{60 * seconds / HOUR:.0f} min"
    return f"to the {who} of those who are free at most {patience} later than the first"
