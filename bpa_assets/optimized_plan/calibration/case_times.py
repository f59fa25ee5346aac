"""How far a simulation is from the log in the cycle times of cases, and in how many of them are under way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.calibration.knobs import Knobs
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Floats, SimulationModel
from bpa_assets.optimized_plan.seconds import DAY
from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases, with_work_in_progress
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate

GOOD_ENOUGH = 0.05
"""Relative error of the mean and the p90 below which the delays are left as they were seen."""

GATE_MEAN, GATE_P90 = 0.10, 0.15
"""Within these errors people choose freely; beyond, more and more follows the log."""

DEPARTURE = 0.4
"""Error that a share of choices by habit must save for each 1 by which it departs from what the choices seen tell."""

CHANCE, CHANCE_MEAN, CHANCE_P90 = 3.0, 0.25, 0.5
"""Standard deviations between runs, and relative errors at most, that are put down to chance: a queue near its limit
differs from itself by more than a gate allows, and then the log is one draw of many."""


@dataclass(frozen=True)
class CaseTimes:
    """Of cases: when their first step started and their last one ended (seconds), and how much each counts."""

    started: Floats
    ended: Floats
    weight: Floats


@dataclass(frozen=True)
class Fit:
    """How far a setting of the knobs is from the log, each relative to the log.

    `under_way`: cases, day by day; `shape`: distance (Wasserstein) of the cycle times over their mean; `departure`: of
    the share of choices by habit from the one that the choices seen tell; `spread_`: standard deviation between runs.
    """

    knobs: Knobs
    mean: float
    p90: float
    under_way: float
    shape: float
    departure: float = 0.0
    spread_mean: float = 0.0
    spread_p90: float = 0.0

    @property
    def error(self) -> float:
        """What is minimised; not the p90, which jumps where few cases last a night longer."""
        return abs(self.mean) + self.shape + self.under_way / 4 + DEPARTURE * self.departure

    @property
    def good(self) -> bool:
        """Whether the delays need no scale."""
        return max(abs(self.mean), abs(self.p90)) <= GOOD_ENOUGH

    @property
    def within_gate(self) -> bool:
        """Whether no freedom of choice needs to be given up."""
        mean = max(GATE_MEAN, min(CHANCE * self.spread_mean, CHANCE_MEAN))
        p90 = max(GATE_P90, min(CHANCE * self.spread_p90, CHANCE_P90))
        return abs(self.mean) <= mean and abs(self.p90) <= p90


def observed_case_times(reading: Reading, start: float, end: float) -> CaseTimes:
    """Of the cases that arrived in [start, end]; those not done count for nothing, their like for more."""
    steps = reading.steps
    inside = (steps.arrived >= start) & (steps.arrived <= end)
    started = np.minimum.reduceat(steps.start, steps.first)
    return CaseTimes(started[inside], steps.finished[inside], reading.weights[inside])


def simulated_case_times(model: SimulationModel, seed: int) -> CaseTimes:
    """Of the cases that arrive as they did in the model's period; what was under way at its start plays along.

    So does what was seen of those not done, which count for nothing, as they do in the log.
    """
    cases = with_work_in_progress(model, observed_cases(model, seed, unfinished_too=True), seed)
    played = simulate(prepare(model), cases)
    new = ~np.isin(cases.trace, model.in_progress)
    return CaseTimes(played.started()[new], played.ended()[new], model.traces.weight[cases.trace][new])


def compared(knobs: Knobs, observed: CaseTimes, runs: Sequence[CaseTimes]) -> Fit:
    """How far simulated runs are from the log."""
    simulated = CaseTimes(*(np.concatenate(column) for column in zip(*map(_columns, runs), strict=True)))
    means, p90s, quantiles = zip(*(_cycle_times(times) for times in (observed, simulated)), strict=True)
    days = int(max(times.ended.max(initial=0.0) for times in (observed, simulated)) // DAY) + 1
    real, played = (_under_way(times, days, len(observed.started)) for times in (observed, simulated))
    by_run = np.array([_cycle_times(times)[:2] for times in runs])
    return Fit(
        knobs,
        _relative(means),
        _relative(p90s),
        under_way=float(np.abs(real - played).sum() / max(real.sum(), 1e-9)),
        shape=float(np.abs(quantiles[0] - quantiles[1]).mean() / max(means[0], 1e-9)),
        spread_mean=float(by_run[:, 0].std() / max(means[0], 1e-9)),
        spread_p90=float(by_run[:, 1].std() / max(p90s[0], 1e-9)),
    )


def _columns(times: CaseTimes) -> tuple[Floats, Floats, Floats]:
    return times.started, times.ended, times.weight


def _cycle_times(times: CaseTimes) -> tuple[float, float, Floats]:
    """Mean, p90 and percentiles (the middles) of the cycle time."""
    if not times.weight.any():
        return 0.0, 0.0, np.zeros(100)
    lasted = times.ended - times.started
    order = np.argsort(lasted, kind="stable")
    reached = np.cumsum(times.weight[order]) / times.weight.sum()
    at = np.searchsorted(reached, np.append(np.arange(0.005, 1, 0.01), 0.9))
    values = lasted[order][np.minimum(at, len(lasted) - 1)]
    return float((lasted * times.weight).sum() / times.weight.sum()), float(values[-1]), values[:-1]


def _under_way(times: CaseTimes, days: int, arrived: int) -> Floats:
    """Cases under way at noon of each day since the origin, scaled to as many as arrived."""
    noons: Floats = np.arange(days, dtype=np.float64) * DAY + DAY / 2
    begun, done = (_weighted_before(at, times.weight, noons) for at in (times.started, times.ended))
    return np.asarray((begun - done) * (arrived / max(float(times.weight.sum()), 1e-9)))


def _weighted_before(at: Floats, weight: Floats, moments: Floats) -> Floats:
    order = np.argsort(at, kind="stable")
    summed = np.append(0.0, np.cumsum(weight[order]))
    return np.asarray(summed[np.searchsorted(at[order], moments)])


def _relative(real_and_simulated: tuple[float, ...]) -> float:
    real, simulated = real_and_simulated
    return simulated / real - 1 if real > 0 else float(simulated > 0)
