"""What stands: rules of every origin once, and the analyst's words by id, from one run to the next."""

from pathlib import Path
from typing import Any

from bpa_assets.analyst_rules import AnalystRules, read_analyst_rules
from bpa_assets.rule_set.action_catalogue import action_text
from bpa_assets.rule_set.rule import Action, Rule
from bpa_assets.rule_set.standing import Standing, analyst_proposals, standing_rules
from bpa_assets.rule_set.validation import Known, Moment, RefusedRule, validate
from tests.rule_set.condition_examples import FEATURES

CHOICE = "Check → Approve | Reject"
KNOWN = Known(
    {"start": Moment("start", FEATURES), CHOICE: Moment(CHOICE, FEATURES, ("Approve", "Reject"))},
    ("Check", "Approve", "Reject"),
)
MINED = Rule("decision", CHOICE, "amount > 5", Action("route", (("to", "Approve"),)), "tree", "Approve", "by the tree")


def said(folder: Path, text: str) -> AnalystRules:
    """What a rules.yaml of this text says."""
    (folder / "rules.yaml").write_text(text)
    return read_analyst_rules(folder / "rules.yaml")


def stored(rule: Rule) -> dict[str, Any]:
    """A rule as the lake holds it."""
    return {
        "rule_id": rule.rule_id, "at": rule.at, "condition": rule.condition, "action": action_text(rule.action),
        "foretells": rule.foretells, "origin": rule.origin, "explanation": rule.explanation, "name": rule.name,
    }  # fmt: skip


def test_without_a_word_a_mined_rule_is_proposed_and_an_analysts_own_is_accepted(tmp_path: Path) -> None:
    """Right, misspelt and malicious ones beside each other: the right one stands, the others are told."""
    words = said(
        tmp_path,
        f"""
rules:
- {{name: Right, condition: vip, action: escalate, at: start}}
- {{name: Misspelt, condition: amout > 5, action: escalate}}
- {{name: Malicious, condition: "1; drop table event_log", action: escalate}}
- {{name: The same as mined, condition: 5 < AMOUNT, action: {{name: route, to: Approve}}, at: "{CHOICE}"}}
""",
    )
    found = [MINED, *(validate(proposal, KNOWN) for proposal in analyst_proposals(words))]
    stands = standing_rules(found, words, [], KNOWN)
    assert {rule.name: (rule.origin, rule.explanation) for rule in stands.rules} == {
        "Right": ("analyst", ""),
        "The same as mined": ("analyst", "by the tree"),
    }
    assert set(stands.standing.values()) == {Standing("accepted")}
    assert [(rule.name, rule.reason) for rule in stands.refused] == [
        ("Misspelt", "the condition: unknown name 'amout'; did you mean 'amount'?"),
        ("Malicious", "the condition: a semicolon is not in the language"),
    ]
    assert standing_rules([MINED], said(tmp_path, ""), [], KNOWN).standing == {MINED.rule_id: Standing("proposed")}


def test_an_accepted_rule_stays_when_it_is_not_found_any_more(tmp_path: Path) -> None:
    words = said(tmp_path, f"accepted:\n- {{rule: {MINED.rule_id}, by: Ann, reason: as it is done}}\n")
    first = standing_rules([MINED], words, [], KNOWN)
    later = standing_rules([], words, [stored(MINED)], KNOWN)
    assert first == later
    assert later.rules == (MINED,)
    assert later.standing[MINED.rule_id] == Standing("accepted", "Ann", "as it is done")
    assert standing_rules([], said(tmp_path, ""), [stored(MINED)], KNOWN).rules == ()


def test_an_accepted_rule_that_the_log_cannot_be_asked_any_more_is_told(tmp_path: Path) -> None:
    words = said(tmp_path, f"accepted:\n- {{rule: {MINED.rule_id}, by: Ann}}\n")
    features = {name: feature for name, feature in FEATURES.items() if name != "amount"}
    known = Known({CHOICE: Moment(CHOICE, features, ("Approve", "Reject"))}, KNOWN.activities)
    stands = standing_rules([], words, [stored(MINED)], known)
    reason = "the condition: unknown name 'amount'"
    assert stands.rules == ()
    assert stands.refused == (RefusedRule("tree", None, CHOICE, "amount > 5", reason),)
    assert stands.notes == (f"rules.yaml: {MINED.rule_id} was accepted and cannot be asked of this log: {reason}",)


def test_a_refused_rule_is_listed_as_refused_with_who_and_why(tmp_path: Path) -> None:
    words = said(tmp_path, f"refused:\n- {{rule: {MINED.rule_id}, by: Bob, reason: not our policy}}\n")
    stands = standing_rules([MINED], words, [], KNOWN)
    assert stands.rules == (MINED,)
    assert stands.standing[MINED.rule_id] == Standing("refused", "Bob", "not our policy")
    gone = standing_rules([], words, [stored(MINED)], KNOWN)
    assert (gone.rules, gone.notes) == ((), ())


def test_a_word_on_an_unknown_rule_is_told_with_the_nearest_id(tmp_path: Path) -> None:
    wrong = MINED.rule_id[:-1] + ("0" if MINED.rule_id[-1] != "0" else "1")
    stands = standing_rules([MINED], said(tmp_path, f"accepted:\n- {{rule: {wrong}, by: Ann}}\n"), [], KNOWN)
    assert stands.notes == (
        f"rules.yaml: there is no rule {wrong}, so the word of Ann has no effect; did you mean '{MINED.rule_id}'?",
    )


def test_who_proposes_a_rule_its_name_and_its_explanation_do_not_change_its_id() -> None:
    same = Rule("decision", CHOICE, "amount > 5", MINED.action, "analyst", "Approve", "else", "Mine")
    assert same.rule_id == MINED.rule_id
    assert Rule("decision", CHOICE, "amount > 6", MINED.action, "tree", "Approve").rule_id != MINED.rule_id
    assert MINED.rule_id == "r-c3303c72c0af"  # an id is a word that people keep: it must never change
