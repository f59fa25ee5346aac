"""`rules.yaml`: what an analyst may say in it, and every mistake of form by its line."""

from pathlib import Path

import pytest

from bpa_assets.analyst_rules import AnalystRules, read_analyst_rules
from bpa_assets.event_log.inputs import inputs_fingerprint
from bpa_resources.errors import InputError
from bpa_resources.inbox import Inbox

ID = "r-0123456789ab"


def read(folder: Path, text: str) -> AnalystRules:
    """What a file of this text says."""
    path = folder / "rules.yaml"
    path.write_text(text)
    return read_analyst_rules(path)


def test_a_file_says_rules_and_words(tmp_path: Path) -> None:
    said = read(
        tmp_path,
        f"""
rules:
- name: Big ones
  at: after Check
  condition: amount > 500
  action: {{name: notify, to: Ann}}
  explanation: Ann asked for it
- when: start
  condition: vip
  action: escalate
  foretells: rework
accepted:
- {{rule: {ID}, by: Ann, reason: as it is done}}
refused:
- {{rule: r-ba9876543210, by: Bob}}
""",
    )
    first, second = said.rules
    assert (first.name, first.moment, first.condition, first.explanation) == (
        "Big ones", "after Check", "amount > 500", "Ann asked for it",
    )  # fmt: skip
    assert first.action == {"name": "notify", "to": "Ann"}
    assert (second.moment, second.action, second.foretells) == ("start", {"name": "escalate"}, "rework")
    assert [(word.rule, word.by, word.reason) for word in said.accepted] == [(ID, "Ann", "as it is done")]
    assert [(word.rule, word.by, word.reason) for word in said.refused] == [("r-ba9876543210", "Bob", None)]


@pytest.mark.parametrize("text", ["", "rules:\n", "accepted:\nrefused: []\n", "# nothing\n"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == AnalystRules()


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_analyst_rules(tmp_path / "rules.yaml") == AnalystRules()


WRONG = {
    "rules:\n- conditon: a\n  action: b\n": "unknown key 'conditon' in rules (line 2); did you mean 'condition'?",
    "rules:\n- action: b\n": "rules (line 2): 'condition' is missing; add it",
    "rules: b\n": "rules (line 1): 'b' is not a list; write [A, B]",
    "rules:\n- b\n": "rules (line 2): 'b' is not a mapping (key: value); its keys are name, at, when, condition, "
    "action, foretells, explanation",
    "rules:\n- condition: a\n  action: [b]\n": "rules.action (line 3): a list is not an action; write escalate or "
    "{name: notify, to: Clerk}",
    "rules:\n- {condition: a, action: b, at: c, when: c}": "rules (line 2): a mapping has at and when, which mean the "
    "same; keep one",
    f"accepted:\n- rule: {ID}\n": "accepted (line 2): 'by' is missing; add it",
    "accepted:\n- rule: x\n  by: Ann\n": "accepted.rule (line 2): 'x' is not the id of a rule; write such as "
    "r-0123456789ab",
    f"accepted:\n- {{rule: {ID}, by: A}}\nrefused:\n- {{rule: {ID}, by: B}}\n": f"it names {ID} twice among accepted "
    "and refused; keep one",
    "acepted: []\n": "unknown key 'acepted' (line 1); did you mean 'accepted'?",
    "rules:\n- condition: &a b\n": "aliases and anchors (* and &) are not supported; put text in quotes (line 2)",
    "rules:\n" + "- {condition: a, action: b}\n" * 501: "rules (line 1): a list is a list of more than 500; "
    "write fewer",
}  # fmt: skip


@pytest.mark.parametrize("text", list(WRONG))
def test_a_malformed_file_is_refused_by_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert str(refused.value) == f"rules.yaml: {WRONG[text]}"


def test_a_change_of_the_rules_asks_for_a_refresh(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("case\n")
    before = inputs_fingerprint(Inbox(tmp_path))
    (tmp_path / "rules.yaml").write_text("rules: []\n")
    with_rules = inputs_fingerprint(Inbox(tmp_path))
    (tmp_path / "rules.yaml").write_text("accepted: []\n")
    assert len({before, with_rules, inputs_fingerprint(Inbox(tmp_path))}) == 3
