"""What each change of a plan is worth: the effect of the plan less that of the plan without it.

Effects of single changes need not sum up to that of the plan: two people more where one is enough are worth nothing
each.
"""

import numpy as np

from bpa_assets.optimized_plan.acceptance.as_it_is import AsItIs
from bpa_assets.optimized_plan.acceptance.change_lines import Line, lines_of
from bpa_assets.optimized_plan.acceptance.intervals import LEVEL, mean_interval
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.reasons import reason, value_today
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION
from bpa_assets.optimized_plan.plan import Change, Decisions


def changes_of(judge: Judge, decisions: Decisions, today: AsItIs) -> tuple[Change, ...]:
    """Return a plan's changes, each with what it alone takes away under the calibrated demand."""
    return tuple(_change(judge, decisions, line, today) for line in lines_of(decisions))


def _change(judge: Judge, decisions: Decisions, line: Line, today: AsItIs) -> Change:
    base, whole, without = (judge.figures(one, CALIBRATION, judge.few) for one in (AS_IS, decisions, line.without))
    mean = float(np.mean([one.mean_cycle for one in base]))
    moved = np.array([one.mean_cycle - other.mean_cycle for one, other in zip(whole, without, strict=True)])
    cost = np.array([one.cost - other.cost for one, other in zip(whole, without, strict=True)])
    return Change(
        kind=line.kind,
        subject=line.subject,
        from_value=value_today(line, today),
        to_value=line.to_value,
        cycle_change=mean_interval(moved / mean if mean > 0 else moved, level=LEVEL),
        cost_change=float(cost.mean()),
        reason=reason(line, today),
    )
