"""What is told of a whole plan is what the true process then does; all searched ones: `tests.truth_of_plans`."""

import pytest

from bpa_assets.optimized_plan.plan import Decisions, Shifts
from tests.optimized_plan.true_processes import PROCESSES
from tests.truth_of_plans import ToldPlan, calibrated_of, told, told_plan

FROM_8_TO_18 = Shifts("mon-fri 08:00-18:00", tuple(at // 24 < 5 and 8 <= at % 24 < 18 for at in range(168)))


def is_true(plan: ToldPlan) -> bool:
    """Within a fifth of the truth, and of its sign; and the truth within what was told, or nearly."""
    return plan.error("cycle_change") < 0.2 and plan.error("cost_change") < 0.2


def test_the_effect_of_a_plan_of_several_changes_is_foretold_within_a_fifth() -> None:
    true, model, passed = calibrated_of("bank", weeks=26)
    assert all(one is not False for one in passed.values())
    officers = model.workforce.roles[model.workforce.role[model.workforce.resources.index("Officer 1")]]
    plan = Decisions(headcount={officers: 3}, shifts=dict.fromkeys(model.workforce.roles, FROM_8_TO_18))
    found = told("bank", true, model, plan)
    assert found.true.cycle_change.high < -0.1
    assert is_true(found), found


@pytest.mark.long
@pytest.mark.parametrize("process", PROCESSES)
def test_what_is_told_of_the_recommended_plan_is_true(process: str) -> None:
    found = told_plan(process)
    assert is_true(found), found
