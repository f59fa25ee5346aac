"""The numbers of a simulation model, laid out as the engine reads them: records side by side, lists as from and to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints, Policy, SimulationModel
from bpa_assets.optimized_plan.simulation.work_clock import work_clocks

Records = NDArray[np.void]

STEP = np.dtype(
    [
        (name, np.int64)
        for name in ("activity", "resource", "predecessors", "after", "after_end", "delays", "delays_end")
    ]
    + [("processing", np.float64), ("delay", np.float64), ("fixed", np.int64)]
)
ACTIVITY = np.dtype(
    [
        (name, np.int64)
        for name in ("candidates", "candidates_end", "batch_size", "priority", "runs_on", "clock", "clock_end")
    ]
    + [("batch_seconds", np.float64), ("deadline", np.float64)]
    + [(name, np.int64) for name in ("held", "first_held", "last_held")]
)
RESOURCE = np.dtype(
    [(name, np.int64) for name in ("slots", "slots_end", "calendar", "queue")] + [("looks_at", np.float64)]
)
CANDIDATE = np.dtype(
    [(name, np.int64) for name in ("resource", "by_cost")]
    + [(name, np.float64) for name in ("share", "cumulative", "cost")]
)
PAIR = np.dtype([("samples", np.int64), ("samples_end", np.int64), ("may_do", np.int64)])


@dataclass(frozen=True)
class Prepared:
    """A model as the engine reads it.

    `steps` of all traces, with `after` … `after_end` in `successors` (indices within the trace), `delays` … in
    `samples` (the same number twice: its own delay). `activities` with their `candidates`, and the state of their batch
    and the moments of the week at which it is released, `clock` … in `samples`; `resources` with their slots, calendar
    and queue, at first empty. `pairs[a, r]` (last column: nobody): durations in `samples` (the same number twice: the
    template's own), and whether r may do a. `hours`, `days`: see `work_clock`. `shares` of the policy: observed, same
    resource, frequency; then its patience, below 0 where nobody is preferred.
    """

    trace_starts: Ints
    trace_priority: Ints
    steps: Records
    successors: Ints
    activities: Records
    resources: Records
    candidates: Records
    pairs: Records
    samples: Floats
    hours: Ints
    days: Floats
    shares: Floats
    prioritized: bool
    oldest_case_first: bool


def prepare(model: SimulationModel) -> Prepared:
    """Lay out a model for the engine; raise ValueError where a resource that is needed never works."""
    clocks = work_clocks(model.workforce)
    steps, successors = _steps(model)
    return Prepared(
        trace_starts=model.traces.starts,
        trace_priority=model.traces.priority,
        steps=steps,
        successors=successors,
        activities=_activities(model),
        resources=_resources(model, clocks.calendar),
        candidates=_candidates(model),
        pairs=_pairs(model),
        samples=np.concatenate(
            [model.durations.samples.values, model.durations.delays.values, model.policy.batch_clock.values]
        ),
        hours=clocks.hours,
        days=clocks.days,
        shares=_shares(model.policy),
        prioritized=bool(
            model.policy.oldest_case_first
            or np.ptp(np.append(model.policy.activity_priority, 0))
            or np.ptp(np.append(model.traces.priority, 0))
        ),
        oldest_case_first=model.policy.oldest_case_first,
    )


def _shares(policy: Policy) -> Floats:
    patience = policy.patience if len(policy.choice_cost) else -1.0
    return np.array([policy.observed_share, policy.same_resource_share, policy.frequency_share, patience])


def _steps(model: SimulationModel) -> tuple[Records, Ints]:
    traces, durations = model.traces, model.durations
    steps = np.zeros(len(traces.activity), STEP)
    for name in ("activity", "resource", "processing", "delay", "fixed"):
        steps[name] = getattr(traces, name)
    counts = np.diff(traces.predecessors.starts)
    steps["predecessors"] = counts
    step = np.repeat(np.arange(len(counts)), counts)
    base = np.repeat(traces.starts[:-1], np.diff(traces.starts))  # first step of the trace of a step
    source = base[step] + traces.predecessors.values
    order = np.lexsort((step, source))
    starts = np.searchsorted(source[order], np.arange(len(counts) + 1))
    steps["after"], steps["after_end"] = starts[:-1], starts[1:]
    drawn = (durations.delay_table >= 0) & ~traces.fixed
    behind = len(durations.samples.values)
    steps["delays"][drawn] = behind + durations.delays.starts[:-1][durations.delay_table[drawn]]
    steps["delays_end"][drawn] = behind + durations.delays.starts[1:][durations.delay_table[drawn]]
    return steps, (step - base[step])[order].astype(np.int64)


def _activities(model: SimulationModel) -> Records:
    activities = np.zeros(len(model.activities), ACTIVITY)
    starts = model.workforce.candidates.starts
    activities["candidates"], activities["candidates_end"] = starts[:-1], starts[1:]
    activities["batch_size"], activities["batch_seconds"] = model.policy.batch_size, model.policy.batch_seconds
    activities["priority"], activities["runs_on"] = model.policy.activity_priority, model.durations.runs_on
    clock = model.policy.batch_clock.starts
    if len(clock) > 1:
        behind = len(model.durations.samples.values) + len(model.durations.delays.values)
        activities["clock"], activities["clock_end"] = behind + clock[:-1], behind + clock[1:]
    activities["first_held"] = activities["last_held"] = -1
    activities["deadline"] = np.inf
    return activities


def _resources(model: SimulationModel, calendar: Ints) -> Records:
    resources = np.zeros(len(calendar), RESOURCE)
    slots = np.concatenate(([0], np.cumsum(model.workforce.capacity)))
    resources["slots"], resources["slots_end"], resources["calendar"] = slots[:-1], slots[1:], calendar
    resources["queue"], resources["looks_at"] = -1, np.inf
    return resources


def _candidates(model: SimulationModel) -> Records:
    """Make the weights of an activity's candidates shares, and sum them up to exactly 1; put them in order of cost."""
    work = model.workforce
    candidates = np.zeros(len(work.candidates.values), CANDIDATE)
    candidates["resource"] = work.candidates.values
    if len(model.policy.choice_cost):
        candidates["cost"] = model.policy.choice_cost
    for low, high in zip(work.candidates.starts[:-1], work.candidates.starts[1:], strict=True):
        if low < high:
            summed = np.cumsum(work.weights[low:high])
            candidates["share"][low:high] = work.weights[low:high] / summed[-1]
            candidates["cumulative"][low:high] = summed / summed[-1]
            candidates["by_cost"][low:high] = low + np.argsort(candidates["cost"][low:high], kind="stable")
    return candidates


def _pairs(model: SimulationModel) -> Records:
    work, durations = model.workforce, model.durations
    pairs = np.zeros(durations.table.shape, PAIR)
    drawn = durations.table >= 0
    pairs["samples"][drawn] = durations.samples.starts[:-1][durations.table[drawn]]
    pairs["samples_end"][drawn] = durations.samples.starts[1:][durations.table[drawn]]
    activity = np.repeat(np.arange(len(model.activities)), np.diff(work.candidates.starts))
    pairs["may_do"][activity, work.candidates.values] = 1
    return pairs
