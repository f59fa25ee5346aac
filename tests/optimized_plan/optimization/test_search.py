"""The whole search on a process whose truth is known: three clerks and an approver with bad hours."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bpa_assets.optimized_plan.acceptance.change_lines import lines_of
from bpa_assets.optimized_plan.acceptance.judge import Judge
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.optimization import search
from bpa_assets.optimized_plan.optimization.candidates import Candidates
from bpa_assets.optimized_plan.optimization.eligible_changes import breaks_separation
from bpa_assets.optimized_plan.optimization.search import found_plans
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.plan_settings import Automate, Eligible, Labour
from bpa_assets.settings import ProcessConfig
from tests.optimized_plan.true_processes import Person, Step, true_process

CLERKS, APPROVER = "Clerks", "Approver"
ELIGIBLE = {
    "Check": Eligible(automate=Automate(effort=0.5, per_case=0.1)),
    "Approve": Eligible(by=(CLERKS,)),
    "File": Eligible(skip=True),
}


def process() -> SimulationModel:
    """Checks and files by three clerks who have little to do; approvals on Tuesday and Thursday mornings only."""
    people = [
        *(Person(f"Clerk {one}", 9, 17, ("Check", "File")) for one in (1, 2, 3)),
        Person("Ada", 9, 12, ("Approve",), weekdays=(1, 3)),
    ]
    route = [Step("Check"), Step("Approve", ("Check",)), Step("File", ("Approve",))]
    of = true_process(
        {"Check": 30.0, "Approve": 5.0, "File": 10.0}, people, [(1.0, route)], cases_a_day=5.0, weeks=10, seed=4
    )
    work = replace(of.workforce, roles=(CLERKS, APPROVER), role=np.array([0, 0, 0, 1]))
    return replace(of, workforce=work)


@cache
def found(*, eligible: bool = False, separate: bool = False, seed: int = 1) -> tuple[Judge, Candidates]:
    config = ProcessConfig(eligibility=ELIGIBLE if eligible else {})
    terms = Terms.of(config, process())
    judge = Judge(process(), terms, seed)
    return judge, found_plans(judge, Labour.model_validate({"separate": [["Check", "Approve"]]} if separate else {}))


@pytest.fixture(autouse=True)
def _few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("TRIES", 20), ("TRIES_OF_OTHERS", 3), ("ROUNDS", 2), ("GRID", (0.0, 0.3, 0.5))):
        monkeypatch.setattr(search, name, few)


def test_fewer_clerks_and_better_hours_are_found() -> None:
    judge, candidates = found()
    assert candidates.proof == ()
    reached = [judge.effect(one.decisions) for one in candidates.front]
    assert any(one.cost_change.high < -0.1 and one.cycle_change.high < -0.2 for one in reached)
    best = next(
        one.decisions for one, is_now in zip(candidates.front, reached, strict=True) if is_now.cycle_change.high < -0.2
    )
    assert APPROVER in best.shifts
    assert sum(best.shifts[APPROVER].hours[:24]) > 0, "approvals on Mondays, too"


def test_every_plan_keeps_the_limits() -> None:
    judge, candidates = found(eligible=True, separate=True)
    assert candidates.front
    for one in candidates.front:
        decisions = one.decisions
        assert len(list(lines_of(decisions))) <= judge.terms.changes
        assert all(1 <= number <= 3 for number in decisions.headcount.values())
        assert all(sum(shifts.hours) <= 40 for shifts in decisions.shifts.values())
        assert not breaks_separation(judge.model, decisions, judge.terms, [("Check", "Approve")])
        assert one.surrogate is None or one.surrogate.gap <= 0.01


def test_what_is_eligible_is_used() -> None:
    _, with_more = found(eligible=True)
    assert any(one.decisions.skipped or one.decisions.automated or one.decisions.reassigned for one in with_more.front)
    assert with_more.bounds is not None
    without = found()[1].bounds
    assert without is not None
    assert with_more.bounds.cycle_change.value < without.cycle_change.value


def test_the_same_seed_gives_the_same_plans() -> None:
    first = found()[1]
    found.cache_clear()
    assert found()[1] == first


def test_no_plan_goes_below_the_bounds() -> None:
    judge, candidates = found(eligible=True)
    assert candidates.bounds is not None
    for one in candidates.front:
        effect = judge.effect(one.decisions)
        assert effect.cycle_change.value >= candidates.bounds.cycle_change.low
        assert effect.cost_change.value >= candidates.bounds.cost_change


def test_where_the_bound_rules_a_goal_out_it_is_proven() -> None:
    config = ProcessConfig.model_validate({"goals": {"cycle_time_reduction": "0.99"}})
    judge = Judge(process(), Terms.of(config, process()), 1)
    proof = found_plans(judge, Labour()).proof
    assert proof[0].startswith("The mean cycle time cannot fall by 99%: even with as many people as it takes")
    assert proof[1] == "With as many people as it takes a case still lasts 4h 35m: the work, and the hours of work."


def test_where_nobody_costs_anything_that_is_told() -> None:
    config = ProcessConfig.model_validate({"cost": {"default_per_hour": "0"}})
    judge = Judge(process(), Terms.of(config, process()), 1)
    assert found_plans(judge, Labour()).proof[-1] == (
        "The cost cannot fall by 10%: every rate of cost in process.yaml is 0, so the process costs nothing today."
    )
