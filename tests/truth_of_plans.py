"""Whether what is told of a whole plan is true: `python -m tests.truth_of_plans` searches plans and prints it.

Each true process writes a log; from that log alone a model is calibrated, plans are searched on it and judged. Then the
plan is carried out in the true process, and what that does to cost and cycle time is compared with what was told.
"""

from dataclasses import dataclass, replace
from typing import Any

from bpa_assets.optimized_plan.acceptance.judge import Judge
from bpa_assets.optimized_plan.acceptance.plan_search import search_plans
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.plan import Decisions, Effect
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.optimized_plan.validation.reproduction import reproduction
from bpa_assets.settings import ProcessConfig
from tests.optimized_plan.observed_logs import log_of
from tests.optimized_plan.true_processes import PROCESSES
from tests.truth_of_changes import played

SETTINGS: dict[str, dict[str, Any]] = {
    "bank": {"goals": {"cost_reduction": "0.02", "cycle_time_reduction": "0.15"}},
    "works": {
        "goals": {"cost_reduction": "0.1", "cycle_time_reduction": "0.1"},
        "eligibility": {
            "Weld": {"automate": {"effort": "0.4", "per_week": "2"}},
            "Cut": {"automate": {"effort": "0.4", "per_week": "2"}},
        },
    },
    "clinic": {},
}
"""What is said of each process: goals that can be reached in it, and by what."""


@dataclass(frozen=True)
class ToldPlan:
    """A plan, the effect that was told of it, and the one that it has in the true process."""

    process: str
    told: Effect
    true: Effect

    def error(self, figure: str) -> float:
        """Of "cycle_change" or "cost_change", relative to the true change."""
        told, true = (getattr(effect, figure).value for effect in (self.told, self.true))
        return float(abs(told - true) / abs(true)) if true else float(told != true)


def calibrated_of(process: str, weeks: int = 52) -> tuple[SimulationModel, SimulationModel, dict[str, bool | None]]:
    """Return the true process with the roles that its log shows, the model of that log, and what passed the gate."""
    true = PROCESSES[process](weeks)
    steps = log_of(played(true, 0), true)
    model = calibrated(steps).model
    passed = {one.name: one.passed for one in reproduction(steps, model, seed=1)}
    roles = replace(true.workforce, roles=model.workforce.roles, role=model.workforce.role)
    return replace(true, workforce=roles), model, passed


def told(process: str, true: SimulationModel, model: SimulationModel, plan: Decisions) -> ToldPlan:
    """Judge a plan on the model, and in the true process."""
    config = ProcessConfig.model_validate(SETTINGS[process])
    effects = [Judge(one, Terms.of(config, one), seed).effect(plan) for seed, one in ((1, model), (2, true))]
    return ToldPlan(process, *effects)


def told_plan(process: str) -> ToldPlan:
    """Search plans on the log of a true process, and carry out the recommended one; there is one."""
    true, model, passed = calibrated_of(process)
    found = search_plans(model, passed, ProcessConfig.model_validate(SETTINGS[process]))
    plan = next(plan for plan in found.plans if plan.plan_id == found.recommended)
    return told(process, true, model, plan.decisions)


if __name__ == "__main__":
    for name in PROCESSES:
        one = told_plan(name)
        for figure in ("cycle_change", "cost_change"):
            true, said = (getattr(effect, figure).value for effect in (one.true, one.told))
            print(f"{name:8}{figure:14}{true:+8.1%} told {said:+8.1%}  error {one.error(figure):6.1%}")
