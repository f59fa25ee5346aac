"""The outer calibration: the knobs at which the simulation reproduces the log best, found by simulating it.

What is asked of the log first (durations, calendars, delays) stays as it was found; here only the knobs are turned. A
free choice of people is preferred to one that follows the log, because only the former answers to a changed staff.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from bpa_assets.optimized_plan.calibration.assembled import assembled
from bpa_assets.optimized_plan.calibration.identification import identified
from bpa_assets.optimized_plan.calibration.knobs import Knobs, turned
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases, with_work_in_progress
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate

DAY = 86_400.0
GOOD_ENOUGH = 0.05
"""Relative error of the mean and the p90 below which the delays are left as they were seen."""

GATE_MEAN, GATE_P90 = 0.10, 0.15
"""Within these errors people choose freely; beyond, more and more follows the log."""

_SEED = 1

FREQUENCY_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
CAPACITY_SHARES = (1.0, 0.95, 0.8)
DELAY_SCALES = (0.85, 0.9, 0.95, 1.05, 1.1, 1.15)
OBSERVED_SHARES = (0.5, 1.0)


@dataclass(frozen=True)
class CaseTimes:
    """Of cases: when their first step started and their last one ended (seconds), and how much each counts."""

    started: Floats
    ended: Floats
    weight: Floats


@dataclass(frozen=True)
class Fit:
    """How far a setting of the knobs is from the log, each relative to the log; `under_way`: cases, day by day."""

    knobs: Knobs
    mean: float
    p90: float
    under_way: float

    @property
    def error(self) -> float:
        """What is minimised."""
        return abs(self.mean) + abs(self.p90) + self.under_way / 2  # the daily number varies by chance

    @property
    def good(self) -> bool:
        """Whether the delays need no scale."""
        return max(abs(self.mean), abs(self.p90)) <= GOOD_ENOUGH

    @property
    def within_gate(self) -> bool:
        """Whether no freedom of choice needs to be given up."""
        return abs(self.mean) <= GATE_MEAN and abs(self.p90) <= GATE_P90


def fitted_model(reading: Reading, *, start: float, end: float) -> tuple[SimulationModel, Fit]:
    """The model with the best knobs over [start, end] (seconds since the origin), and how well it fits."""
    search = _Search(reading, start, end)
    best = search.best(Knobs(frequency_share=share) for share in FREQUENCY_SHARES)
    if (search.base(best.knobs).workforce.capacity > 1).any():
        best = search.best(replace(best.knobs, capacity_share=share) for share in CAPACITY_SHARES)
    best = search.rescaled(best)
    if not best.within_gate:
        best = search.rescaled(search.best([best.knobs, replace(best.knobs, own_durations=True)]))
    free = best.knobs
    for share in OBSERVED_SHARES:
        if not best.within_gate:
            best = search.rescaled(search.best([best.knobs, replace(free, observed_share=share)]))
    model = turned(search.base(best.knobs), best.knobs)
    return replace(model, identified=identified(reading, best.knobs)), best


def observed_case_times(reading: Reading, start: float, end: float) -> CaseTimes:
    """Of the cases that arrived in [start, end]; those not done count for nothing, their like for more."""
    steps = reading.steps
    inside = (steps.arrived >= start) & (steps.arrived <= end)
    started = np.minimum.reduceat(steps.start, steps.first)
    return CaseTimes(started[inside], steps.finished[inside], reading.weights[inside])


def simulated_case_times(model: SimulationModel) -> CaseTimes:
    """Of the cases that arrive as they did in the model's period; what was under way at its start plays along.

    So does what was seen of those not done, which count for nothing, as they do in the log.
    """
    cases = with_work_in_progress(model, observed_cases(model, _SEED, unfinished_too=True), _SEED)
    played = simulate(prepare(model), cases)
    new = ~np.isin(cases.trace, model.in_progress)
    return CaseTimes(played.started()[new], played.ended()[new], model.traces.weight[cases.trace][new])


@dataclass
class _Search:
    reading: Reading
    start: float
    end: float

    def __post_init__(self) -> None:
        self._bases: dict[tuple[float, bool], SimulationModel] = {}
        self._fits: dict[Knobs, Fit] = {}
        self._observed = observed_case_times(self.reading, self.start, self.end)

    def base(self, knobs: Knobs) -> SimulationModel:
        """The model of a capacity and of a kind of durations, all delays as seen."""
        key = (knobs.capacity_share, knobs.own_durations)
        if key not in self._bases:
            plain = Knobs(capacity_share=knobs.capacity_share, own_durations=knobs.own_durations)
            self._bases[key] = assembled(self.reading, plain, start=self.start, end=self.end)
        return self._bases[key]

    def fit(self, knobs: Knobs) -> Fit:
        """Try a setting."""
        if knobs not in self._fits:
            found = simulated_case_times(turned(self.base(knobs), knobs))
            self._fits[knobs] = compared(knobs, self._observed, found)
        return self._fits[knobs]

    def best(self, settings: Iterable[Knobs]) -> Fit:
        """The first of those with the least error."""
        return min((self.fit(knobs) for knobs in settings), key=lambda fit: fit.error)

    def rescaled(self, fit: Fit) -> Fit:
        """With the scale of the delays that fits best, if any are seen and it does not fit already."""
        if fit.good or not self.base(fit.knobs).traces.delay.any():
            return fit
        return self.best([fit.knobs, *(replace(fit.knobs, delay_scale=scale) for scale in DELAY_SCALES)])


def compared(knobs: Knobs, observed: CaseTimes, simulated: CaseTimes) -> Fit:
    """How far a simulation is from the log."""
    means, p90s, under_way = zip(*(_measures(times) for times in (observed, simulated)), strict=True)
    days = max(map(len, under_way))
    curves = [np.pad(curve, (0, days - len(curve))) for curve in under_way]
    away = float(np.abs(curves[0] - curves[1]).sum() / max(curves[0].sum(), 1e-9))
    return Fit(knobs, _relative(means), _relative(p90s), away)


def _measures(times: CaseTimes) -> tuple[float, float, Floats]:
    """Mean and p90 of the cycle time, and by day since the origin how many cases were under way at noon."""
    if not times.weight.any():
        return 0.0, 0.0, np.zeros(1)
    lasted, done = times.ended - times.started, times.weight > 0
    order = np.argsort(lasted, kind="stable")
    reached = np.cumsum(times.weight[order])
    p90 = lasted[order][np.searchsorted(reached, 0.9 * reached[-1])]
    noons: Floats = np.arange(int(times.ended.max() // DAY) + 1, dtype=np.float64) * DAY + DAY / 2
    under_way = _weighted_before(times.started, times.weight, done, noons) - _weighted_before(
        times.ended, times.weight, done, noons
    )
    total = float(times.weight.sum())
    as_arrived = np.asarray(under_way * (len(lasted) / total))
    return float((lasted * times.weight).sum() / total), float(p90), as_arrived


def _weighted_before(at: Floats, weight: Floats, done: Flags, moments: Floats) -> Floats:
    order = np.argsort(at[done], kind="stable")
    summed = np.append(0.0, np.cumsum(weight[done][order]))
    return np.asarray(summed[np.searchsorted(at[done][order], moments)])


def _relative(real_and_simulated: tuple[float, ...]) -> float:
    real, simulated = real_and_simulated
    return simulated / real - 1 if real > 0 else float(simulated > 0)
