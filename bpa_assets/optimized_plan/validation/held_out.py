"""What a model tells of cases that it was not calibrated on: the protocol of the papers, and one without its bias.

**Public**: the log is parted where four fifths of its events have begun; cases that cross are left out, so the test
holds none that takes long to the end of the log, and the training none begun late. It is there to be compared with
published figures, and decides nothing.

**Held out**: the last fifth of the cases that arrived so early that 95 % can be seen to their end; the training is all
that was known when the first of them arrived, cases under way included as open.
"""

from dataclasses import dataclass, replace

import numpy as np

from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.calibration.censoring import weights_of_finished
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps
from bpa_assets.optimized_plan.process_simulation_model import Floats, SimulationModel
from bpa_assets.optimized_plan.seconds import DAY, HOUR
from bpa_assets.optimized_plan.simulation.arriving_cases import ArrivingCases, drawn_cases, observed_cases
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate
from bpa_assets.optimized_plan.validation.distances import log_distances, wasserstein
from bpa_assets.optimized_plan.validation.measures import (
    Measure,
    relative,
    weighted_mean,
    weighted_quantile,
)
from bpa_assets.optimized_plan.validation.reproduction import observed, replications
from bpa_assets.optimized_plan.validation.timed_steps import simulated_steps

TRAINING, SEEN, NOISE = 0.8, 0.95, 1.5
LEAST_CASES = 20
_REPLICATIONS, _RESAMPLES = 10, 50


@dataclass(frozen=True)
class Parted:
    """A log parted in two: cases to calibrate on, as known at `moment`, and cases to test with."""

    training: ObservedSteps
    test: ObservedSteps
    moment: float


def parted_publicly(steps: ObservedSteps) -> Parted | None:
    """Part a log as the papers do; None where one part has too few cases."""
    moment = np.sort(steps.start)[int(TRAINING * len(steps.start))]
    started, ended = observed(steps).started(), observed(steps).ended()
    training, test = ended < moment, started >= moment
    if min(training.sum(), test.sum()) < LEAST_CASES:
        return None
    return Parted(steps.of_cases(training), steps.of_cases(test), float(moment))


def parted_fairly(steps: ObservedSteps) -> Parted | None:
    """Part a log by arrival, so that the test holds long cases, too; None where one part has too few cases."""
    end = steps.end.max()
    lasted = np.where(steps.open_case, end, steps.finished) - steps.arrived
    weight = weights_of_finished(lasted, steps.open_case)
    last = end - weighted_quantile(lasted, weight, SEEN)
    arrivals = np.sort(steps.arrived[steps.arrived <= last])
    if (1 - TRAINING) * len(arrivals) < LEAST_CASES:
        return None
    moment = float(arrivals[int(TRAINING * len(arrivals))])
    training = _known_at(steps, moment)
    if min(len(training.open_case), int((steps.arrived < moment).sum())) < LEAST_CASES:
        return None  # nearly all arrived at once
    return Parted(training, steps.of_cases((steps.arrived >= moment) & (steps.arrived <= last)), moment)


def public_distances(steps: ObservedSteps, *, seed: int) -> list[Measure]:
    """Return the five distances of the papers, each the mean of ten simulations of as many cases as the test has.

    And again of those simulated cases that are done by the end of the log, as all of the test are: the bias shown.
    """
    parts = parted_publicly(steps)
    if parts is None:
        return []
    model, test = calibrated(parts.training).model, observed(parts.test)
    prepared, start, end = prepare(model), float(test.start.min()), float(steps.end.max())
    found: list[dict[str, float]] = []
    for number in range(_REPLICATIONS):
        cases = _so_many(model, seed + number, start, len(test.first))
        until = drawn_cases(model, seed + number, start=start, end=end)
        if cases is None or not len(until.trace):
            return []
        of_so_many, in_window = (simulated_steps(simulate(prepared, some)) for some in (cases, until))
        in_window = in_window.of_cases(in_window.ended() <= end)
        seen = log_distances(test, in_window) if len(in_window.case) else {}
        found.append(
            log_distances(test, of_so_many) | {f"{name}_of_cases_done_by_its_end": seen[name] for name in seen}
        )
    names = [name for name in found[0] if all(name in one for one in found)]
    return [Measure(f"public_{name}", float(np.mean([one[name] for one in found]))) for name in names]


