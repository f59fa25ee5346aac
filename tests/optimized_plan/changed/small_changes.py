"""A process of two clerks and a boss, small enough to be worked out by hand, and what it does under decisions."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bpa_assets.event_log.event_table import Rates
from bpa_assets.optimized_plan.changed.changed_process import changed
from bpa_assets.optimized_plan.changed.cost import Costs
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog, simulate
from bpa_assets.plan_settings import Automate, Eligible
from tests.optimized_plan.small_models import ALWAYS, model

HOUR = 3600.0
ELIGIBILITY = {"Check": Eligible(automate=Automate(effort=0.5, per_case=2.0, per_week=10.0)), "Send": Eligible()}
COSTS = Costs(Rates({"Clerk": 20.0, "Boss": 50.0}))

Step = dict[str, object]


def office(
    *cases: list[Step], hours: tuple[frozenset[int], ...] = (ALWAYS, ALWAYS, ALWAYS), **others: object
) -> SimulationModel:
    """Check (Ann two of three times, else Bob: both clerks), Approve (Zoe, the boss), Send (Bob)."""
    of = model(
        list(cases) or [[step("Check"), step("Approve"), step("Send")]],
        candidates=[{0: 2 / 3, 1: 1 / 3}, {2: 1.0}, {1: 1.0}],
        hours=hours,
        **others,  # type: ignore[arg-type]
    )
    work = replace(of.workforce, resources=("Ann", "Bob", "Zoe"), roles=("Clerk", "Boss"), role=np.array([0, 0, 1]))
    return replace(of, activities=("Check", "Approve", "Send"), workforce=work)


def step(activity: str, hours: float = 1.0, **others: object) -> Step:
    """A step of so many hours of work."""
    return {"activity": ("Check", "Approve", "Send").index(activity), "processing": hours * HOUR, **others}


def under(
    of: SimulationModel,
    decisions: Decisions,
    eligibility: Mapping[str, Eligible] = ELIGIBILITY,
    costs: Costs = COSTS,
) -> SimulationModel:
    """The process under these decisions."""
    return changed(of, decisions, eligibility, costs)


def played(of: SimulationModel, seed: int = 1) -> SimulatedLog:
    """The cases of the week, simulated."""
    return simulate(prepare(of), observed_cases(of, seed))


def times(log: SimulatedLog, column: str) -> list[float]:
    """A column of the rows in hours."""
    return [round(float(value) / HOUR, 6) for value in log.rows[column]]
