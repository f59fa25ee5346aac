"""What work costs at least, by hand: a boss at 50 who takes half an hour, a clerk at 20 who takes an hour."""

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
BOSS, CLERK = 0, 1


def cost_bound(*, able: Sequence[int], labour: Labour | None = None, default: str = "30") -> float:
    """The bound of the cost of a step a day, today done by the boss: 25 a case."""
    process = model(
        [[{"resource": BOSS}], [{"resource": BOSS, "activity": 1}]] * 5,
        candidates=[dict.fromkeys(able, 1.0 / len(able)), {BOSS: 0.5, CLERK: 0.5}],
        hours=[OFFICE, OFFICE],
        shares=(1.0, 0.0, 0.0),
        durations={
            (0, BOSS): [HOUR / 2],
            (0, CLERK): [HOUR],
            (0, 2): [0.75 * HOUR],
            (1, BOSS): [0.0],
            (1, CLERK): [0.0],
        },
        arrived=[day * DAY + hour * HOUR for day in range(5) for hour in (9, 13)],
    )
    per_hour = {"resource 0": "50", "resource 1": "20"}
    config = ProcessConfig.model_validate(
        {"cost": {"basis": "worked", "per_hour": per_hour, "default_per_hour": default}}
    )
    judge = Judge(process, Terms.of(config, process), 1)
    return bounds(judge, role_limits(process, labour or Labour())).cost_change


def test_an_activity_costs_at_least_what_it_costs_by_whoever_does_it_for_least() -> None:
    assert cost_bound(able=[BOSS, CLERK]) == pytest.approx(20 / 25 - 1)


def test_who_may_be_the_only_one_left_of_a_role_could_do_what_the_others_do() -> None:
    assert cost_bound(able=[BOSS]) == pytest.approx(20 / 25 - 1)


def test_a_newcomer_could_be_cheaper_than_anybody_today() -> None:
    labour = Labour.model_validate({"staff": {"everybody": {"most": "3"}}})
    assert cost_bound(able=[BOSS, CLERK], labour=labour, default="12") == pytest.approx(0.75 * 12 / 25 - 1)
