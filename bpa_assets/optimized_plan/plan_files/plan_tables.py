"""What a search of plans found, as rows of the lake tables `plan_search`, `plan`, `plan_change` and `plan_effect`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bpa_assets.optimized_plan.plan import Change, Effect, Interval, JudgedPlan, PlanSearch
from bpa_assets.optimized_plan.plan_files.decision_values import decision_text

Row = dict[str, Any]

TABLES = ("plan_search", "plan", "plan_change", "plan_effect")
HOURS = "hours"
"""The unit of costs where process.yaml names no rate."""


@dataclass(frozen=True)
class Aim:
    """What was asked of plans: least shares by which cost and mean cycle time fall; and what costs are counted in."""

    cost_reduction: float
    cycle_time_reduction: float
    cost_unit: str


@dataclass(frozen=True)
class PlansOfRun:
    """What is written down: the search, what was asked, and the simulator's error on the process as it is (a share)."""

    process: str
    search: PlanSearch
    aim: Aim
    simulator_error: float | None


def plan_tables(found: PlansOfRun) -> dict[str, list[Row]]:
    """The rows of each table, plans in the order of the search."""
    plans = found.search.plans
    return {
        "plan_search": [_search_row(found)],
        "plan": [_plan_row(plan, found) for plan in plans],
        "plan_change": [
            _change_row(plan.plan_id, place, change)
            for plan in plans
            for place, change in enumerate(plan.changes, start=1)
        ],
        "plan_effect": [row for plan in plans for effect in plan.effects for row in _effect_rows(plan.plan_id, effect)],
    }


def _search_row(found: PlansOfRun) -> Row:
    search, aim = found.search, found.aim
    return {
        "recommended": search.recommended,
        "breaks_at": search.breaks_at,
        "cost_goal": aim.cost_reduction,
        "cycle_time_goal": aim.cycle_time_reduction,
        "cost_unit": aim.cost_unit,
        "proof": list(search.proof),
        "assumptions": list(search.assumptions),
        "said": list(search.said),
    }


def _plan_row(plan: JudgedPlan, found: PlansOfRun) -> Row:
    told = {
        "plan_id": plan.plan_id,
        "accepted": plan.accepted,
        "reason": plan.reason,
        "simulator_error": found.simulator_error,
        "name": plan.name,
        "standing": plan.standing,
        "recommended": plan.plan_id == found.search.recommended,
        "changes": len(plan.changes),
        "decisions": decision_text(plan.decisions),
        "simulated_cases": sum(effect.simulated_cases for effect in plan.effects),
    }
    if plan.effects:
        told |= _figures(plan.effects[0])
    if plan.surrogate is not None:
        solved = plan.surrogate
        told |= {"gap": solved.gap, "bound": solved.bound, "objective": solved.objective}
        told["solver_status"] = solved.status
    return told


def _figures(effect: Effect) -> Row:
    return {
        "cost_before": effect.cost_before,
        "cost_after": effect.cost_after,
        "cost_change": effect.cost_change.value,
        "cost_change_low": effect.cost_change.low,
        "cost_change_high": effect.cost_change.high,
        "cycle_time_before": effect.cycle_before,
        "cycle_time_after": effect.cycle_after,
        "cycle_time_change": effect.cycle_change.value,
        "cycle_time_change_low": effect.cycle_change.low,
        "cycle_time_change_high": effect.cycle_change.high,
        "p90_change": effect.p90_change.value,
        "waiting_change": effect.waiting_change.value,
    }


def _change_row(plan_id: str, position: int, change: Change) -> Row:
    return {
        "plan_id": plan_id,
        "position": position,
        "kind": change.kind,
        "subject": change.subject,
        "from_value": change.from_value,
        "to_value": change.to_value,
        "expected_change": change.cycle_change.value,
        "change_low": change.cycle_change.low,
        "change_high": change.cycle_change.high,
        "reason": change.reason,
        "cost_change": change.cost_change,
    }


def _effect_rows(plan_id: str, effect: Effect) -> Iterator[Row]:
    of_scenario = {"plan_id": plan_id, "scenario": effect.scenario}
    yield of_scenario | _changed("cost", effect.cost_change, effect.cost_before, effect.cost_after)
    yield of_scenario | _changed("cycle_time", effect.cycle_change, effect.cycle_before, effect.cycle_after)
    yield of_scenario | _changed("p90_cycle_time", effect.p90_change)
    yield of_scenario | _changed("waiting_time", effect.waiting_change)
    for sla in effect.slas:
        kept = {"limit_seconds": sla.limit_seconds, "needed": sla.needed, "kept": sla.kept}
        yield of_scenario | _changed(f"sla {sla.name}", sla.after, sla.before, sla.after.value) | kept


def _changed(measure: str, change: Interval, before: float | None = None, after: float | None = None) -> Row:
    return {"measure": measure, "before": before, "after": after, "value": change.value, "low": change.low,
            "high": change.high}  # fmt: skip
