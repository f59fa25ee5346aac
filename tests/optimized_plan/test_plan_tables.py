"""The rows that a search of plans becomes."""

from dataclasses import replace

import pytest

from bpa_assets.optimized_plan.plan import Decisions, Interval, SlaEffect
from bpa_assets.optimized_plan.plan_files.decision_values import decision_text
from bpa_assets.optimized_plan.plan_files.plan_tables import TABLES, plan_tables
from bpa_assets.process_model.model_tables import table_of
from tests.optimized_plan import small_plans
from tests.optimized_plan.small_plans import AS_IS, BALANCED, FOUND, NOTHING, RECOMMENDED, of_run


def test_every_row_fits_its_declared_table() -> None:
    for search in (FOUND, small_plans.PROVEN, NOTHING):
        rows = plan_tables(of_run(search))
        assert tuple(rows) == TABLES
        for name in TABLES:
            table = table_of(name, rows[name])
            for row in rows[name]:
                assert set(row) <= set(table.column_names)


def test_a_plan_is_told_by_its_effect_under_the_calibration() -> None:
    row = next(row for row in plan_tables(of_run())["plan"] if row["plan_id"] == RECOMMENDED.plan_id)
    assert row["cost_before"] == 19_100
    assert row["cost_after"] == pytest.approx(13_370)
    assert (row["cost_change_low"], row["cost_change_high"]) == pytest.approx((-0.304, -0.296))
    assert (row["cycle_time_change_low"], row["cycle_time_change_high"]) == pytest.approx((-0.26, -0.22))
    assert (row["gap"], row["bound"], row["simulator_error"]) == (0.0037, 13_350.0, 0.012)
    assert (row["accepted"], row["recommended"], row["changes"], row["simulated_cases"]) == (True, True, 8, 54_000)


def test_of_a_plan_that_was_not_optimized_no_gap_is_told() -> None:
    rows = plan_tables(of_run())["plan"]
    assert all(("gap" in row) == (row["standing"] == "choice") for row in rows)


def test_a_limit_that_the_low_end_does_not_reach_is_not_kept() -> None:
    first = AS_IS.effects[0]
    missed = SlaEffect("activity Approve", 7200.0, 0.95, 0.9, Interval(0.955, 0.949, 0.961))
    changed = replace(AS_IS, effects=(replace(first, slas=(*first.slas, missed)),))
    rows = plan_tables(of_run(replace(FOUND, plans=(changed,))))["plan_effect"]
    assert [(row["measure"], row.get("kept")) for row in rows] == [
        ("cost", None), ("cycle_time", None), ("p90_cycle_time", None), ("waiting_time", None),
        ("sla cycle_time", True), ("sla activity Approve", False),
    ]  # fmt: skip


def test_the_lines_of_a_plan_are_counted_from_one() -> None:
    rows = [row for row in plan_tables(of_run())["plan_change"] if row["plan_id"] == RECOMMENDED.plan_id]
    assert [row["position"] for row in rows] == list(range(1, 9))
    assert (rows[1]["subject"], rows[1]["expected_change"], rows[1]["cost_change"]) == (
        "Check credit history", -0.09, -2_100.0,
    )  # fmt: skip


def test_decisions_have_the_same_text_however_its_decisions_were_put_together() -> None:
    turned = replace(BALANCED, headcount=dict(reversed(BALANCED.headcount.items())))
    assert decision_text(turned) == decision_text(BALANCED)
    assert decision_text(BALANCED) != decision_text(replace(BALANCED, dispatch="edd"))
    assert decision_text(Decisions()) == "{}"
