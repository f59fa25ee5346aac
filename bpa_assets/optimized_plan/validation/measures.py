"""A figure of the simulation beside the log's, and what is summed up of one log or the other."""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, SimulationModel
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog
from bpa_assets.optimized_plan.simulation.work_clock import WorkClocks, worked_before
from bpa_assets.optimized_plan.validation.timed_steps import TimedSteps

GATE = ("mean_cycle_seconds", "p90_cycle_seconds", "work_in_progress", "utilization")
"""What has to be near the log; of a pool that is not, a plan may not speak."""


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


def waits_by_cause(log: SimulatedLog, clocks: WorkClocks) -> dict[str, float]:
    """Return the seconds waited by cause, as they would be told from a log: of rows with a resource.

    An extraneous delay goes on outside the hours of whoever then does the step; a log cannot tell that from a night.
    """
    rows = log.rows[log.rows["resource"] >= 0]
    resource = rows["resource"].astype(np.int64)
    worked = worked_before(clocks, resource, rows["enabled"] + rows["extraneous"])
    worked -= worked_before(clocks, resource, rows["enabled"])
    within = np.clip(worked, 0.0, rows["extraneous"])
    seconds = {reason: float(rows[reason].sum()) for reason in REASONS}
    seconds["unavailability"] += float((rows["extraneous"] - within).sum())
    return seconds | {"extraneous": float(within.sum())}


def inside(times: Floats, start: float, end: float) -> Flags:
    """Whether moments lie in [start, end]."""
    return np.asarray((times >= start) & (times <= end))
