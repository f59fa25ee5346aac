"""The effect of a rule by hand: the same follow-up on both sides, who was acted on before left out, no effect told."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bpa_assets.actions.effects import Done, rule_effects

BEGIN, DAY = datetime(2026, 1, 1), timedelta(days=1)
ON = BEGIN + 40 * DAY
RULE = "r-0123456789ab"


def case(day: int, *, breached: bool, took: int = 1, is_open: bool = False) -> dict[str, Any]:
    """A case in which the rule fires on a day, that ends so many days later."""
    fired = BEGIN + day * DAY
    return {
        "rule_id": RULE, "case_id": f"C-{day}", "moment_time": fired, "came_true": None if is_open else breached,
        "ended_at": fired + took * DAY, "is_open": is_open, "sla_breached": breached,
        "cycle_time_seconds": took * 86_400.0,
    }  # fmt: skip


def effects(cases: list[dict[str, Any]], *acted: str) -> dict[str, dict[str, Any]]:
    """By measure."""
    frame = pl.DataFrame(cases, schema_overrides={"came_true": pl.Boolean})
    firings = frame.select("rule_id", "case_id", "moment_time", "came_true")
    rest = frame.select("case_id", "ended_at", "is_open", "sla_breached", "cycle_time_seconds")
    return {row["measure"]: row for row in rule_effects(firings, rest, {RULE: Done(ON, set(acted))})}


BEFORE = [case(day, breached=day < 30) for day in range(40)]  # 30 of 40 break a limit
SINCE = [case(day, breached=day < 48) for day in range(40, 80)]  # 8 of 40 do


def test_the_change_and_its_interval_by_hand() -> None:
    found = effects([*BEFORE, *SINCE], "C-41", "C-42")
    row = found["sla_breached"]
    assert (row["cases_before"], row["cases_since"], row["acted_on"]) == (40, 40, 2)
    assert (row["value_before"], row["value_since"], row["difference"]) == (0.75, 0.2, pytest.approx(-0.55))
    # Newcombe's method 10 of 8/40 and 30/40: Wilson intervals .1050 to .3476 and .5981 to .8581.
    assert row["difference_low"] == pytest.approx(
        -0.55 - ((0.2 - 0.10497) ** 2 + (0.85813 - 0.75) ** 2) ** 0.5, abs=1e-4
    )
    assert row["difference_high"] == pytest.approx(
        -0.55 + ((0.34756 - 0.2) ** 2 + (0.75 - 0.59809) ** 2) ** 0.5, abs=1e-4
    )
    assert row["finding"] == "less"
    assert row["switched_on_at"] == ON
    assert row["follow_up_seconds"] == 86_400


def test_no_effect_is_a_finding_and_few_cases_are_none() -> None:
    same = [case(day, breached=day % 4 > 0) for day in range(80)]
    assert effects(same)["sla_breached"]["finding"] == "no effect seen"
    few = effects([*BEFORE, *SINCE[:10]])["sla_breached"]
    assert (few["finding"], few["difference_low"]) == ("too few cases", None)
    assert few["value_since"] == pytest.approx(0.8)


def test_a_case_of_before_that_was_acted_on_is_on_neither_side() -> None:
    assert effects([*BEFORE, *SINCE], "C-39")["sla_breached"]["cases_before"] == 39


def test_quick_cases_that_have_ended_are_no_improvement() -> None:
    """Since then nothing changed, but of the cases only the quick ones of the last days ended, within the limit."""
    long = 10
    before = [case(day, breached=day % 2 > 0, took=long if day % 2 else 1) for day in range(40)]
    since = [case(day, breached=day % 2 > 0, took=long if day % 2 else 1) for day in range(40, 80)]
    last = [case(day, breached=False) for day in range(80, 88)]  # their slow fellows are open, and not in the log yet
    row = effects([*before, *since, *last])["sla_breached"]
    assert row["follow_up_seconds"] == 10 * 86_400
    assert (row["cases_since"], row["value_since"], row["finding"]) == (40, 0.5, "no effect seen")


def test_mean_cycle_times_have_a_bootstrap_interval_that_is_always_the_same() -> None:
    slow = [case(day, breached=False, took=4 + day % 3) for day in range(40)]
    quick = [case(day, breached=False, took=1 + day % 3) for day in range(40, 80)]
    one = effects([*slow, *quick])["cycle_time_seconds"]
    assert one["difference"] == pytest.approx(-3 * 86_400, rel=0.02)
    assert one["difference_low"] < one["difference"] < one["difference_high"] < 0
    assert one == effects([*slow, *quick])["cycle_time_seconds"]
    assert one["finding"] == "less"
