"""The gate: whether the model, fed with the arrivals of its own period, does what the log did in it.

A model that fails may not carry a plan. The public protocol and the held-out cases are in `held_out`.
"""

from collections.abc import Mapping

import numpy as np

from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps
from bpa_assets.optimized_plan.process_simulation_model import Floats, SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import drawn_cases, observed_cases, with_work_in_progress
from bpa_assets.optimized_plan.simulation.prepared import Prepared, prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate
from bpa_assets.optimized_plan.simulation.work_clock import work_clocks
from bpa_assets.optimized_plan.validation.measures import (
    REASONS,
    Measure,
    available_seconds,
    busy_seconds,
    difference,
    inside,
    relative,
    waits_by_cause,
    weighted_mean,
    weighted_quantile,
    work_in_progress,
)
from bpa_assets.optimized_plan.validation.timed_steps import TimedSteps, simulated_steps, timed_steps

MEAN_LIMIT, P90_LIMIT, WIP_LIMIT, UTILIZATION_LIMIT = 0.10, 0.15, 0.10, 0.05

_CASES, _MOST, _LEAST = 20_000, 10, 3  # simulated cases, replications


def replications(cases: int) -> int:
    """How often a log of so many cases is simulated: more often where chance matters more."""
    return int(np.clip(_CASES // max(cases, 1), _LEAST, _MOST))


def observed(steps: ObservedSteps) -> TimedSteps:
    """Return the steps of the log."""
    return timed_steps(steps.case, steps.activity, steps.resource, steps.start, steps.end)


def reproduction(
    steps: ObservedSteps, model: SimulationModel, *, seed: int, causes: Mapping[str, float] | None = None
) -> list[Measure]:
    """Measure mean and p90 cycle time, work in progress and utilization; and shares of waiting causes, to be looked at.

    The cases of the period arrive as they did and take the steps they took; who does them, how long that takes and what
    they wait for is simulated. Cycle times are those of finished cases, by weight; what was done of the others keeps
    people busy on both sides. `causes`: seconds by cause as observed.
    """
    real = observed(steps)
    clocks = work_clocks(model.workforce)
    available = available_seconds(model, clocks)
    prepared = prepare(model)
    means, p90s, in_progress, drawn_means = [], [], [], []
    busy, weight = np.zeros(len(available)), model.traces.weight
    waited = dict.fromkeys(REASONS, 0.0)
    times = replications(len(steps.open_case))
    for number in range(times):
        cases = with_work_in_progress(model, observed_cases(model, seed + number, unfinished_too=True), seed + number)
        log = simulate(prepared, cases)
        lasted, counts = log.ended() - log.started(), weight[cases.trace]
        means.append(weighted_mean(lasted, counts))
        p90s.append(weighted_quantile(lasted, counts, 0.9))
        in_progress.append(work_in_progress(log.started(), log.ended(), model.start, model.end))
        busy += busy_seconds(simulated_steps(log), model, clocks) / times
        for reason, seconds in waits_by_cause(log, model, clocks).items():
            waited[reason] += seconds
        drawn_means.append(_drawn_mean(prepared, model, seed + number))
    mine = inside(steps.arrived, model.start, model.end)
    counts, lasted = weight[: len(mine)][mine], real.cycle_times()[mine]
    mean = weighted_mean(lasted, counts)
    return [
        relative("mean_cycle_seconds", mean, float(np.mean(means)), MEAN_LIMIT),
        relative("p90_cycle_seconds", weighted_quantile(lasted, counts, 0.9), float(np.mean(p90s)), P90_LIMIT),
        relative(
            "work_in_progress",
            work_in_progress(real.started(), real.ended(), model.start, model.end),
            float(np.mean(in_progress)),
            WIP_LIMIT,
        ),
        relative("mean_cycle_seconds_of_drawn_days", mean, float(np.mean(drawn_means)), None),
        *_utilization(model, busy_seconds(real, model, clocks), busy, available),
        *_causes(causes or {}, waited),
    ]


def _drawn_mean(prepared: Prepared, model: SimulationModel, seed: int) -> float:
    log = simulate(prepared, drawn_cases(model, seed, start=model.start, end=model.end))
    return float((log.ended() - log.started()).mean()) if len(log.rows) else 0.0


def _utilization(model: SimulationModel, real: Floats, simulated: Floats, available: Floats) -> list[Measure]:
    """Compare the busy share of the available time: of all to whom the simulation may give work, and by their role."""
    used = np.unique(model.workforce.candidates.values)
    pools = {
        f"utilization of {role}": model.workforce.role[used] == code for code, role in enumerate(model.workforce.roles)
    }
    found = []
    for name, mine in {"utilization": np.ones(len(used), np.bool_), **pools}.items():
        members = used[mine]
        hours = float(available[members].sum())
        if hours > 0:
            was, is_now = (float(busy[members].sum()) / hours for busy in (real, simulated))
            found.append(difference(name, was, is_now, UTILIZATION_LIMIT))
    return found


def _causes(real: Mapping[str, float], simulated: Mapping[str, float]) -> list[Measure]:
    """Compare the shares of the queue time, as far as its cause is known."""
    known, told = sum(real.get(reason, 0.0) for reason in REASONS), sum(simulated.values())
    if not known:
        return []
    return [
        difference(f"waiting by {reason}", real.get(reason, 0.0) / known, simulated[reason] / (told or 1.0), None)
        for reason in REASONS
    ]
