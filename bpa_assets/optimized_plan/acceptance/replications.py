"""One replication: the cases that arrive in it, and the figures of what a simulation made of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.acceptance.promises import Promise, keeps
from bpa_assets.optimized_plan.acceptance.scenarios import Scenario, arriving
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, SimulationModel
from bpa_assets.optimized_plan.seconds import WEEK
from bpa_assets.optimized_plan.simulation.arriving_cases import ArrivingCases
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog


@dataclass(frozen=True)
class Figures:
    """What one replication tells of its counted cases: seconds, amount a week, share of the cases by promise."""

    cases: int
    mean_cycle: float
    p90_cycle: float
    mean_waiting: float
    cost: float
    kept: Floats


@dataclass(frozen=True)
class Demand:
    """The cases of a replication, which of them count, and the weeks in which they arrive."""

    cases: ArrivingCases
    counted: Flags
    weeks: float


def demand_of(model: SimulationModel, scenario: Scenario, seed: int, warm: float) -> Demand | None:
    """Draw the cases of a replication; None where none of them counts."""
    cases, counted, seconds = arriving(model, scenario, seed, warm)
    return Demand(cases, counted, seconds / WEEK) if counted.any() else None


def figures_of(
    log: SimulatedLog, model: SimulationModel, demand: Demand, promises: Sequence[Promise], cost: float
) -> Figures:
    """Sum up a replication of `model`; `cost` of a week of it."""
    counted = demand.counted
    cycle, waited = log.cycle_and_waiting()
    return Figures(
        cases=int(counted.sum()),
        mean_cycle=float(cycle[counted].mean()),
        p90_cycle=float(np.quantile(cycle[counted], 0.9)),
        mean_waiting=float(waited[counted].mean()),
        cost=cost,
        kept=np.array([keeps(one, log, model, cycle, waited)[counted].mean() for one in promises]),
    )
