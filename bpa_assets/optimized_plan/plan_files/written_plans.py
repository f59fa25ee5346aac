"""From the stored simulation to everything that is written down of plans: what `optimize_plan` stores.

The order of the parts only: how plans are found is `acceptance.plan_search`, each file and table has its own module.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bpa_assets.optimized_plan.plan import JudgedPlan, PlanSearch
from bpa_assets.optimized_plan.plan_files.plan_bpmn import plan_bpmn
from bpa_assets.optimized_plan.plan_files.plan_json import plan_json
from bpa_assets.optimized_plan.plan_files.plan_tables import HOURS, Aim, PlansOfRun
from bpa_assets.optimized_plan.plan_files.prosimos.drawn_process import DrawnProcess
from bpa_assets.optimized_plan.plan_files.prosimos.parameters import Played, delayed_activities, prosimos_parameters
from bpa_assets.optimized_plan.plan_files.prosimos.simulated_bpmn import simulated_bpmn
from bpa_assets.optimized_plan.plan_files.simulation_model_file import read_simulation_model
from bpa_assets.settings import ProcessConfig

Row = Mapping[str, Any]

NOT_SIMULATED = "No plan: the process was not simulated."


@dataclass(frozen=True)
class PlannedFrom:
    """What plans are made from: the stored simulation, its measures, the drawn model and its ways, the settings.

    `points`: rows of `decision_point`; `follows`: how often an activity directly followed another.
    """

    process: str
    simulation: Path
    quality: Sequence[Row]
    drawn: Path
    points: Sequence[Row]
    follows: Mapping[tuple[str, str], int]
    config: ProcessConfig


def plans_of_run(source: PlannedFrom) -> PlansOfRun:
    """Search plans; without a stored simulation there are none, and one sentence. Errors: InputError."""
    passed = {row["measure"]: row["passed"] for row in source.quality}
    error = next((row["value"] for row in source.quality if row["measure"] == "mean_cycle_seconds"), None)
    return PlansOfRun(source.process, _searched(source, passed), aim_of(source.config), error)


def _searched(source: PlannedFrom, passed: Mapping[str, bool | None]) -> PlanSearch:
    if not source.simulation.exists():
        return PlanSearch((), None, (), (), None, (NOT_SIMULATED,))
    from bpa_assets.optimized_plan.acceptance.plan_search import search_plans

    return search_plans(read_simulation_model(source.simulation), passed, source.config)


def aim_of(config: ProcessConfig) -> Aim:
    """What is asked of plans, with the defaults where nothing is said."""
    from bpa_assets.optimized_plan.acceptance.terms import COST_REDUCTION, CYCLE_TIME_REDUCTION

    goals, cost = config.goals, config.cost
    rated = cost.default_per_hour is not None or bool(cost.per_hour)
    return Aim(
        COST_REDUCTION if goals.cost_reduction is None else goals.cost_reduction,
        CYCLE_TIME_REDUCTION if goals.cycle_time_reduction is None else goals.cycle_time_reduction,
        (cost.currency or "units") if rated else HOURS,
    )


def plan_files(found: PlansOfRun, source: PlannedFrom) -> dict[str, bytes]:
    """The files beside the model's, by the end of their name."""
    files, plan = {"plan.json": plan_json(found)}, recommended(found.search)
    if not source.drawn.exists():
        return files
    if plan is not None:
        files["plan.bpmn"] = plan_bpmn(source.drawn.read_bytes(), plan)
    return files | (_for_prosimos(source, plan) if source.simulation.exists() else {})


def _for_prosimos(source: PlannedFrom, plan: JudgedPlan | None) -> dict[str, bytes]:
    """The process as it is, and the recommended plan, for another simulator to judge."""
    from bpa_assets.optimized_plan.acceptance.terms import Terms
    from bpa_assets.optimized_plan.changed.changed_process import changed

    model, bpmn = read_simulation_model(source.simulation), source.drawn.read_bytes()
    costs = Terms.of(source.config, model).costs
    delayed = delayed_activities(model)
    played = Played(DrawnProcess.of(bpmn), source.points, source.follows, delayed)
    files = {
        "prosimos.bpmn": simulated_bpmn(bpmn, delayed),
        "prosimos.json": prosimos_parameters(model, played, costs.hourly(model.workforce)),
    }
    if plan is not None:
        planned = changed(model, plan.decisions, source.config.eligibility, costs)
        files["plan.prosimos.json"] = prosimos_parameters(planned, played, costs.hourly(planned.workforce))
    return files


def recommended(search: PlanSearch) -> JudgedPlan | None:
    """The accepted plan to take first, if there is one."""
    return next((plan for plan in search.plans if plan.plan_id == search.recommended), None)
