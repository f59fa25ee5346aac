"""From which demand on a plan breaks."""

import numpy as np

from bpa_assets.optimized_plan.acceptance.intervals import change_interval
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION, Scenario
from bpa_assets.optimized_plan.plan import Decisions

GREATEST, STEP = 2.0, 0.05


def breaks_at(judge: Judge, decisions: Decisions) -> float | None:
    """Return the least demand found from which a plan breaks, None if it holds at GREATEST; by halving, to STEP.

    It holds as long as all promises are kept, the mean cycle time is shorter than that of today, at today's demand, by
    the goal, and cost is lower by the goal than the process as it is would cost at that demand.
    """
    if holds(judge, decisions, GREATEST):
        return None
    steps = round((GREATEST - 1) / STEP)
    good, bad = 0, steps
    while bad - good > 1:
        middle = (good + bad) // 2
        if holds(judge, decisions, 1 + middle * STEP):
            good = middle
        else:
            bad = middle
    return round(1 + bad * STEP, 2)


def holds(judge: Judge, decisions: Decisions, demand: float) -> bool:
    """Whether a plan reaches goals and promises at a demand, by the means of few replications."""
    scenario = CALIBRATION if demand == 1 else Scenario(f"demand × {demand:.2f}", demand=demand)
    effect = judge.effect(decisions, scenario, most=judge.few)
    today, then = (
        np.array([one.mean_cycle for one in judge.figures(of, at, judge.few)])
        for of, at in ((AS_IS, CALIBRATION), (decisions, scenario))
    )
    return (
        effect.cost_change.value <= -judge.terms.cost_reduction
        and change_interval(today, then).value <= -judge.terms.cycle_time_reduction
        and all(sla.after.value >= sla.needed for sla in effect.slas)
    )
