"""The line of a plan in the summary of a run, and what the checks of plans find."""

from dataclasses import replace
from typing import Any

import pytest

from bpa_assets.optimized_plan.plan import PlanSearch
from bpa_assets.optimized_plan.plan_files.plan_checks import broken_promises, moved_null_plans
from bpa_assets.optimized_plan.plan_files.plan_sentence import plan_sentence, signed_share
from bpa_assets.optimized_plan.plan_files.plan_tables import plan_tables
from bpa_assets.process_model.model_tables import table_of
from tests.optimized_plan.small_plans import AS_IS, FOUND, NOTHING, PROVEN, RECOMMENDED, about, of_run


def stored(search: PlanSearch) -> dict[str, list[dict[str, Any]]]:
    """The rows as they are read back from the lake."""
    return {name: table_of(name, rows).to_pylist() for name, rows in plan_tables(of_run(search)).items()}


def said(search: PlanSearch) -> str:
    rows = stored(search)
    return plan_sentence(rows["plan_search"][0], rows["plan"])


def broken(search: PlanSearch) -> list[str]:
    rows = stored(search)
    return broken_promises(rows["plan_search"][0], rows["plan"], rows["plan_effect"])


def test_a_recommended_plan_is_told_with_its_intervals() -> None:
    assert said(FOUND) == "cost −30 % (−30.4 to −29.6), cycle time −24 % (−26 to −22); 8 changes"


def test_where_there_is_no_plan_the_proof_or_the_reason_is_told() -> None:
    assert said(PROVEN).startswith("With any number of people and the widest hours")
    assert said(replace(PROVEN, proof=("It cannot be.", "Clerk binds."))) == "It cannot be. Clerk binds."
    assert said(NOTHING) == "the log has 12 cases, and a plan needs 30."
    assert said(replace(FOUND, recommended=None)) == "none of the plans that were tried is accepted"


@pytest.mark.parametrize(
    ("share", "text"), [(-0.184, "−18"), (0.0312, "+3.1"), (-0.0996, "−10"), (0.0, "±0"), (-0.0003, "±0"), (0.5, "+50")]
)
def test_shares_have_at_most_three_digits(share: float, text: str) -> None:
    assert signed_share(share) == text


def test_accepted_plans_that_keep_what_was_asked_break_nothing() -> None:
    kept = replace(FOUND, plans=tuple(replace(one, effects=one.effects[:1]) for one in FOUND.plans))
    assert broken(kept) == []
    assert broken(PROVEN) == []  # no plan is accepted


def test_an_accepted_plan_is_held_to_every_scenario_at_the_bound() -> None:
    calibration, more, held_out = RECOMMENDED.effects
    late = replace(held_out.slas[0], after=about(0.951, 0.005))
    short = replace(more, cost_change=about(-0.101, 0.002))
    search = replace(
        FOUND, plans=(replace(RECOMMENDED, effects=(calibration, short, replace(held_out, slas=(late,)))),)
    )
    name = RECOMMENDED.plan_id
    assert broken(search)[0] == f"{name} in demand +10 %: cost -9.9% at the bound, -10.0% is asked"
    assert broken(search)[-1] == f"{name} in held-out weeks: sla cycle_time 94.6% at the bound, 95.0% is asked"


def test_the_process_as_it_is_must_not_seem_to_change() -> None:
    assert moved_null_plans(stored(FOUND)["plan"]) == []
    moved = replace(AS_IS, effects=(replace(AS_IS.effects[0], cycle_change=about(0.01, 0.004)),))
    (found,) = moved_null_plans(stored(replace(FOUND, plans=(moved,)))["plan"])
    assert found == f"cycle_time_change of {AS_IS.plan_id} is +0.60% to +1.40%"
