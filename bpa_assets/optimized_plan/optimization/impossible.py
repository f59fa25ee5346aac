"""Why no plan reaches the goals: the bounds that rule it out, or what holds the best plan back."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bpa_assets.optimized_plan.acceptance.judge import Judge
from bpa_assets.optimized_plan.optimization.candidates import Bounds
from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits
from bpa_assets.optimized_plan.optimization.staffing import Round, shift_of
from bpa_assets.optimized_plan.optimization.tried_plans import Tried
from bpa_assets.optimized_plan.optimization.unlimited import bounds, cycle_hours
from bpa_assets.optimized_plan.simulation.work_clock import HOUR


def proof_of_bounds(judge: Judge, limits: Sequence[RoleLimits], lowest: Bounds) -> tuple[str, ...]:
    """Return a sentence on each goal that no plan within the limits can reach; none where the bounds allow all."""
    terms, said = judge.terms, []
    least = lowest.cycle_change
    if least.low > -terms.cycle_time_reduction:
        said += [
            f"No plan lowers the mean cycle time by {terms.cycle_time_reduction:.0%}: with as many people as it takes, "
            "at all hours that the limits allow, and every eligible change it would change by "
            f"{least.value:+.1%} ({least.low:+.1%} to {least.high:+.1%}).",
            _what_would_help(judge, limits) or _what_nobody_causes(judge, limits),
        ]
    if lowest.cost_change > -terms.cost_reduction:
        said.append(
            f"No plan lowers the cost by {terms.cost_reduction:.0%}: the work alone, at the cheapest rate and without "
            f"a minute of waiting for work, costs {lowest.cost_change:+.1%} of what is paid today."
        )
    return tuple(said)


def what_binds(judge: Judge, now: Round, best: Tried) -> tuple[str, ...]:
    """Return what holds the best plan back, where it misses a goal: the goal, and the role that is waited for most."""
    terms, said = judge.terms, []
    if best.cost > -terms.cost_reduction:
        said.append(f"cost {best.cost:+.1%} instead of {-terms.cost_reduction:.0%}")
    if best.cycle > -terms.cycle_time_reduction:
        said.append(f"cycle time {best.cycle:+.1%} instead of {-terms.cycle_time_reduction:.0%}")
    if best.missed > 0:
        said.append(f"promises missed by {best.missed:.1%} of the cases")
    if not said:
        return ()
    waits = {}
    for choices, options in zip(now.choices, now.program.roles, strict=True):
        role = choices.limits.role
        shift = choices.shifts.index(shift_of(choices, best.decisions))
        people = best.decisions.headcount.get(role, choices.limits.today)
        mine = [one for one in options if one.shift == shift and one.people == people]
        waits[role] = float(np.mean(mine[0].seconds)) / HOUR if mine else 0.0
    role = max(waits, key=lambda name: (waits[name], name), default="")
    binds = f" What binds is {role!r}: a case waits {waits[role]:.1f} h for it in that plan." if role else ""
    return (f"No plan was found that reaches all goals; the nearest one: {', '.join(said)}.{binds}",)


def _what_would_help(judge: Judge, limits: Sequence[RoleLimits]) -> str:
    """Whether shifts at any hour would reach the goal: then the hours bind."""
    anytime = [replace(one, begins=0, ends=24, days=tuple(range(7))) for one in limits]
    least = bounds(judge, anytime).cycle_change
    if least.low > -judge.terms.cycle_time_reduction:
        return ""
    return f"What binds are labour.hours and labour.days: with shifts at any hour the bound is {least.value:+.1%}."


def _what_nobody_causes(judge: Judge, limits: Sequence[RoleLimits]) -> str:
    with_people = cycle_hours(judge, limits)
    alone = cycle_hours(judge, limits, delays=False)
    return (
        f"Of the {with_people:.1f} h that a case takes with as many people as it takes, {with_people - alone:.1f} h "
        "are waits that nobody of this process causes (customers, suppliers, other work); no staffing changes that."
    )
