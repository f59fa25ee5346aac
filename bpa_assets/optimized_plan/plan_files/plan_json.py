"""The plans of a process as `plan.json`, for programs: what each decides, what it does, why it is accepted or not.

Its schema is `plan.schema.json` beside this module. A key is added, never renamed. Costs are amounts a week in
`cost_unit`, times seconds, changes shares of the process as it is.
"""

import json
from dataclasses import asdict
from importlib.resources import files
from math import isfinite
from typing import Any

from bpa_assets.optimized_plan.plan import Effect, Interval, JudgedPlan, Surrogate
from bpa_assets.optimized_plan.plan_files.decision_values import decision_values
from bpa_assets.optimized_plan.plan_files.plan_tables import PlansOfRun

FORMAT = "bpa-plan-1"
"""A program that knows this format can read the file; a later one may have more keys."""


def plan_json(found: PlansOfRun) -> bytes:
    """The file, plans in the order of the search; the same arguments give the same bytes."""
    search, aim = found.search, found.aim
    document = {
        "format": FORMAT,
        "process": found.process,
        "cost_unit": aim.cost_unit,
        "goals": {"cost_reduction": aim.cost_reduction, "cycle_time_reduction": aim.cycle_time_reduction},
        "recommended": search.recommended,
        "breaks_at_demand": search.breaks_at,
        "proof": list(search.proof),
        "assumptions": list(search.assumptions),
        "said": list(search.said),
        "simulator_error": found.simulator_error,
        "plans": [_plan(plan) for plan in search.plans],
    }
    text = json.dumps(_finite(document), ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8", "replace")


def schema() -> dict[str, Any]:
    """The JSON Schema of the file (draft 2020-12)."""
    text = files("bpa_assets.optimized_plan.plan_files").joinpath("plan.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _plan(plan: JudgedPlan) -> dict[str, Any]:
    return {
        "id": plan.plan_id,
        "name": plan.name,
        "standing": plan.standing,
        "accepted": plan.accepted,
        "reason": plan.reason,
        "decisions": decision_values(plan.decisions),
        "changes": [asdict(change) for change in plan.changes],
        "effects": [_effect(effect) for effect in plan.effects],
        "optimization": None if plan.surrogate is None else _proved(plan.surrogate),
    }


def _proved(solved: Surrogate) -> dict[str, Any]:
    """Without the seconds it took: the same search gives the same file."""
    return {"objective": solved.objective, "bound": solved.bound, "gap": solved.gap, "status": solved.status}


def _effect(effect: Effect) -> dict[str, Any]:
    slas = [
        {"name": sla.name, "limit_seconds": sla.limit_seconds, "needed": sla.needed, "before": sla.before,
         "after": _interval(sla.after), "kept": sla.kept}
        for sla in effect.slas
    ]  # fmt: skip
    return {
        "scenario": effect.scenario,
        "cost": {"before": effect.cost_before, "after": effect.cost_after, "change": _interval(effect.cost_change)},
        "cycle_time": {
            "before": effect.cycle_before, "after": effect.cycle_after, "change": _interval(effect.cycle_change)
        },
        "p90_cycle_time": {"change": _interval(effect.p90_change)},
        "waiting_time": {"change": _interval(effect.waiting_change)},
        "slas": slas,
        "simulated_cases": effect.simulated_cases,
    }  # fmt: skip


def _interval(interval: Interval) -> dict[str, float]:
    return asdict(interval)


def _finite(value: Any) -> Any:
    """The same with null for what JSON has no number for (a bound that was not found)."""
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