def held_out_measures(steps: ObservedSteps, *, seed: int) -> list[Measure]:
    """Compare cycle times of held-out cases with simulated ones, and with earlier ones: drift.

    The noise is what two samples of so many cases differ by chance. None of a log that is too short for it.
    """
    parts = parted_fairly(steps)
    if parts is None:
        return []
    model = calibrated(parts.training).model
    prepared = prepare(model)
    real, finished = observed(parts.test).cycle_times(), ~parts.test.open_case
    last = float(parts.test.arrived.max())
    lasted = []
    for number in range(replications(len(steps.open_case))):
        before = observed_cases(model, seed + number)
        after = drawn_cases(model, seed + number, start=parts.moment, end=last + 1.0)
        cases = _joined(before, after, parts.moment)
        log = simulate(prepared, cases)
        lasted.append((log.ended() - log.started())[cases.arrived >= parts.moment])
    simulated = np.concatenate(lasted)
    if not finished.any() or not len(simulated):
        return []
    earlier = observed(steps).cycle_times()[(steps.arrived < parts.moment) & ~steps.open_case]
    noise = _noise(real[finished], seed)
    distance, drift = hours_apart(real[finished], simulated), hours_apart(real[finished], earlier)
    weight = weights_of_finished(np.where(finished, real, steps.end.max() - parts.test.arrived), ~finished)
    return [
        relative("held_out_mean_cycle_seconds", weighted_mean(real, weight), float(simulated.mean()), None),
        Measure("held_out_hours", distance, passed=distance <= NOISE * noise),
        Measure("held_out_hours_by_chance", noise),
        Measure("drift_hours", drift, passed=drift <= NOISE * noise),
    ]


def _known_at(steps: ObservedSteps, moment: float) -> ObservedSteps:
    """A log as it was at a moment: what had ended; cases that went on are open."""
    rows = steps.end <= moment
    goes_on = np.zeros(len(steps.open_case), np.bool_)
    goes_on[steps.case[~rows]] = True
    cases = np.unique(steps.case[rows])
    place = np.cumsum(rows) - 1
    pairs = rows[steps.before] & rows[steps.after]
    columns = ("activity", "resource", "team", "start", "end", "enabled", "timed")
    return replace(
        steps,
        **{name: getattr(steps, name)[rows] for name in columns},
        case=np.searchsorted(cases, steps.case[rows]),
        before=place[steps.before[pairs]],
        after=place[steps.after[pairs]],
        open_case=(steps.open_case | goes_on)[cases],
    )


def _so_many(model: SimulationModel, seed: int, start: float, wanted: int) -> ArrivingCases | None:
    """Cases from a moment on until there are enough; None where none arrive."""
    for weeks in (4, 4**2, 4**4, 4**6):
        cases = drawn_cases(model, seed, start=start, end=start + weeks * 7 * DAY)
        if len(cases.trace) >= wanted:
            return cases.first(wanted)
    return None


def _joined(before: ArrivingCases, after: ArrivingCases, moment: float) -> ArrivingCases:
    """Cases before a moment, then those from it on."""
    early = before.arrived < moment
    return ArrivingCases(
        np.concatenate([before.arrived[early], after.arrived]),
        np.concatenate([before.trace[early], after.trace]),
        np.concatenate([before.key[early], after.key]),
    )


def hours_apart(ours: Floats, theirs: Floats) -> float:
    """How far durations (seconds) have to be moved to become the others, in hours: CTDD without its bins."""
    return wasserstein(ours, theirs) / HOUR


def _noise(durations: Floats, seed: int) -> float:
    """How far a sample of so many is from another of the same distribution, on average."""
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(durations, (2, len(durations))) for _ in range(_RESAMPLES)]
    return float(np.mean([hours_apart(one, other) for one, other in drawn]))
