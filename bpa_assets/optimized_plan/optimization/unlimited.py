"""The process with as many people as it takes: what no plan can go below, and what a change of its steps does alone.

Everybody of a role works at all hours that its limits allow, without days off, any number of steps at once; of an
activity only who does it fastest. The same cases take the same steps, so the mean cycle time is a lower bound; for the
cost see `least_cost`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bpa_assets.optimized_plan.acceptance.intervals import change_interval
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION
from bpa_assets.optimized_plan.changed.changed_process import changed
from bpa_assets.optimized_plan.changed.dispatch import mean_seconds
from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.changed.people import ability, members, with_ability
from bpa_assets.optimized_plan.optimization.candidates import Bounds
from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits
from bpa_assets.optimized_plan.optimization.least_cost import by_the_cheapest, least_cost
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.optimized_plan.process_simulation_model import RaggedInts, SimulationModel
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog, simulate
from bpa_assets.plan_settings import Eligible

REPLICATIONS = 8
_AT_ONCE = 200


def bounds(judge: Judge, limits: Sequence[RoleLimits]) -> Bounds:
    """Return what cost and mean cycle time cannot go below, with every eligible change carried out."""
    costs = judge.terms.costs
    able = _with_doers(judge.model, judge.terms.eligibility)
    fast = _with_every_change(judge, unlimited(able, limits))
    cheap = _with_every_change(judge, unlimited(by_the_cheapest(able, limits, costs), limits))
    before = judge.figures(AS_IS, CALIBRATION, REPLICATIONS)
    at_once = float(judge.model.workforce.capacity.max(initial=1))
    prepared, prepared_cheap, cycles, least = prepare(fast), prepare(cheap), [], []
    for number in range(REPLICATIONS):
        demand = judge.demand(CALIBRATION, number)
        cycles.append(_mean_cycle(simulate(prepared, demand.cases), demand.counted))
        log = simulate(prepared_cheap, demand.cases)
        least.append(least_cost(cheap, log, costs, at_once=at_once) / demand.weeks)
    paid = float(np.mean([one.cost for one in before]))
    return Bounds(
        cost_change=float(np.mean(least)) / paid - 1 if paid > 0 else 0.0,
        cycle_change=change_interval(np.array([one.mean_cycle for one in before]), np.array(cycles)),
    )


def cycle_hours(
    judge: Judge, limits: Sequence[RoleLimits], decisions: Decisions = AS_IS, *, delays: bool = True
) -> float:
    """Return the mean cycle time in hours with unlimited people, under decisions on steps; or even without delays."""
    model = changed(judge.model, decisions, judge.terms.eligibility, judge.terms.costs)
    model = model if delays else without_delays(model, model.activities)
    demand = judge.demand(CALIBRATION, 0)
    log = simulate(prepare(unlimited(model, limits)), demand.cases)
    return _mean_cycle(log, demand.counted) / 3600


def unlimited(model: SimulationModel, limits: Sequence[RoleLimits]) -> SimulationModel:
    """Return the model with as many people as it takes, at all hours that the limits or today's shifts allow."""
    work = model.workforce
    hours = work.hours.copy()
    for one in limits:
        mine = members(work, one.role)
        allowed = np.zeros((7, 24), np.bool_)
        allowed[list(one.days), one.begins : one.ends] = True
        hours[mine] = hours[mine].any(axis=0) | (allowed.ravel() & one.rests)
    table, seconds = ability(work), mean_seconds(model)
    fastest = np.where(table > 0, seconds, np.inf).argmin(axis=1)
    alone = np.zeros_like(table)
    done = table.any(axis=1)
    alone[np.flatnonzero(done), fastest[done]] = 1.0
    none = RaggedInts(np.zeros(len(work.resources) + 1, np.int64), np.zeros(0, np.int64))
    workforce = replace(work, hours=hours, days_off=none, capacity=np.full(len(work.resources), _AT_ONCE))
    policy = replace(model.policy, observed_share=0.0, same_resource_share=0.0, frequency_share=0.0)
    return replace(model, workforce=with_ability(workforce, alone), policy=policy)


def _with_every_change(judge: Judge, model: SimulationModel) -> SimulationModel:
    """Carry out all eligible changes of steps; of pairs that may be merged the second waits for nothing of its own."""
    eligibility = judge.terms.eligibility
    model = changed(model, _everything(model, eligibility), eligibility, judge.terms.costs)
    return without_delays(model, [name for name, how in eligibility.items() if how.merge_with])


def _with_doers(model: SimulationModel, eligibility: Mapping[str, Eligible]) -> SimulationModel:
    """Let the roles named in `by` do the activity, too."""
    table = ability(model.workforce)
    for activity, how in eligibility.items():
        for role in how.by:
            if activity in model.activities and role in model.workforce.roles:
                codes = [code for code in activity_codes(model, activity).tolist() if table[code].any()]
                table[np.ix_(codes, members(model.workforce, role))] = 1.0
    return replace(model, workforce=with_ability(model.workforce, table))


def _everything(model: SimulationModel, eligibility: Mapping[str, Eligible]) -> Decisions:
    there = {name: how for name, how in eligibility.items() if name in model.activities}
    return Decisions(
        automated=tuple(name for name, how in there.items() if how.automate is not None and not how.skip),
        skipped=tuple(name for name, how in there.items() if how.skip),
        parallel=tuple((how.parallel_to, name) for name, how in there.items() if how.parallel_to in model.activities),
    )


def without_delays(model: SimulationModel, activities: Sequence[str]) -> SimulationModel:
    """Return the model in which these activities are ready as soon as they are enabled."""
    codes = [code for code, name in enumerate(model.activities) if name in activities]
    gone = np.isin(model.traces.activity, codes)
    return replace(
        model,
        traces=replace(model.traces, delay=np.where(gone, 0.0, model.traces.delay)),
        durations=replace(model.durations, delay_table=np.where(gone, -1, model.durations.delay_table)),
    )


def _mean_cycle(log: SimulatedLog, counted: np.ndarray) -> float:
    return float((log.ended() - log.cases.arrived)[counted].mean())
