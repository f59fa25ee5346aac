"""Costs of a week, worked out by hand."""

import pytest

from bpa_assets.event_log.event_table import Rates
from bpa_assets.optimized_plan.changed.cost import Costs, cost_per_week
from bpa_assets.optimized_plan.plan import Decisions
from tests.optimized_plan.changed.small_changes import COSTS, ELIGIBILITY, office, played, under
from tests.optimized_plan.small_models import ALWAYS, OFFICE


def test_paid_hours_are_those_that_people_are_there() -> None:
    of = office(hours=(OFFICE, OFFICE, OFFICE))
    cost = cost_per_week(of, played(of), weeks=1.0, costs=COSTS, eligibility={})
    assert cost == 40 * 20 + 40 * 20 + 40 * 50


def test_who_is_let_go_is_not_paid_and_who_never_rests_is_paid_by_work() -> None:
    of = under(office(hours=(OFFICE, OFFICE, ALWAYS)), Decisions(headcount={"Clerk": 1}))
    cost = cost_per_week(of, played(of), weeks=1.0, costs=COSTS, eligibility={})
    assert cost == pytest.approx(40 * 20 + 1 * 50)  # Zoe approves one case in an hour


def test_worked_hours_are_those_of_the_process() -> None:
    of = office(hours=(OFFICE, OFFICE, OFFICE))
    costs = Costs(COSTS.rates, basis="worked")
    cost = cost_per_week(of, played(of), weeks=0.5, costs=costs, eligibility={})
    assert cost == pytest.approx(2 * (20 + 50 + 20))


def test_automation_costs_a_case_and_a_week() -> None:
    of = under(office(), Decisions(automated=("Check",)))
    costs = Costs(COSTS.rates, basis="worked")
    cost = cost_per_week(of, played(of), weeks=0.5, costs=costs, eligibility=ELIGIBILITY, automated=("Check",))
    assert cost == pytest.approx(2 * (0.5 * 20 + 50 + 20) + 10 + 2 / 0.5)


@pytest.mark.parametrize(
    ("rates", "hourly"),
    [
        (Rates(), [1, 1, 1]),
        (Rates({"Clerk": 20}, 30), [20, 20, 30]),
        (Rates({"Clerk": 20, "Ann": 99, "Zoe": 40}), [20, 20, 40]),  # the role first
        (Rates({"Bob": 20, "Boss": 40}), [30, 20, 40]),  # Ann costs what others do on average
    ],
)
def test_the_rate_is_that_of_the_role_then_of_the_name_then_the_default(rates: Rates, hourly: list[float]) -> None:
    assert Costs(rates).hourly(office().workforce).tolist() == hourly
