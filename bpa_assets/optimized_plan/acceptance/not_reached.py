"""What is told where no plan is accepted: the proof that none can be, else the nearest plan, the bounds, what binds."""

from collections.abc import Sequence

from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.acceptance.verdict import percent, points, shortfall
from bpa_assets.optimized_plan.optimization.candidates import Bounds, Candidates
from bpa_assets.optimized_plan.plan import JudgedPlan


def why_none_is_accepted(plans: Sequence[JudgedPlan], found: Candidates, terms: Terms) -> tuple[str, ...]:
    """Return sentences; `plans`: all that were judged, of which none is accepted."""
    if found.proof:
        return found.proof
    tried = [plan for plan in plans if plan.standing != "as_is"]
    nearest = min(tried, key=lambda plan: (_farthest(plan, terms), plan.plan_id), default=None)
    told = "Nothing that may be changed makes the process cheaper or faster."
    if nearest is not None:
        told = "None of the plans found reaches every goal and limit; the nearest one " + (
            f"({nearest.name}): {nearest.reason}"
        )
    return (told, *(() if found.bounds is None else (_room(found.bounds),)), *found.binding)


def _farthest(plan: JudgedPlan, terms: Terms) -> float:
    """How far a plan is from the goals and limits in the scenario that is worst for it."""
    return max(shortfall(effect, terms) for effect in plan.effects)


def _room(bounds: Bounds) -> str:
    return (
        f"That there is none is not proven: at the very best, each by itself, the cost would change by "
        f"{points(bounds.cost_change)} % and the mean cycle time by {percent(bounds.cycle_change, digits=3)}."
    )
