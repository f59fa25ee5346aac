"""Play a prepared model out with the cases that arrive, and hand back what happened, column by column."""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.simulation.arriving_cases import ArrivingCases
from bpa_assets.optimized_plan.simulation.draws import keys
from bpa_assets.optimized_plan.simulation.event_state import fresh
from bpa_assets.optimized_plan.simulation.prepared import Prepared, Records

_STEPS = 5  # what the key of a case is for


@dataclass(frozen=True)
class SimulatedLog:
    """What happened to cases: a row a step, those of a case together, from `first` on. Times and waits in seconds.

    `rows` (see `event_state`) has case, step, resource (-1: nobody was needed), enabled, ready, start, end. From
    `enabled` to `start` a row waits for its `extraneous` delay, then for its batch (`batching`), then for its resource:
    `contention` and `prioritization` while that is at work, `unavailability` outside its hours.
    """

    cases: ArrivingCases
    first: Ints  # [cases + 1]
    activity: Ints
    rows: Records

    def ended(self) -> Floats:
        """When each case was done."""
        return np.asarray(np.maximum.reduceat(self.rows["end"], self.first[:-1]) if len(self.rows) else np.empty(0))

    def cycle_and_waiting(self) -> tuple[Floats, Floats]:
        """Seconds of each case from its arrival to its end, and those in which nobody worked on it."""
        from bpa_assets.optimized_plan.simulation.compiled_cases import case_times  # compiles, or loads it

        ended, worked = np.empty(len(self.first) - 1), np.empty(len(self.first) - 1)
        case_times(self.rows, self.first, ended, worked)
        cycle = ended - self.cases.arrived
        return cycle, cycle - worked

    def started(self) -> Floats:
        """When the first step of each case was started."""
        return np.asarray(np.minimum.reduceat(self.rows["start"], self.first[:-1]) if len(self.rows) else np.empty(0))


def simulate(model: Prepared, cases: ArrivingCases) -> SimulatedLog:
    """Simulate until every case is done; every trace has at least one step. The same cases give the same bytes."""
    from bpa_assets.optimized_plan.simulation.compiled_engine import run  # compiles, or loads what was compiled

    steps = np.diff(model.trace_starts)[cases.trace]
    first = np.concatenate(([0], np.cumsum(steps))).astype(np.int64)
    case = np.repeat(np.arange(len(steps)), steps)
    step = np.arange(first[-1]) - np.repeat(first[:-1] - model.trace_starts[cases.trace], steps)
    state = fresh(model, case, step)
    activity = model.steps["activity"][step]
    priority = np.empty(0, np.int64)
    if model.prioritized:
        priority = model.trace_priority[cases.trace][case] + model.activities["priority"][activity]
        if model.oldest_case_first:
            priority = -case  # cases come by time of arrival
    run(
        *(model.steps, model.successors, model.candidates, model.pairs, model.samples, model.hours, model.days),
        *(model.shares, state.activities, state.resources, state.given, state.taken, state.rows, state.heap),
        *(state.starts, state.gaps, keys(_STEPS, cases.key.view(np.int64)), cases.arrived, first, priority),
    )
    return SimulatedLog(cases, first, activity, state.rows)
