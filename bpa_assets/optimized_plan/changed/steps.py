"""Steps of a simulation model that need less work or none: automated, or left out.

A step that falls away keeps its place with nothing to do, so that the draws of all others stay theirs. Steps that run
at the start of the simulated period (`fixed`) go on as they were.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from bpa_assets.optimized_plan.calibration.durations import ragged
from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.changed.people import ability, with_ability
from bpa_assets.optimized_plan.process_simulation_model import Durations, Flags, Floats, Ragged, SimulationModel


def automated(model: SimulationModel, activity: str, effort: float) -> SimulationModel:
    """Leave a share `effort` of an activity's work to people; 0: nobody is needed and it is done at once.

    What the step waits for before it is ready (its extraneous delay) stays.
    """
    for code in activity_codes(model, activity).tolist():
        if effort == 0:
            model = _workless(model, code)
            continue
        traces = model.traces
        work = np.where(_steps_of(model, code), traces.processing * effort, traces.processing)
        model = replace(
            model,
            traces=replace(traces, processing=work),
            durations=_scaled(model.durations, code, effort),
        )
    return model


def skipped(model: SimulationModel, activity: str) -> SimulationModel:
    """Leave an activity out: no work, no delay, nobody."""
    for code in activity_codes(model, activity).tolist():
        mine = _steps_of(model, code)
        model = _workless(model, code)
        model = replace(
            model,
            traces=replace(model.traces, delay=np.where(mine, 0.0, model.traces.delay)),
            durations=replace(model.durations, delay_table=np.where(mine, -1, model.durations.delay_table)),
        )
    return model


def lists_of(samples: Ragged) -> list[Floats]:
    """Return the lists one by one."""
    return [samples.values[low:high] for low, high in pairwise(samples.starts.tolist())]


def _steps_of(model: SimulationModel, code: int) -> Flags:
    return np.asarray((model.traces.activity == code) & ~model.traces.fixed)


def _workless(model: SimulationModel, code: int) -> SimulationModel:
    """An activity that needs nobody and takes no time."""
    able, table, sizes = ability(model.workforce), model.durations.table.copy(), model.policy.batch_size.copy()
    able[code], table[code], sizes[code] = 0.0, -1, 1
    mine = _steps_of(model, code)
    return replace(
        model,
        workforce=with_ability(model.workforce, able),
        traces=replace(model.traces, processing=np.where(mine, 0.0, model.traces.processing)),
        durations=replace(model.durations, table=table),
        policy=replace(model.policy, batch_size=sizes),
    )


def _scaled(durations: Durations, code: int, factor: float) -> Durations:
    """The durations of an activity times a factor, in lists of their own."""
    lists, row = lists_of(durations.samples), durations.table[code]
    table = durations.table.copy()
    for samples in np.unique(row[row >= 0]).tolist():
        table[code, row == samples] = len(lists)
        lists.append(lists[samples] * factor)
    return replace(durations, table=table, samples=ragged(lists))
