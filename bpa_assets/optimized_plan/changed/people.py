"""Other people in a simulation model: how many of a role, when they work, and who does an activity."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bpa_assets.optimized_plan.changed.named import activity_codes, role_code
from bpa_assets.optimized_plan.plan import Shifts
from bpa_assets.optimized_plan.process_simulation_model import (
    Flags,
    Floats,
    Ints,
    RaggedInts,
    SimulationModel,
    Workforce,
)


def ability(work: Workforce) -> Floats:
    """Return the weights of the candidates as a table, activities by resources; 0: may not do it."""
    table = np.zeros((len(work.candidates.starts) - 1, len(work.resources)))
    table[np.repeat(np.arange(len(table)), np.diff(work.candidates.starts)), work.candidates.values] = work.weights
    return table


def with_ability(work: Workforce, table: Floats) -> Workforce:
    """Return the workforce with these candidates; the weights of an activity are made to sum to 1."""
    activity, resource = np.nonzero(table > 0)
    weights = table[activity, resource] / table.sum(axis=1)[activity]
    starts = np.searchsorted(activity, np.arange(len(table) + 1))
    return replace(work, candidates=RaggedInts(starts.astype(np.int64), resource.astype(np.int64)), weights=weights)


def employed(work: Workforce) -> Flags:
    """Whether each resource may do anything at all."""
    found = np.zeros(len(work.resources), np.bool_)
    found[work.candidates.values] = True
    return found


def members(work: Workforce, role: str) -> Ints:
    """Return the resources of a role that may do anything."""
    return np.flatnonzero((work.role == role_code(work, role)) & employed(work))


def with_headcount(model: SimulationModel, role: str, number: int) -> SimulationModel:
    """Keep the `number` members of a role who have most work, or add newcomers "Role +1", "Role +2".

    What nobody else may do any more, all who are kept do. A newcomer may do what any member may, as often as they do on
    average and as fast as all who do it, at the hours of the member with most work. A role that nothing is left to do
    for (all of it is automated) stays without anybody.
    """
    mine = members(model.workforce, role)
    if number < 1:
        raise ValueError(f"a plan keeps at least one {role!r}, not {number}")
    if not len(mine):
        return model
    busiest_first = mine[np.lexsort((mine, -_work(model)[mine]))]
    if number <= len(mine):
        return _without(model, busiest_first[number:], busiest_first[:number])
    for place in range(number - len(mine)):
        model = _with_newcomer(model, f"{role} +{place + 1}", mine, int(busiest_first[0]))
    return model


def with_shifts(model: SimulationModel, role: str, shifts: Shifts) -> SimulationModel:
    """Let everybody of a role work at these hours; their days off stay."""
    work = model.workforce
    hours = work.hours.copy()
    hours[members(work, role)] = shifts.hours
    return replace(model, workforce=replace(work, hours=hours))


def with_reassigned(model: SimulationModel, pairs: Sequence[tuple[str, str]]) -> SimulationModel:
    """Let of each pair (activity, role) the role's members, and nobody else, do the activity.

    Those who did it so far do it as often as before, others as often as these on average.
    """
    work = model.workforce
    table = ability(work)
    for activity, role in pairs:
        mine = members(work, role)
        for code in activity_codes(model, activity):
            if not table[code].any():
                continue  # nobody is needed, as before
            own = table[code, mine]
            table[code] = 0.0
            table[code, mine] = np.where(own > 0, own, own[own > 0].mean() if (own > 0).any() else 1.0)
    return replace(model, workforce=with_ability(work, table))


def mean_work(model: SimulationModel) -> Floats:
    """Return the mean seconds that each activity takes, over all who do it."""
    traces, durations = model.traces, model.durations
    count = np.bincount(traces.activity, minlength=len(model.activities))
    seconds = np.bincount(traces.activity, traces.processing, len(model.activities)) / np.maximum(count, 1)
    for code in np.flatnonzero(durations.table[:, -1] >= 0).tolist():
        samples = durations.table[code, -1]
        first, last = durations.samples.starts[samples : samples + 2]
        seconds[code] = durations.samples.values[first:last].mean()
    return np.asarray(seconds)


def _work(model: SimulationModel) -> Floats:
    """How much of the work is each resource's, by how often they do what."""
    traces = model.traces
    weight = np.repeat(traces.weight, np.diff(traces.starts))
    times = np.bincount(traces.activity, weight, len(model.activities))
    return np.asarray((times * mean_work(model)) @ ability(model.workforce))


def _without(model: SimulationModel, gone: Ints, kept: Ints) -> SimulationModel:
    table = ability(model.workforce)
    done = table.any(axis=1)
    table[:, gone] = 0.0
    orphaned = np.flatnonzero(done & ~table.any(axis=1))
    table[np.ix_(orphaned, kept)] = 1.0
    return replace(model, workforce=with_ability(model.workforce, table))


def _with_newcomer(model: SimulationModel, name: str, like: Ints, busiest: int) -> SimulationModel:
    work, durations = model.workforce, model.durations
    able = ability(work)
    able = np.column_stack([able, able[:, like].mean(axis=1)])
    off = work.days_off.values[work.days_off.starts[busiest] : work.days_off.starts[busiest + 1]]
    staff = replace(
        work,
        resources=(*work.resources, name),
        role=np.append(work.role, work.role[busiest]),
        hours=np.vstack([work.hours, work.hours[busiest]]),
        days_off=RaggedInts(
            np.append(work.days_off.starts, work.days_off.starts[-1] + len(off)), np.append(work.days_off.values, off)
        ),
        capacity=np.append(work.capacity, work.capacity[busiest]),
    )
    table = durations.table
    return replace(
        model,
        workforce=with_ability(staff, able),
        durations=replace(durations, table=np.column_stack([table, table[:, -1]])),
    )
