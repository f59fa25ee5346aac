"""What the checks find in stored rules: strange names, weak rules, contradictions; and the table of the strongest."""

import pyarrow as pa
import pytest

from bpa_assets.process_model.model_tables import table_of
from bpa_assets.rule_set.rule_checks import conflicting, not_borne_out, not_of_the_log, refusals
from bpa_assets.rule_set.rule_sentence import strongest_as_table
from bpa_assets.rule_set.share_text import share_text
from tests.rule_set.test_rules_json import rule_row

ATTRIBUTES = pa.table(
    {"column_name": ["order_value", "elapsed"], "type": ["DOUBLE", "VARCHAR"], "level": ["case", "event"]}
)
ACTIVITIES = pa.table({"activity": ["check", "pay"], "cases": [9, 8]})
POINTS = pa.table({"decision_point": ["check → pay | reject"], "options": [["pay", "reject"]]})


def test_a_stored_rule_names_what_the_log_has_in_canonical_words_or_is_told_why_not() -> None:
    good = [
        rule_row("r-1"),
        rule_row("r-2", condition="times_check > 2", action='{"name": "skip_step", "activity": "pay"}'),
        # The log has an attribute of the name of a computed feature, which keeps its name.
        rule_row("r-3", condition="case_elapsed >= 2h and elapsed = 'long'", foretells="reject"),
    ]
    bad = [
        rule_row("r-4", condition="order_valu > 5"),
        rule_row("r-5", condition="order_value > 'x'"),
        rule_row("r-6", condition="order_value>5"),
        rule_row("r-7", action='{"name": "route", "to": "nowhere"}'),
        rule_row("r-8", foretells="nowhere"),
    ]
    told = not_of_the_log(table_of("rule_set", [*good, *bad]), ATTRIBUTES, ACTIVITIES, POINTS)
    assert [line.partition(":")[0] for line in told] == ["r-4", "r-5", "r-6", "r-7", "r-8"]
    assert "did you mean" in told[0]
    assert told[4] == "r-8: check → pay | reject has no option nowhere"


def test_rules_that_later_cases_do_not_bear_out_are_told_but_those_that_were_refused() -> None:
    rows = [
        rule_row("r-1", holdout_precision=0.65, holdout_base_rate=0.6),  # by the margin of 0.05
        rule_row("r-2", holdout_precision=0.64, holdout_base_rate=0.6),
        rule_row("r-3", holdout_precision=0.5, holdout_base_rate=0.6, status="refused"),
        rule_row("r-4", holdout_precision=None),
    ]
    assert not_borne_out(table_of("rule_set", rows)) == [
        "after check, order_value > 500 → pay: right in 64% of later cases, 60% without it"
    ]


def test_each_pair_of_accepted_rules_that_contradict_each_other_is_told_once() -> None:
    rows = [
        rule_row("r-1", status="accepted", conflicts=["r-2", "r-3", "r-4"]),
        rule_row("r-2", status="accepted", condition="true", foretells="reject", conflicts=["r-1"]),
        rule_row("r-3", status="refused", conflicts=["r-1"]),
        rule_row("r-4", status="proposed", conflicts=["r-1"]),
    ]
    assert conflicting(table_of("rule_set", rows)) == [
        "after check, order_value > 500 → pay against after check, true → reject"
    ]


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100%"), (0.9999, "99.9%"), (0.996, "99.6%"), (0.994, "99%"), (0.5, "50%"),
                        (0.0049, "0.5%"), (0.0001, "0.1%"), (0.0, "0%")],
)  # fmt: skip
def test_nothing_but_all_is_said_to_be_a_hundred_percent_and_nothing_but_none_zero(share: float, text: str) -> None:
    assert share_text(share) == text


def test_refused_proposals_are_told_with_the_reason() -> None:
    rows = [{"origin": "language_model", "condition": "amout > 5", "reason": "unknown name amout"}]
    assert refusals(table_of("refused_rule", rows)) == ["amout > 5 (language model): unknown name amout"]


def test_the_strongest_rules_are_a_table_in_which_no_name_is_markup() -> None:
    rows = [rule_row("r-1", foretells="a|b <i>", holdout_precision=0.9, holdout_base_rate=0.5,
                     holdout_precision_low=0.8)]  # fmt: skip
    head, _, line = strongest_as_table(rows).splitlines()
    assert head.startswith("| rule | right in later cases |")
    assert line.count("|") == 5
    assert "<" not in line
    assert "| 90% | 50% | 40 |" in line
    assert strongest_as_table([]) == "*no rule is kept*"
