"""The outer calibration: the knobs at which the simulation reproduces the log best, found by simulating it.

What is asked of the log first (durations, calendars, delays) stays as it was found; here only the knobs are turned. A
free choice of people is preferred to one that follows the log, because only the former answers to a changed staff.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bpa_assets.optimized_plan.calibration.assembled import Assembled, assembled
from bpa_assets.optimized_plan.calibration.batch_rules import found_batches
from bpa_assets.optimized_plan.calibration.case_times import (
    GOOD_ENOUGH,
    CaseTimes,
    Fit,
    compared,
    observed_case_times,
    simulated_case_times,
)
from bpa_assets.optimized_plan.calibration.identification import identified
from bpa_assets.optimized_plan.calibration.knobs import Knobs, turned
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.calibration.work_order import found_order
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel

NO_WORSE = 0.02
"""Shape and cases under way may be so much farther from the log, or what chance does, where a rule more is obeyed."""

SEEDS, FEW_ROWS = (1, 2, 3, 4, 5, 6), 50_000
"""Of larger logs one simulation is sure enough."""

FREQUENCY_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
CAPACITY_SHARES = (1.0, 0.95, 0.8)
DELAY_SCALES = (0.85, 0.9, 0.95, 1.05, 1.1, 1.15)
OBSERVED_SHARES = (0.5, 1.0)


def fitted_model(reading: Reading, *, start: float, end: float) -> tuple[SimulationModel, Fit]:
    """The model with the best knobs over [start, end] (seconds since the origin), and how well it fits."""
    search = _Search(reading, start, end)
    best = _searched(search)
    if found_batches(reading, search.base(best.knobs).workforce.capacity):
        best = search.no_worse(replace(best.knobs, batched=True), best)
    if found_order(reading, search.assembled(best.knobs).in_order.ready).found:
        best = search.no_worse(replace(best.knobs, prioritized=True), best)
    base = search.assembled(best.knobs)
    model = turned(base.model, best.knobs)
    known = identified(reading, best.knobs, base.in_order)
    return replace(model, identified=known, parameters=base.found), best


def _searched(search: "_Search") -> Fit:
    """The best knobs where nothing is held for a batch and who came first is served first."""
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
    return best


@dataclass
class _Search:
    reading: Reading
    start: float
    end: float

    def __post_init__(self) -> None:
        self._bases: dict[Knobs, Assembled] = {}
        self._fits: dict[Knobs, Fit] = {}
        self._observed = observed_case_times(self.reading, self.start, self.end)

    def base(self, knobs: Knobs) -> SimulationModel:
        """The model of a capacity and of a kind of durations, all delays as seen."""
        return self.assembled(knobs).model

    def assembled(self, knobs: Knobs) -> Assembled:
        """The same, with what is known beside it."""
        plain = replace(knobs, observed_share=0.0, frequency_share=None, delay_scale=1.0)
        if plain not in self._bases:
            self._bases[plain] = assembled(self.reading, plain, start=self.start, end=self.end)
        return self._bases[plain]

    def no_worse(self, knobs: Knobs, plain: Fit) -> Fit:
        """Obey a rule more, unless that reproduces the log worse."""
        obeying = self.rescaled(self.fit(replace(knobs, delay_scale=1.0)))
        by_chance = max(NO_WORSE, plain.spread_mean)
        worse = (
            abs(obeying.mean) > max(abs(plain.mean), GOOD_ENOUGH)
            or abs(obeying.p90) > max(abs(plain.p90), GOOD_ENOUGH)
            or obeying.shape > plain.shape + by_chance
            or obeying.under_way > plain.under_way + by_chance
        )
        return plain if worse else obeying

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
        base = self.assembled(knobs)
        if knobs.frequency_share is None or not base.habits_told:
            return 0.0
        return abs(knobs.frequency_share - base.model.policy.frequency_share)

    def best(self, settings: Iterable[Knobs]) -> Fit:
        """The first of those with the least error."""
        return min((self.fit(knobs) for knobs in settings), key=lambda fit: fit.error)

    def rescaled(self, fit: Fit) -> Fit:
        """With the scale of the delays that fits best, if any are seen and it does not fit already."""
        if fit.good or not self.base(fit.knobs).traces.delay.any():
            return fit
        return self.best([fit.knobs, *(replace(fit.knobs, delay_scale=scale) for scale in DELAY_SCALES)])
