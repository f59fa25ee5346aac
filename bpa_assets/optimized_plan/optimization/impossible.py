"""Why no plan reaches the goals: the bounds that rule it out; where they do not, whom the best plan waits for."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bpa_assets.durations import duration_text
from bpa_assets.optimized_plan.acceptance.judge import Judge
from bpa_assets.optimized_plan.acceptance.verdict import percent
from bpa_assets.optimized_plan.optimization.candidates import Bounds
from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits
from bpa_assets.optimized_plan.optimization.program_round import Round
from bpa_assets.optimized_plan.optimization.role_options import shift_of
from bpa_assets.optimized_plan.optimization.tried_plans import Tried
from bpa_assets.optimized_plan.optimization.unlimited import bounds, cycle_hours
from bpa_assets.optimized_plan.seconds import HOUR

LITTLE = 0.05
"""Hours that are shown as none."""


def proof_of_bounds(judge: Judge, limits: Sequence[RoleLimits], lowest: Bounds) -> tuple[str, ...]:
    """Return a sentence on each goal that no plan within the limits can reach; none where the bounds allow all."""
    terms, said = judge.terms, []
    least = lowest.cycle_change
    if least.low > -terms.cycle_time_reduction:
        said += [
            f"The mean cycle time cannot fall by {terms.cycle_time_reduction:.0%}: even with as many people as it "
            "takes, at work at all hours that the limits allow, and with every change that is allowed it would change "
            f"by {percent(least)}.",
            _what_would_help(judge, limits) or _what_nobody_causes(judge, limits),
        ]
    if not terms.costs.hourly(judge.model.workforce).any():
        said.append(
            f"The cost cannot fall by {terms.cost_reduction:.0%}: every rate of cost in process.yaml is 0, so the "
            "process costs nothing today."
        )
    elif lowest.cost_change > -terms.cost_reduction:
        said.append(
            f"The cost cannot fall by {terms.cost_reduction:.0%}: the work alone, each activity by who does it "
            f"for least and nobody paid for waiting, costs {1 + lowest.cost_change:.1%} of what is paid today."
        )
    return tuple(said)


def what_binds(now: Round, best: Tried) -> tuple[str, ...]:
    """Return which role the best plan waits for most; nothing where it waits for nobody."""
    waits = {}
    for choices, options in zip(now.choices, now.program.roles, strict=True):
        role = choices.limits.role
        shift = choices.shifts.index(shift_of(choices, best.decisions))
        people = best.decisions.headcount.get(role, choices.limits.today)
        mine = [one for one in options if one.shift == shift and one.people == people]
        waits[role] = float(np.mean(mine[0].seconds)) / HOUR if mine else 0.0
    role = max(waits, key=lambda name: (waits[name], name), default="")
    if not waits.get(role):
        return ()
    return (
        f"What stands in the way is {role!r}: even in the best plan a case waits about "
        f"{duration_text(waits[role] * HOUR)} for it.",
    )


def _what_would_help(judge: Judge, limits: Sequence[RoleLimits]) -> str:
    """Whether shifts at any hour would reach the goal: then the hours bind."""
    anytime = [replace(one, begins=0, ends=24, days=tuple(range(7))) for one in limits]
    least = bounds(judge, anytime).cycle_change
    if least.low > -judge.terms.cycle_time_reduction:
        return ""
    return (
        "What stands in the way are the hours and days that labour allows: with shifts at any hour it could change by "
        f"{percent(least)}."
    )


def _what_nobody_causes(judge: Judge, limits: Sequence[RoleLimits]) -> str:
    with_people = cycle_hours(judge, limits)
    alone = cycle_hours(judge, limits, delays=False)
    waits = with_people - alone
    if waits < LITTLE:
        return (
            f"With as many people as it takes a case still lasts {duration_text(with_people * HOUR)}: the "
            "work, and the hours of work."
        )
    return (
        f"With as many people as it takes a case lasts {duration_text(with_people * HOUR)}; "
        f"{duration_text(waits * HOUR)} of that it waits for something that nobody in the log does (customers, "
        "suppliers, other work), which no staffing changes."
    )
