"""What a plan does to a process whose figures can be worked out by hand."""

from dataclasses import replace
from typing import Any

import pytest

from bpa_assets.optimized_plan.acceptance.as_it_is import AsItIs
from bpa_assets.optimized_plan.acceptance.attribution import changes_of
from bpa_assets.optimized_plan.acceptance.change_lines import lines_of, plan_id
from bpa_assets.optimized_plan.acceptance.fragility import breaks_at
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.scenarios import (
    CALIBRATION,
    HELD_OUT,
    MORE_DEMAND,
    arriving,
    held_out_from,
    searched_part,
)
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.plan import Decisions, Shifts
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.settings import ProcessConfig
from tests.optimized_plan.small_models import OFFICE, model
from tests.optimized_plan.true_processes import bank

HOUR, DAY = 3600.0, 86400.0


def evening_case(**others: Any) -> SimulationModel:
    """Every Monday at 18:00 a case arrives, an hour of work for one person from 9 to 17: done on Tuesday at 10:00."""
    return model(
        [[{"processing": HOUR, "resource": 0}]], candidates=[{0: 1.0}], hours=[OFFICE], arrived=[18 * HOUR], **others
    )


def until(hour: int) -> Shifts:
    """Monday to Friday from 9 to an hour."""
    hours = tuple(at // 24 < 5 and 9 <= at % 24 < hour for at in range(168))
    return Shifts(f"mon-fri 09:00-{hour}:00", hours)


def judge_of(process: SimulationModel, **settings: Any) -> Judge:
    return Judge(process, Terms.of(ProcessConfig.model_validate(settings), process), seed=1)


def test_longer_hours_spare_the_night_and_cost_what_they_cost() -> None:
    effect = judge_of(evening_case()).effect(Decisions(shifts={"everybody": until(19)}))
    # Done at 19:00 on Monday instead of 10:00 on Tuesday: 1 h instead of 16 h; 50 h a week instead of 40.
    assert (effect.cycle_before, effect.cycle_after) == (16 * HOUR, 1 * HOUR)
    assert (effect.cycle_change.value, effect.cost_change.value) == pytest.approx((-15 / 16, 0.25))
    assert (effect.p90_change.value, effect.waiting_change.value) == pytest.approx((-15 / 16, -1.0))
    assert (effect.cycle_change.low, effect.cycle_change.high) == pytest.approx((-15 / 16, -15 / 16))


def test_a_plan_that_changes_nothing_changes_nothing() -> None:
    effect = judge_of(bank(weeks=6), sla={"cycle_time": "2d"}).effect(AS_IS)
    changes = (effect.cost_change, effect.cycle_change, effect.p90_change, effect.waiting_change)
    assert all((one.value, one.low, one.high) == (0, 0, 0) for one in changes)
    assert effect.slas[0].kept


def test_the_same_seed_gives_the_same_effect_and_another_one_that_overlaps() -> None:
    process, plan = bank(weeks=6), Decisions(dispatch="shortest first")
    first, again, other = (Judge(process, Terms.of(ProcessConfig(), process), seed).effect(plan) for seed in (1, 1, 2))
    assert first == again
    assert first.cycle_change.low <= other.cycle_change.high
    assert other.cycle_change.low <= first.cycle_change.high


@pytest.mark.parametrize(
    ("sla", "before", "after"),
    [
        ({"cycle_time": {"limit": "2h", "share": "0.9"}}, 0.0, 1.0),
        ({"waiting_time": {"limit": "15h", "share": "0.9"}}, 1.0, 1.0),
        ({"waiting_time": {"limit": "14h", "share": "0.9"}}, 0.0, 1.0),
        ({"activities": {"activity 0": {"limit": "15h", "share": "0.9"}}}, 0.0, 1.0),
    ],
)
def test_a_promise_is_kept_by_the_cases_within_its_limit(sla: Any, before: float, after: float) -> None:
    config = ProcessConfig.model_validate({"sla": sla})
    process = evening_case()
    effect = Judge(process, Terms.of(config, process), 1).effect(Decisions(shifts={"everybody": until(19)}))
    assert (effect.slas[0].before, effect.slas[0].after.value) == (before, after)
    assert effect.slas[0].kept


def test_a_share_that_is_not_said_must_not_become_worse() -> None:
    judge = judge_of(evening_case(), sla={"cycle_time": "17h"})
    noon = tuple(at // 24 < 5 and 12 <= at % 24 < 17 for at in range(168))
    from_noon = Shifts("mon-fri 12:00-17:00", noon)  # done on Tuesday at 13:00, after 19 h
    sla = judge.effect(Decisions(shifts={"everybody": from_noon})).slas[0]
    assert (sla.before, sla.needed, sla.after.value, sla.kept) == (1.0, 0.995, 0.0, False)


def test_waiting_is_the_time_in_which_nothing_is_done_of_a_case() -> None:
    # Two steps side by side, 2 h and 1 h, then one of 1 h after a delay of 3 h: 6 h in all, 3 of them waiting.
    steps = [
        {"processing": 2 * HOUR, "after": []},
        {"processing": HOUR, "after": []},
        {"processing": HOUR, "delay": 3 * HOUR, "after": [0, 1]},
    ]
    judge = judge_of(model([steps], candidates=[{}]))
    log, _ = judge.log_as_it_is()
    cycle, waited = log.cycle_and_waiting()
    assert cycle.tolist() == pytest.approx([6 * HOUR] * len(log.cases.arrived))
    assert waited.tolist() == pytest.approx([3 * HOUR] * len(log.cases.arrived))


def test_each_change_is_told_with_what_it_alone_takes_away() -> None:
    judge = judge_of(evening_case())
    plan = Decisions(headcount={"everybody": 2}, shifts={"everybody": until(19)})
    people, hours = changes_of(judge, plan, AsItIs.of(judge))
    # A second person is worth nothing where the first is idle, and costs 50 h; the hours spare 15 of 16 h, for 2 × 10.
    assert (people.kind, people.from_value, people.to_value, people.cycle_change.value) == ("headcount", "1", "2", 0.0)
    assert (people.cost_change, hours.cost_change) == pytest.approx((50.0, 20.0))
    assert (hours.from_value, hours.to_value) == ("mon-fri 09:00-17:00", "mon-fri 09:00-19:00")
    assert hours.cycle_change.value == pytest.approx(-15 / 16)
    assert hours.reason == "A case rests 15h outside the hours of everybody and waits 0s while it is busy."
    assert people.reason == "everybody works 2% of the time it is there today."


def test_every_kind_of_decision_is_a_line_that_can_be_left_out() -> None:
    plan = Decisions(
        headcount={"Clerk": 2},
        shifts={"Clerk": until(19)},
        reassigned=(("a", "Clerk"),),
        automated=("b",),
        skipped=("c",),
        merged=(("d", "e"),),
        parallel=(("f", "g"),),
        dispatch="random",
    )
    lines = list(lines_of(plan))
    assert [line.kind for line in lines] == [
        *("headcount", "hours", "reassign", "automate", "skip", "merge", "parallelize", "dispatch")
    ]
    assert len({plan_id(line.without) for line in lines} | {plan_id(plan)}) == 9
    assert all(len(list(lines_of(line.without))) == 7 for line in lines)


def test_the_id_of_a_plan_is_that_of_what_it_does() -> None:
    one = Decisions(automated=("a", "b"), headcount={"x": 1, "y": 2})
    assert plan_id(one) == plan_id(Decisions(automated=("b", "a"), headcount={"y": 2, "x": 1}))
    assert plan_id(one) != plan_id(replace(one, dispatch="random"))
    assert plan_id(AS_IS).startswith("p-")
    assert len(plan_id(AS_IS)) == 14


def test_the_last_weeks_are_held_out() -> None:
    process = bank(weeks=10)
    since = held_out_from(process)
    assert since == 8 * 7 * DAY
    assert searched_part(process).arrivals.day[-1] == 55
    assert searched_part(process).arrivals.offsets.values.size == searched_part(process).arrivals.trace.size
    cases, counted, seconds = arriving(process, HELD_OUT, 1, warm=7 * DAY)
    offsets = process.arrivals.offsets
    assert counted.sum() == len(offsets.values) - offsets.starts[56]
    assert cases.arrived[0] >= 7 * 7 * DAY
    assert seconds == 3 * 7 * DAY


def test_more_demand_adds_cases_and_moves_none() -> None:
    process = bank(weeks=10)
    (usual, counted, _), (more, more_counted, _) = (
        arriving(process, one, 1, warm=7 * DAY) for one in (CALIBRATION, MORE_DEMAND)
    )
    assert set(usual.key.tolist()) < set(more.key.tolist())
    assert more_counted.sum() == pytest.approx(1.1 * counted.sum(), rel=0.04)


def test_a_plan_breaks_at_the_demand_from_which_cases_take_too_long() -> None:
    # An hour of work every two hours; of a share x of further cases at the same moments each waits for the one before:
    # a mean of (1 + 2x) / (1 + x) h, which is 1.3 h at x = .43.
    process = model(
        [[{"processing": HOUR, "resource": 0}]] * 20,
        candidates=[{0: 0.5, 1: 0.5}],
        hours=[OFFICE, OFFICE],
        arrived=[day * DAY + hour * HOUR for day in range(5) for hour in (9, 11, 13, 15)],
    )
    judge = judge_of(process, goals={"cost_reduction": "0.4"})
    judge.terms = replace(judge.terms, cycle_time_reduction=-0.3)  # may take 1.3 times as long
    found = breaks_at(judge, Decisions(headcount={"everybody": 1}))
    assert found is not None
    assert 1.35 <= found <= 1.5


def test_a_plan_that_holds_at_twice_the_demand_does_not_break() -> None:
    judge = judge_of(evening_case())
    judge.terms = replace(judge.terms, cost_reduction=-0.26)
    assert breaks_at(judge, Decisions(shifts={"everybody": until(19)})) is None


def test_work_that_lies_over_a_night_is_told_of_the_hours() -> None:
    # Begun on Monday at 16:00, two hours of work: done on Tuesday at 10:00, 16 h of the night between.
    late = model(
        [[{"processing": 2 * HOUR, "resource": 0}]], candidates=[{0: 1.0}], hours=[OFFICE], arrived=[16 * HOUR]
    )
    assert AsItIs.of(judge_of(late)).rests_with("everybody") == pytest.approx(16.0)
