"""What a refresh says of rules: new, the same, changed, gone, and which one has only moved its threshold."""

from bpa_assets.rule_set.versions import compare
from tests.rule_set.test_rules_json import rule_row

NAMES = {"amount > 5": frozenset({"amount"}), "amount > 6": frozenset({"amount"}), "paid > 5": frozenset({"paid"})}


def test_the_first_run_calls_no_rule_new() -> None:
    found = compare([rule_row("r-1")], None, NAMES)
    assert found.changes == {"r-1": {"change": None, "replaces": None}}
    assert found.gone == []


def test_rules_are_the_same_changed_new_or_gone() -> None:
    before = [
        rule_row("r-1", confidence=0.8, holdout_precision=0.9),
        rule_row("r-2", confidence=0.8, holdout_precision=0.9),
        rule_row("r-3", holdout_precision=None),
        rule_row("r-4", condition="paid > 5"),
        rule_row("r-5"),
    ]
    now = [
        rule_row("r-1", confidence=0.85, holdout_precision=0.9),  # by 0.05 and no more
        rule_row("r-2", confidence=0.8, holdout_precision=0.84),
        rule_row("r-3", holdout_precision=0.5),
        rule_row("r-5", status="accepted"),
        rule_row("r-6", condition="amount > 5"),
    ]
    found = compare(now, before, NAMES)
    changes = {rule_id: said["change"] for rule_id, said in found.changes.items()}
    assert changes == {"r-1": "same", "r-2": "changed", "r-3": "changed", "r-5": "changed", "r-6": "new"}
    assert [(row["rule_id"], row["replaced_by"]) for row in found.gone] == [("r-4", None)]


def test_a_rule_whose_threshold_moved_replaces_the_one_before() -> None:
    before = [rule_row("r-1", condition="amount > 5"), rule_row("r-2", condition="amount > 5", foretells="reject")]
    now = [rule_row("r-3", condition="amount > 6"), rule_row("r-4", condition="amount > 6")]
    found = compare(now, before, NAMES)
    assert {rule_id: said["replaces"] for rule_id, said in found.changes.items()} == {"r-3": "r-1", "r-4": None}
    assert [(row["rule_id"], row["replaced_by"]) for row in found.gone] == [("r-1", "r-3"), ("r-2", None)]
