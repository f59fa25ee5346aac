"""The outer calibration: the knobs at which the simulation reproduces the log best, found by simulating it.

What is asked of the log first (durations, calendars, delays) stays as it was found; here only the knobs are turned. A
free choice of people is preferred to one that follows the log, because only the former answers to a changed staff.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpa_assets.optimized_plan.calibration.assembled import assembled
from bpa_assets.optimized_plan.calibration.identification import identified
from bpa_assets.optimized_plan.calibration.knobs import Knobs, turned
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Floats, SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases, with_work_in_progress
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate

DAY = 86_400.0
GOOD_ENOUGH = 0.05
"""Relative error of the mean and the p90 below which the delays are left as they were seen."""

GATE_MEAN, GATE_P90 = 0.10, 0.15
"""Within these errors people choose freely; beyond, more and more follows the log."""

DEPARTURE = 0.4
"""Error that a share of choices by habit must save for each 1 by which it departs from what the choices seen tell."""

CHANCE, CHANCE_MEAN, CHANCE_P90 = 3.0, 0.25, 0.5
"""Standard deviations between runs, and relative errors at most, that are put down to chance: a queue near its limit
differs from itself by more than a gate allows, and then the log is one draw of many."""

SEEDS, FEW_ROWS = (1, 2, 3, 4, 5, 6), 50_000
"""Of larger logs one simulation is sure enough."""

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


def fitted_model(reading: Reading, *, start: float, end: float) -> tuple[SimulationModel, Fit]:
    """The model with the best knobs over [start, end] (seconds since the origin), and how well it fits."""
    search = _Search(reading, start, end)
    best = search.best(Knobs(frequency_share=share) for share in (None, *FREQUENCY_SHARES))
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
    ready = reading.steps.enabled + search.base(best.knobs).traces.delay[: len(reading.steps.case)]
    return replace(model, identified=identified(reading, best.knobs, ready)), best


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


@dataclass
class _Search:
    reading: Reading
    start: float
    end: float

    def __post_init__(self) -> None:
        self._bases: dict[tuple[float, bool], tuple[SimulationModel, bool]] = {}
        self._fits: dict[Knobs, Fit] = {}
        self._observed = observed_case_times(self.reading, self.start, self.end)

    def base(self, knobs: Knobs) -> SimulationModel:
        """The model of a capacity and of a kind of durations, all delays as seen."""
        return self._base(knobs)[0]

    def _base(self, knobs: Knobs) -> tuple[SimulationModel, bool]:
        key = (knobs.capacity_share, knobs.own_durations)
        if key not in self._bases:
            plain = Knobs(capacity_share=knobs.capacity_share, own_durations=knobs.own_durations)
            self._bases[key] = assembled(self.reading, plain, start=self.start, end=self.end)
        return self._bases[key]

    def fit(self, knobs: Knobs) -> Fit:
        """Try a setting."""
        if knobs not in self._fits:
            found = self._simulated(turned(self.base(knobs), knobs))
            self._fits[knobs] = replace(compared(knobs, self._observed, found), departure=self._departure(knobs))
        return self._fits[knobs]

    def _simulated(self, model: SimulationModel) -> list[CaseTimes]:
        seeds = SEEDS if len(self.reading.steps.case) <= FEW_ROWS else SEEDS[:1]
        return [simulated_case_times(model, seed) for seed in seeds]

    def _departure(self, knobs: Knobs) -> float:
        model, told = self._base(knobs)
        if knobs.frequency_share is None or not told:
            return 0.0
        return abs(knobs.frequency_share - model.policy.frequency_share)

    def best(self, settings: Iterable[Knobs]) -> Fit:
        """The first of those with the least error."""
        return min((self.fit(knobs) for knobs in settings), key=lambda fit: fit.error)

    def rescaled(self, fit: Fit) -> Fit:
        """With the scale of the delays that fits best, if any are seen and it does not fit already."""
        if fit.good or not self.base(fit.knobs).traces.delay.any():
            return fit
        return self.best([fit.knobs, *(replace(fit.knobs, delay_scale=scale) for scale in DELAY_SCALES)])


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
