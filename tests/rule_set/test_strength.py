"""Which rule is shown where there is room for one."""

from typing import Any

from bpa_assets.rule_set.strength import most_telling


def _row(rule_id: str, condition: str, **figures: Any) -> dict[str, Any]:
    usual = {"status": "proposed", "holdout_precision_low": 0.9, "holdout_base_rate": 0.5, "holdout_support": 100}
    return {"rule_id": rule_id, "condition": condition, **usual, **figures}


def _first(*rows: dict[str, Any]) -> str | None:
    found = most_telling(rows)
    return None if found is None else found["rule_id"]


def test_the_rule_that_gains_most_is_shown() -> None:
    rare = _row("rare", "amount > 5", holdout_precision_low=0.99, holdout_support=20)  # .49 * 20 = 9.8
    frequent = _row("frequent", "amount > 7", holdout_precision_low=0.7)  # .2 * 100 = 20
    assert _first(rare, frequent) == "frequent"


def test_what_only_says_which_way_a_case_came_is_shown_last() -> None:
    way = _row("way", "times_pay > 0 and last_activity in ('amount', 'Ship it')", holdout_support=9000)
    assert _first(way, _row("why", "segment = 'new'")) == "why"
    assert _first(way) == "way"


def test_refused_rules_and_those_that_later_cases_say_nothing_of_are_not_shown() -> None:
    refused = _row("refused", "amount > 5", status="refused")
    assert _first(refused, _row("untold", "amount > 6", holdout_precision_low=None)) is None
