"""The demand under which a plan must hold: the weeks it was searched on, more of them, and weeks it never saw.

A replication plays cases before and after those that count, so that these meet a process in full swing.
"""

from dataclasses import dataclass, replace

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Arrivals, Flags, Floats, Ragged, SimulationModel
from bpa_assets.optimized_plan.seconds import DAY, WEEK
from bpa_assets.optimized_plan.simulation.arriving_cases import ArrivingCases, drawn_cases, observed_cases

SEARCHED = 0.8
"""Share of the weeks that plans are searched on; the last ones are held out."""

LEAST_WEEKS = 5
"""Of fewer weeks none can be spared."""

WARM_UP = 0.95
"""Quantile of the observed cycle time after which a process that began empty is taken to be in full swing."""

LONGEST_WARM_UP = 0.5
"""Of the period: a process whose cases take longer than that is never in full swing in its own log either."""


@dataclass(frozen=True)
class Scenario:
    """A demand to be judged under: `demand` times the calibrated one, or the arrivals of the held-out weeks."""

    name: str
    demand: float = 1.0
    held_out: bool = False


CALIBRATION = Scenario("calibration")
MORE_DEMAND = Scenario("demand +10 %", demand=1.1)
HELD_OUT = Scenario("held-out weeks", held_out=True)


def held_out_from(model: SimulationModel) -> float | None:
    """Return when the held-out weeks begin, seconds since the origin; None where the log is too short for it."""
    day = model.arrivals.day
    weeks = (int(day[-1]) - int(day[0]) + 1) // 7 if len(day) else 0
    if weeks < LEAST_WEEKS:
        return None
    return float((int(day[0]) + 7 * int(SEARCHED * weeks)) * DAY)


def searched_part(model: SimulationModel) -> SimulationModel:
    """Return the model whose demand is that of the weeks that plans are searched on."""
    until = held_out_from(model)
    if until is None:
        return model
    arrivals = model.arrivals
    days = int(np.searchsorted(arrivals.day, until / DAY))
    last = arrivals.offsets.starts[days]
    offsets = Ragged(arrivals.offsets.starts[: days + 1], arrivals.offsets.values[:last])
    known = Arrivals(arrivals.day[:days], offsets, arrivals.trace[:last], arrivals.bandwidth_weeks, arrivals.keeps_mix)
    return replace(model, arrivals=known, end=until)


def warm_up(model: SimulationModel, cycle_times: Floats) -> float:
    """Return the seconds of arrivals played before those that count, and again after them: whole weeks."""
    usual = float(np.quantile(cycle_times, WARM_UP)) if len(cycle_times) else 0.0
    longest = LONGEST_WARM_UP * (model.end - model.start)
    return float(np.ceil(min(usual, longest) / WEEK) * WEEK)


def arriving(model: SimulationModel, scenario: Scenario, seed: int, warm: float) -> tuple[ArrivingCases, Flags, float]:
    """Return the cases of a replication, which of them count, and the seconds in which they arrive."""
    if scenario.held_out:
        since = held_out_from(model)
        if since is None:
            raise ValueError("the log is too short for held-out weeks")
        begins = max(since - warm, model.start)
        cases = observed_cases(model, seed)
        played = cases.arrived >= begins
        cases = ArrivingCases(cases.arrived[played], cases.trace[played], cases.key[played])
        until = float((model.arrivals.day[-1] + 1) * DAY)
        return cases, np.asarray(cases.arrived >= since), until - begins
    known = searched_part(model)
    begins, length = known.start + warm, known.end - known.start
    cases = drawn_cases(known, seed, start=known.start, end=begins + length + warm, demand=scenario.demand)
    counted = (cases.arrived >= begins) & (cases.arrived < begins + length)
    return cases, np.asarray(counted), length + 2 * warm
