"""A plan without the changes that are worth nothing: fewer lines to carry out, and the same effect."""

from bpa_assets.optimized_plan.acceptance.change_lines import lines_of
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.verdict import shortfall
from bpa_assets.optimized_plan.plan import Decisions

WORTH = 0.003
"""A change that spares less than this of cost and cycle time together is not worth its trouble."""

LOOKED_AT = 4
"""Replications."""


def without_idle_changes(judge: Judge, decisions: Decisions) -> Decisions:
    """Leave out, one after the other, the change that is worth least, as long as that is nearly nothing."""
    while True:
        lines = list(lines_of(decisions))
        if len(lines) < 2:
            return decisions
        least = min(lines, key=lambda line: _left(judge, line.without))
        if _left(judge, least.without) > _left(judge, decisions) + WORTH or least.without == AS_IS:
            return decisions
        decisions = least.without


def _left(judge: Judge, decisions: Decisions) -> float:
    """What is left of cost and cycle time, and how far that is from the goals."""
    effect = judge.effect(decisions, most=LOOKED_AT)
    return effect.cost_change.value + effect.cycle_change.value + shortfall(effect, judge.terms)
