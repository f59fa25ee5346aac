"""A figure of the simulation beside the log's, and what is summed up of one log or the other."""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, SimulationModel
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog
from bpa_assets.optimized_plan.simulation.work_clock import WorkClocks, worked_before
from bpa_assets.optimized_plan.validation.timed_steps import TimedSteps

GATE = ("mean_cycle_seconds", "p90_cycle_seconds", "work_in_progress", "utilization")
"""What has to be near the log; of a pool that is not, a plan may not speak."""


IN_WORDS = {
    "mean_cycle_seconds": "mean cycle time",
    "p90_cycle_seconds": "90th percentile of the cycle time",
    "work_in_progress": "work in progress",
    "utilization": "how busy people are",
}
"""What the gate measures, for people."""

REASONS = ("batching", "contention", "prioritization", "unavailability", "extraneous")


@dataclass(frozen=True)
class Measure:
    """`value`: how far apart; `passed` None: it is shown and decides nothing."""

    name: str
    value: float | None
    real: float | None = None
    simulated: float | None = None
    passed: bool | None = None


def relative(name: str, real: float, simulated: float, limit: float | None) -> Measure:
    """Compare by simulated / real - 1, which must be within ±limit; of nothing and nothing the difference is 0."""
    value = simulated / real - 1 if real > 0 else float(simulated > 0)
    return Measure(name, value, real, simulated, None if limit is None else abs(value) <= limit)


def difference(name: str, real: float, simulated: float, limit: float | None) -> Measure:
    """Compare by simulated - real, which must be within ±limit."""
    value = simulated - real
    return Measure(name, value, real, simulated, None if limit is None else abs(value) <= limit)


def weighted_mean(values: Floats, weight: Floats) -> float:
    """Return the mean; 0 where nothing counts."""
    return float((values * weight).sum() / weight.sum()) if weight.sum() > 0 else 0.0


def weighted_quantile(values: Floats, weight: Floats, share: float) -> float:
    """Return the least value that has at least a share of the weight up to it; 0 where nothing counts."""
    order = np.argsort(values, kind="stable")
    summed = np.cumsum(weight[order])
    if not len(summed) or summed[-1] <= 0:
        return 0.0
    return float(values[order][min(np.searchsorted(summed, share * summed[-1]), len(order) - 1)])


def work_in_progress(started: Floats, ended: Floats, start: float, end: float) -> float:
    """Return how many cases are under way in [start, end] on average over time."""
    inside = np.minimum(ended, end) - np.maximum(started, start)
    return float(np.maximum(inside, 0.0).sum() / (end - start)) if end > start else 0.0


def busy_seconds(log: TimedSteps, model: SimulationModel, clocks: WorkClocks) -> Floats:
    """Return the seconds that each resource is at work in the model's period, on what needs it.

    Of an activity whose clock runs on these are elapsed ones, else those of working hours.
    """
    needed = (np.diff(model.workforce.candidates.starts) > 0)[log.activity] & (log.resource >= 0)
    resource, activity = log.resource[needed], log.activity[needed]
    start, end = (np.clip(times[needed], model.start, model.end) for times in (log.start, log.end))
    worked = worked_before(clocks, resource, end) - worked_before(clocks, resource, start)
    seconds = np.where(model.durations.runs_on[activity], end - start, worked)
    return np.asarray(np.bincount(resource, seconds, len(model.workforce.resources)))


def available_seconds(model: SimulationModel, clocks: WorkClocks) -> Floats:
    """Return the working seconds of each resource in the model's period, times what it does at once."""
    everybody = np.arange(len(model.workforce.resources))
    worked = worked_before(clocks, everybody, np.full(len(everybody), model.end)) - worked_before(
        clocks, everybody, np.full(len(everybody), model.start)
    )
    return np.asarray(worked * model.workforce.capacity)


def waits_by_cause(log: SimulatedLog, model: SimulationModel, clocks: WorkClocks) -> dict[str, float]:
    """Return the seconds waited by cause, as they would be told from a log: of rows with a resource.

    An extraneous delay goes on outside the hours of whoever then does the step; a log cannot tell that from a night.
    What a batch is held for after its last member came, without a clock that releases it, is no batching there either.
    """
    done = log.rows["resource"] >= 0
    rows, resource = log.rows[done], log.rows["resource"][done].astype(np.int64)
    held_on = _held_on(log, model)[done]
    delayed, outside = 0.0, 0.0
    for since, lasted in (
        (rows["enabled"], rows["extraneous"]),
        (rows["enabled"] + rows["extraneous"] + rows["batching"] - held_on, held_on),
    ):
        worked = worked_before(clocks, resource, since + lasted) - worked_before(clocks, resource, since)
        within = np.clip(worked, 0.0, lasted)
        delayed += float(within.sum())
        outside += float((lasted - within).sum())
    seconds = {reason: float(rows[reason].sum()) for reason in REASONS}
    seconds["unavailability"] += outside
    seconds["batching"] -= float(held_on.sum())
    return seconds | {"extraneous": delayed}


def _held_on(log: SimulatedLog, model: SimulationModel) -> Floats:
    """By row the seconds that a batch was held on after its last member had come; none where a clock releases it."""
    held_on, starts = np.zeros(len(log.rows)), model.policy.batch_clock.starts
    by_clock = np.diff(starts) > 0 if len(starts) > 1 else np.zeros(len(model.activities), np.bool_)
    rows = np.flatnonzero((log.rows["batching"] > 0) & ~by_clock[log.activity])
    if len(rows):
        joined = log.rows["enabled"][rows] + log.rows["extraneous"][rows]
        released = log.rows["released"][rows]
        _, batch = np.unique(np.column_stack([log.activity[rows], released]), axis=0, return_inverse=True)
        complete = np.full(int(batch.max()) + 1, -np.inf)
        np.maximum.at(complete, batch, joined)
        held_on[rows] = np.minimum(released - complete[batch], log.rows["batching"][rows])
    return held_on


def inside(times: Floats, start: float, end: float) -> Flags:
    """Whether moments lie in [start, end]."""
    return np.asarray((times >= start) & (times <= end))
