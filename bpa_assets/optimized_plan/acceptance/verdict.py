"""Whether a judged plan may be recommended, why not, and which of several comes first.

A plan is accepted if, under every scenario, the worse end of the interval reaches both goals and the low end of every
promise's interval reaches the share it needs; and if no simple control does as well on cost and cycle time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import floor, log10

from bpa_assets.optimized_plan.acceptance.scenarios import HELD_OUT, MORE_DEMAND
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.plan import Effect, Interval, JudgedPlan, SlaEffect

_ROUNDING = 1e-9
_UNDER = {
    MORE_DEMAND.name: "with 10 % more cases",
    HELD_OUT.name: "in weeks that the search has not seen",
}


def first_missed(effects: Sequence[Effect], terms: Terms, *, changes: int = 0) -> str | None:
    """Say the first thing that a plan of so many changes misses; None if it reaches all."""
    if changes > terms.changes:
        return f"It has {changes} changes; {terms.changes} are the most."
    for effect in effects:
        where = "" if effect is effects[0] else f" {_UNDER.get(effect.scenario, effect.scenario)}"
        if effect.cost_change.high > _ROUNDING - terms.cost_reduction:
            return _goal(f"Cost{where} changes", effect.cost_change, terms.cost_reduction)
        if effect.cycle_change.high > _ROUNDING - terms.cycle_time_reduction:
            return _goal(f"The mean cycle time{where} changes", effect.cycle_change, terms.cycle_time_reduction)
        for sla in effect.slas:
            if not sla.kept:
                return _broken(sla, where)
    return None


def reason_of_acceptance(effects: Sequence[Effect]) -> str:
    """Say what an accepted plan does."""
    first = effects[0]
    slas = ", and every limit is kept" if first.slas else ""
    also = " and ".join(_UNDER.get(one.scenario, one.scenario) for one in effects[1:])
    return (
        f"Cost changes by {percent(first.cost_change)} and the mean cycle time by {percent(first.cycle_change)}{slas}"
        + (f"; the goals are reached {also}, too." if also else ".")
    )


def score(effect: Effect) -> float:
    """Return what is left of cost times what is left of the cycle time, at the worse ends: less is better.

    A fifth less of the one is worth as much as a fifth less of the other.
    """
    return max(1 + effect.cost_change.high, 0.0) * max(1 + effect.cycle_change.high, 0.0)


def shortfall(effect: Effect, terms: Terms) -> float:
    """Return how far a plan is from the goals and promises, each as a share of what is wanted; 0: it reaches all."""
    cost = effect.cost_change.high / terms.cost_reduction + 1
    cycle = effect.cycle_change.high / terms.cycle_time_reduction + 1
    broken = sum(max(sla.needed - sla.after.low, 0.0) for sla in effect.slas)
    return max(cost, 0.0) + max(cycle, 0.0) + broken


def beaten_by_controls(plans: Iterable[JudgedPlan]) -> list[JudgedPlan]:
    """Return the plans; a choice that an accepted control equals on cost and on cycle time is accepted no more."""
    plans = list(plans)
    controls = [plan for plan in plans if plan.standing == "control" and plan.accepted]
    found = []
    for plan in plans:
        better = next((one for one in controls if plan.standing == "choice" and _as_good(one, plan)), None)
        if plan.accepted and better is not None:
            does = (
                f"cost {percent(better.effects[0].cost_change)}, cycle time {percent(better.effects[0].cycle_change)}"
            )
            plan = replace(plan, accepted=False, reason=f"The simple control {better.name!r} does as well: {does}.")
        found.append(plan)
    return found


def recommended(plans: Iterable[JudgedPlan]) -> JudgedPlan | None:
    """Return the accepted plan with the best score in the scenario that is worst for it.

    A plan near the limit of its people looks best until more cases come, or a little more work than was calibrated. Of
    equal ones a choice comes first, then the one with fewest changes.
    """
    accepted = [plan for plan in plans if plan.accepted]
    return min(
        accepted,
        key=lambda plan: (max(map(score, plan.effects)), plan.standing != "choice", len(plan.changes), plan.plan_id),
        default=None,
    )


def percent(change: Interval, *, digits: int = 2) -> str:
    """Write a change for people: "−18 % (−21 to −15)"; without an interval that has no width."""
    value, low, high = (points(one, digits) for one in (change.value, change.low, change.high))
    return f"{value} %" if low == value == high else f"{value} % ({low} to {high})"


def name_of(effect: Effect) -> str:
    """Name a plan by what it does: "cost −18 %, cycle time −24 %"."""
    return f"cost {points(effect.cost_change.value)} %, cycle time {points(effect.cycle_change.value)} %"


def points(share: float, digits: int = 2) -> str:
    """Percent with so many digits, but whole points from 100 on, and at most tenths of them; with its sign."""
    before_the_point = 1 + floor(log10(abs(100 * share))) if share else 1
    value = round(100 * share, max(0, min(1 if digits < 3 else 2, digits - before_the_point)))
    return f"{value:+.9g}".replace("-", "−") if value else "0"


def _as_good(control: JudgedPlan, plan: JudgedPlan) -> bool:
    mine, theirs = plan.effects[0], control.effects[0]
    return theirs.cost_change.value <= mine.cost_change.value and theirs.cycle_change.value <= mine.cycle_change.value


def _goal(what: str, change: Interval, wanted: float) -> str:
    return f"{what} by {percent(change, digits=3)}; the goal is {points(-wanted)} %."


def _broken(sla: SlaEffect, where: str) -> str:
    after = sla.after
    return (
        f"The limit {sla.name} is kept by {after.value:.1%} of the cases ({after.low:.1%} to {after.high:.1%}){where}; "
        f"{sla.needed:.1%} are needed, today it is {sla.before:.1%}."
    )
