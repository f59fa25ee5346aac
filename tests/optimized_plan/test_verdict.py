"""Which plans are accepted, which one is recommended, and where none is even searched."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from bpa_assets.optimized_plan.acceptance.gate import roles_kept, why_no_plan
from bpa_assets.optimized_plan.acceptance.named_settings import check_names
from bpa_assets.optimized_plan.acceptance.terms import Terms, assumed_goals
from bpa_assets.optimized_plan.acceptance.verdict import (
    beaten_by_controls,
    first_missed,
    percent,
    recommended,
    score,
    shortfall,
)
from bpa_assets.optimized_plan.changed.cost import Costs
from bpa_assets.optimized_plan.plan import Decisions, Effect, Interval, JudgedPlan, SlaEffect
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.settings import ProcessConfig
from bpa_resources.errors import InputError
from tests.optimized_plan.small_models import ALWAYS, model
from tests.optimized_plan.true_processes import bank

GATE_PASSED = {"mean_cycle_seconds": True, "utilization": True}
TERMS = Terms(0.1, 0.2, 8, (), Costs(), MappingProxyType({}))


def effect(cost: float, cycle: float, *, half: float = 0.01, scenario: str = "calibration", **others: Any) -> Effect:
    """An effect with changes ± half."""
    cost_change, cycle_change = (Interval(one, one - half, one + half) for one in (cost, cycle))
    return Effect(
        *(scenario, 100.0, 100 * (1 + cost), cost_change, 10.0, 10 * (1 + cycle)),
        *(cycle_change, cycle_change, cycle_change, others.get("slas", ()), 1000),
    )


def plan(name: str, standing: str, cost: float, cycle: float, *, accepted: bool = True) -> JudgedPlan:
    return JudgedPlan(name, name, standing, Decisions(), (), (effect(cost, cycle),), accepted, "")


def test_a_goal_is_reached_by_the_worse_end_of_the_interval() -> None:
    assert first_missed([effect(-0.11, -0.21)], TERMS) is None
    assert first_missed([effect(-0.105, -0.3)], TERMS) == (
        "Cost changes by −10.5 % (−11.5 to −9.5); the goal is −10 %."
    )
    assert first_missed([effect(-0.2, -0.205)], TERMS) == (
        "The mean cycle time changes by −20.5 % (−21.5 to −19.5); the goal is −20 %."
    )


def test_a_plan_has_to_hold_under_every_scenario() -> None:
    missed = first_missed([effect(-0.2, -0.3), effect(-0.2, -0.1, scenario="demand +10 %")], TERMS)
    assert missed is not None
    assert missed.startswith("The mean cycle time with 10 % more cases changes by")


def test_a_limit_is_kept_at_the_low_end_of_its_interval() -> None:
    sla = SlaEffect("cycle_time", 3600.0, 0.95, 0.97, Interval(0.955, 0.949, 0.961))
    missed = first_missed([effect(-0.2, -0.3, slas=(sla,))], TERMS)
    assert missed == (
        "The limit cycle_time is kept by 95.5% of the cases (94.9% to 96.1%); 95.0% are needed, today it is 97.0%."
    )
    kept = replace(sla, after=Interval(0.955, 0.95, 0.96))
    assert first_missed([effect(-0.2, -0.3, slas=(kept,))], TERMS) is None


def test_a_plan_has_no_more_changes_than_asked_for() -> None:
    assert first_missed([effect(-0.2, -0.3)], TERMS, changes=9) == "It has 9 changes; 8 are the most."
    assert first_missed([effect(-0.2, -0.3)], TERMS, changes=8) is None


def test_how_far_a_plan_is_from_the_goals_is_told_in_shares_of_them() -> None:
    # At the worse ends cost is -4 % of -10 %, which leaves .6, and cycle time -30 % of -20 %, which leaves nothing.
    assert shortfall(effect(-0.05, -0.31), TERMS) == pytest.approx(0.6)
    assert score(effect(-0.05, -0.31)) == pytest.approx(0.96 * 0.7)


def test_a_choice_that_a_simple_control_equals_is_not_accepted() -> None:
    found = beaten_by_controls(
        [
            plan("a", "choice", -0.2, -0.3),
            plan("b", "choice", -0.4, -0.25),
            plan("hours only", "control", -0.3, -0.35),
            plan("not accepted", "control", -0.9, -0.9, accepted=False),
        ]
    )
    assert [one.accepted for one in found] == [False, True, True, False]
    assert found[0].reason.startswith("The simple control 'hours only' does as well: cost −30 %")


def test_recommended_is_what_leaves_least_of_cost_times_cycle_time() -> None:
    choices = [plan("cheap", "choice", -0.5, -0.25), plan("fast", "choice", -0.15, -0.6)]
    best = recommended([*choices, plan("as it is", "as_is", 0, 0, accepted=False)])
    assert best is choices[1]  # .86 × .41 < .51 × .76
    assert recommended([plan("x", "choice", -0.5, -0.5, accepted=False)]) is None


def test_a_plan_that_more_demand_upsets_is_not_the_first_to_be_recommended() -> None:
    fragile, steady = plan("fragile", "choice", -0.3, -0.4), plan("steady", "choice", -0.2, -0.4)
    fragile = replace(fragile, effects=(*fragile.effects, effect(-0.3, -0.21, scenario="demand +10 %")))
    steady = replace(steady, effects=(*steady.effects, effect(-0.2, -0.39, scenario="demand +10 %")))
    assert recommended([fragile, steady]) is steady  # .81 × .62 < .71 × .8


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Interval(-0.181, -0.21, -0.15), "−18 % (−21 to −15)"),
        (Interval(0.0123, 0.001, 0.02), "+1.2 % (+0.1 to +2)"),
        (Interval(12.345, 9.99, 13.0), "+1234 % (+999 to +1300)"),
        (Interval(-0.0999, -0.1, -0.00012), "−10 % (−10 to 0)"),
        (Interval(0.0, 0.0, 0.0), "0 %"),
        (Interval(-0.996, -0.999, -0.991), "−100 % (−100 to −99)"),
        (Interval(-0.50513, -0.50513, -0.50513), "−51 %"),  # rounded once: not by way of −50.5
    ],
)
def test_a_change_is_told_in_points(change: Interval, told: str) -> None:
    assert percent(change) == told


def test_a_simulation_that_fails_carries_no_plan() -> None:
    process = bank(weeks=4)
    assert _enough(process, GATE_PASSED) is None
    assert _enough(process, {"mean_cycle_seconds": False}) == (
        "No plan: the simulation does not reproduce the log (mean cycle time), so it may not judge one."
    )


def test_a_log_of_few_cases_carries_no_plan() -> None:
    few = model([[{"processing": 60.0, "resource": 0}]] * 29, candidates=[{0: 1.0}], hours=[ALWAYS])
    assert why_no_plan(few, GATE_PASSED) == "No plan: the log has 29 finished cases, and 30 are needed to judge one."


def test_a_log_in_which_no_case_is_finished_carries_no_plan() -> None:
    process = _with_cases(bank(weeks=4))
    all_open = replace(process, identified=replace(process.identified, finished=False))
    assert why_no_plan(all_open, GATE_PASSED) == "No plan: no case is finished, so nothing tells how long one takes."


def test_a_log_without_people_carries_no_plan() -> None:
    process = _with_cases(bank(weeks=4))
    nobody = replace(process.identified, resources=False, sentences=("The log does not say who did the work.",))
    assert why_no_plan(replace(process, identified=nobody), GATE_PASSED) == (
        "No plan: The log does not say who did the work."
    )


def test_a_case_a_year_carries_no_plan() -> None:
    process = _with_cases(bank(weeks=4))
    seldom = replace(process.arrivals, day=process.arrivals.day * 7 * 52)
    assert str(why_no_plan(replace(process, arrivals=seldom), GATE_PASSED)).startswith("No plan: less than one case")


def test_a_role_whose_utilization_fails_is_left_alone() -> None:
    assert roles_kept(bank(weeks=4), {"utilization of all": False, "utilization of x": False}) == {"all"}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"labour": {"staff": {"al": {"least": "1"}}}}, "labour.staff names the role 'al', .*did you mean 'all'"),
        ({"labour": {"separate": [["Check", "Pay"]]}}, "labour.separate names the activity 'Pay'"),
        ({"eligibility": {"Chek": {"skip": "true"}}}, "eligibility names the activity 'Chek'.*did you mean 'Check'"),
        ({"eligibility": {"Check": {"by": ["Boss"]}}}, "eligibility.Check.by names the role 'Boss'"),
        ({"eligibility": {"Check": {"merge_with": "Deside"}}}, "eligibility.Check names the activity 'Deside'"),
    ],
)
def test_a_name_that_the_log_does_not_have_is_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        check_names(ProcessConfig.model_validate(settings), bank(weeks=1))


def test_what_was_not_said_is_told_as_an_assumption() -> None:
    said = {
        "goals": {"cost_reduction": "0.1", "cycle_time_reduction": "0.2", "changes": "3"},
        "sla": {"cycle_time": "2d"},
    }
    assert assumed_goals(ProcessConfig.model_validate(said)) == ()
    assert len(assumed_goals(ProcessConfig())) == 4


def _with_cases(process: SimulationModel) -> SimulationModel:
    """As many traces as cases, as a log has."""
    return replace(process, traces=replace(process.traces, weight=process.traces.weight.repeat(20)))


def _enough(process: SimulationModel, passed: dict[str, bool | None]) -> str | None:
    return why_no_plan(_with_cases(process), passed)
