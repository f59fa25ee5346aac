"""A plan without the changes that are worth nothing: fewer lines to carry out, and the same effect."""

from collections.abc import Sequence

from bpa_assets.optimized_plan.acceptance.change_lines import lines_of
from bpa_assets.optimized_plan.acceptance.judge import Judge
from bpa_assets.optimized_plan.optimization.eligible_changes import breaks_separation
from bpa_assets.optimized_plan.plan import Decisions

WORTH = 0.003
"""A change that spares less than this share of cost and of cycle time, and of cases within a limit, spares nothing."""

LOOKED_AT = 4
"""Replications."""


def without_idle_changes(judge: Judge, decisions: Decisions, separate: Sequence[tuple[str, str]] = ()) -> Decisions:
    """Leave out, one after the other, what spares nothing: of several the one with which the plan is worst.

    Nothing may be left. A change without which somebody would hold two `separate` duties stays.
    """
    while True:
        limits = [one + WORTH for one in _figures(judge, decisions)]
        left = [line.without for line in lines_of(decisions)]
        idle = [
            one
            for one in left
            if not breaks_separation(judge.model, one, judge.terms, separate)
            and all(is_now <= limit for is_now, limit in zip(_figures(judge, one), limits, strict=True))
        ]
        if not idle:
            return decisions
        decisions = min(idle, key=lambda one: sum(_figures(judge, one)[:2]))


def _figures(judge: Judge, decisions: Decisions) -> Sequence[float]:
    """Change of cost, of cycle time, and by how much each promise is missed."""
    effect = judge.effect(decisions, most=LOOKED_AT)
    missed = (max(sla.needed - sla.after.value, 0.0) for sla in effect.slas)
    return (effect.cost_change.value, effect.cycle_change.value, *missed)
