"""Changes of a process by the names of its people and activities, for a true model and a calibrated one alike."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Ragged, SimulationModel
from tests.optimized_plan.true_processes import ragged_ints


def one_more(model: SimulationModel, like: str) -> SimulationModel:
    """A second person like this one."""
    work, durations = model.workforce, model.durations
    who, new = work.resources.index(like), len(work.resources)
    lists = _lists(work.candidates.starts, work.candidates.values.tolist())
    weights = _lists(work.candidates.starts, work.weights.tolist())
    for few, shares in zip(lists, weights, strict=True):
        if who in few:
            few.append(new)
            shares.append(shares[few.index(who)])
    off = _lists(work.days_off.starts, work.days_off.values.tolist())
    table = durations.table
    return replace(
        model,
        workforce=replace(
            work,
            resources=(*work.resources, f"{like} again"),
            role=np.append(work.role, work.role[who]),
            hours=np.vstack([work.hours, work.hours[who]]),
            days_off=ragged_ints([*off, off[who]]),
            capacity=np.append(work.capacity, work.capacity[who]),
            candidates=ragged_ints(lists),
            weights=np.array([share / sum(few) for few in weights for share in few]),
        ),
        durations=replace(durations, table=np.column_stack([table[:, :-1], table[:, who], table[:, -1]])),
    )


def hours(model: SimulationModel, names: Sequence[str], begins: int, ends: int) -> SimulationModel:
    """These people work from `begins` to `ends` o'clock on all days on which they work."""
    work = model.workforce
    changed = work.hours.reshape(-1, 7, 24).copy()
    for name in names:
        who = work.resources.index(name)
        days = changed[who].any(axis=1)
        changed[who] = False
        changed[who, days, begins:ends] = True
    return replace(model, workforce=replace(work, hours=changed.reshape(-1, 168)))


def faster(model: SimulationModel, activity: str, factor: float) -> SimulationModel:
    """An activity takes `factor` of its time."""
    code, durations = model.activities.index(activity), model.durations
    values = durations.samples.values.copy()
    starts = durations.samples.starts
    for table in np.unique(durations.table[code]).tolist():
        if table >= 0:
            values[starts[table] : starts[table + 1]] *= factor
    traces = model.traces
    processing = np.where(traces.activity == code, traces.processing * factor, traces.processing)
    return replace(
        model,
        durations=replace(durations, samples=Ragged(starts, values)),
        traces=replace(traces, processing=processing),
    )


def sooner(model: SimulationModel, activity: str, factor: float) -> SimulationModel:
    """The delays before an activity shrink to `factor`."""
    code, durations, traces = model.activities.index(activity), model.durations, model.traces
    values, starts = durations.delays.values.copy(), durations.delays.starts
    for table in np.unique(durations.delay_table[traces.activity == code]).tolist():
        if table >= 0:
            values[starts[table] : starts[table + 1]] *= factor
    delay = np.where(traces.activity == code, traces.delay * factor, traces.delay)
    return replace(
        model,
        durations=replace(durations, delays=Ragged(starts, values)),
        traces=replace(traces, delay=delay),
    )


def _lists(starts: np.ndarray, values: list[Any]) -> list[list[Any]]:
    return [values[first:last] for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)]
