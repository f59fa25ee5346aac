"""What no plan can go below, worked out by hand on one person with 40 paid hours and 60 hours of steps a week."""

from collections.abc import Sequence

import pytest

from bpa_assets.optimized_plan.acceptance.judge import Judge
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.optimization.labour_limits import role_limits
from bpa_assets.optimized_plan.optimization.unlimited import bounds
from bpa_assets.plan_settings import Labour
from bpa_assets.settings import ProcessConfig
from tests.optimized_plan.small_models import OFFICE, model

HOUR, DAY = 3600.0, 86400.0


def cost_bound(*, at_once: int, basis: str = "paid", runs_on: Sequence[bool] = (False,)) -> float:
    """The bound of the cost where thirty cases of two hours each come at 9 and 13 in a week of five days."""
    process = model(
        [[{"processing": 2 * HOUR, "resource": 0}]] * 30,
        candidates=[{0: 1.0}],
        hours=[OFFICE],
        capacity=[at_once],
        runs_on=runs_on,
        arrived=[day * DAY + hour * HOUR for day in range(5) for hour in (9, 9, 9, 13, 13, 13)],
    )
    terms = Terms.of(ProcessConfig.model_validate({"cost": {"basis": basis}}), process)
    return bounds(Judge(process, terms, 1), role_limits(process, Labour())).cost_change


def test_an_hour_in_which_several_steps_are_done_is_paid_once() -> None:
    assert cost_bound(at_once=3) == pytest.approx(20 / 40 - 1, abs=0.02)


def test_hours_worked_count_for_each_step() -> None:
    assert cost_bound(at_once=3, basis="worked") == pytest.approx(0.0, abs=0.02)


def test_a_step_that_goes_on_while_nobody_is_there_may_cost_no_paid_hour() -> None:
    assert cost_bound(at_once=3, runs_on=(True,)) == -1.0
