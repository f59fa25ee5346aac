"""One validator for every origin: what passes names only what the log has, and what does not says why."""

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from bpa_assets.rule_set.action_catalogue import CATALOGUE, act_against, action_schema, action_text
from bpa_assets.rule_set.conditions.condition import parse_condition
from bpa_assets.rule_set.rule import Action, Rule
from bpa_assets.rule_set.validation import Known, Moment, Proposal, RefusedRule, validate
from tests.rule_set.condition_examples import FEATURES

CHOICE = "Check → Approve | Reject | end"
ACTIVITIES = ("Check", "Approve", "Reject")
MOMENTS = [
    Moment("start", FEATURES),
    Moment("after Check", FEATURES),
    Moment(CHOICE, FEATURES, ("Approve", "Reject", "end")),
]
KNOWN = Known({moment.at: moment for moment in MOMENTS}, ACTIVITIES)  # fmt: skip


def rule(**said: object) -> Rule:
    """The rule of a proposal."""
    found = validate(Proposal("analyst", **({"condition": "amount > 5", "action": "escalate"} | said)), KNOWN)
    assert isinstance(found, Rule), found
    return found


def reason(**said: object) -> str:
    """Why a proposal is no rule."""
    found = validate(Proposal("analyst", **({"condition": "amount > 5", "action": "escalate"} | said)), KNOWN)
    assert isinstance(found, RefusedRule), found
    return found.reason


def test_a_right_rule_is_canonical() -> None:
    found = rule(name=" Big\none ", condition="5 < Amount", at="AFTER  check", action={"name": "notify", "to": "Ann"})
    action = Action("notify", (("to", "Ann"),))
    assert found == Rule("outcome", "after Check", "amount > 5", action, "analyst", "bad_outcome", "", "Big one")
    again = rule(condition="amount > 5.0", at="after Check", action={"to": "Ann", "name": "notify"}, explanation="why")
    assert again.rule_id == found.rule_id


def test_a_rule_at_a_decision_point_foretells_the_option_it_goes_to() -> None:
    route = rule(at="check -> reject | approve | END", action={"name": "route", "to": "approve"})
    assert (route.kind, route.at, route.foretells) == ("decision", CHOICE, "Approve")
    assert dict(route.action.parameters) == {"to": "Approve"}
    assert rule(at=CHOICE, action="close_case").foretells == "end"
    assert rule(at=CHOICE, foretells="Reject").kind == "decision"
    assert rule(at=CHOICE, foretells="rework").kind == "rework"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"condition": "amout > 5"}, "the condition: unknown name 'amout'; did you mean 'amount'?"),
        ({"condition": "1; drop table event_log"}, "the condition: a semicolon is not in the language"),
        ({"condition": "amount > 5 and amount < 3"}, "the condition: amount < 3 and amount > 5 can never be true"),
        ({"condition": 5}, "the condition: 5 is not a text"),
        ({"at": "aftr Check"}, "unknown moment 'aftr Check'; did you mean 'after Check'?"),
        ({"at": "after Chekc"}, "unknown activity 'Chekc'; did you mean 'Check'?"),
        ({"at": "after Approve"}, "no rule can be asked after 'Approve' in this log"),
        ({"at": "Check → Approve | Reject"}, f"unknown moment 'Check → Approve | Reject'; did you mean '{CHOICE}'?"),
        ({"at": None}, "None is no moment; write start, after an activity, or a decision point"),
        ({"action": "escalat"}, "unknown action 'escalat'; did you mean 'escalate'?"),
        ({"action": ["escalate"]}, "a list is no action; write its name, or {name: notify, to: Clerk}"),
        ({"action": {"name": "notify", "too": "x"}}, "notify has no parameter 'too'; did you mean 'to'?"),
        ({"action": "assign"}, "assign needs to: who: a person, a role or a team"),
        ({"action": {"name": "set_priority", "priority": "9"}}, "set_priority: priority '9' is not one of "
         "low, normal, high, urgent"),
        ({"action": {"name": "skip_step", "activity": "Chek"}}, "skip_step: activity: unknown activity "
         "'Chek'; did you mean 'Check'?"),
        ({"action": {"name": "notify", "message": "a\nb"}}, "notify: message is not one printable line of at most 500 "
         "characters"),
        ({"action": {"name": "route", "to": "Approve"}}, "route is asked for at a decision point; say which with at"),
        ({"at": CHOICE, "action": {"name": "route", "to": "Aprove"}}, "route: to: unknown option 'Aprove'; "
         "did you mean 'Approve'?"),
        ({"action": "close_case"}, "close_case is asked for at a decision point with the option 'end'"),
        ({"foretells": "rewrok"}, "unknown foretells 'rewrok'; did you mean 'rework'?"),
        ({"at": CHOICE, "action": {"name": "route", "to": "Approve"}, "foretells": "Reject"}, "it foretells "
         "'Reject' and goes to 'Approve'; leave foretells out"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_the_reason_and_the_nearest_name(said: dict[str, object], why: str) -> None:
    assert reason(**said) == why


def test_what_is_refused_is_shown_on_one_line_that_does_nothing() -> None:
    found = validate(Proposal("language_model", "a\n\u202e\x1b[2J" * 2000, "escalate", name={"a": 1}), KNOWN)
    assert isinstance(found, RefusedRule)
    assert found.condition.isprintable()
    assert (len(found.condition), found.name, found.origin) == (2000, "a mapping", "language_model")


NOISE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | st.sampled_from(
        ["amount > 5", "vip", "start", CHOICE, "after Check", "route", "notify", "Approve", "end", "rework", "high"]),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "to", "priority", "activity", "x"]), parts, max_size=3), max_leaves=4)  # fmt: skip


@given(st.tuples(NOISE, NOISE, NOISE, NOISE, NOISE, NOISE))
@settings(max_examples=100)
def test_whatever_is_proposed_a_rule_that_passes_names_only_what_the_log_has(parts: tuple[Any, ...]) -> None:
    condition, action, at, foretells, explanation, name = parts
    found = validate(Proposal("language_model", condition, action, at, foretells, explanation, name), KNOWN)
    if isinstance(found, Rule):
        moment = KNOWN.moments[found.at]
        assert parse_condition(found.condition, moment.features).text == found.condition
        assert found.action.name in CATALOGUE
        assert found.foretells in (*moment.options, "sla_breach", "bad_outcome", "rework")
        assert found.explanation == "" or found.explanation.isprintable()
        json.loads(action_text(found.action))
    else:
        assert found.reason.isprintable()


def test_the_schema_of_actions_takes_what_the_catalogue_takes() -> None:
    schema = action_schema()
    assert [one["properties"]["name"]["const"] for one in schema["oneOf"]] == list(CATALOGUE)
    (assign,) = (one for one in schema["oneOf"] if one["properties"]["name"]["const"] == "assign")
    assert (assign["required"], assign["additionalProperties"]) == (["name", "to"], False)
    assert action_text(Action("assign", (("to", "Zoë"),))) == '{"name": "assign", "to": "Zoë"}'


def test_actions_that_cannot_both_be_meant_are_against_each_other() -> None:
    def go(to: str) -> Action:
        return Action("route", (("to", to),))

    skip = Action("skip_step", (("activity", "Approve"),))
    assert act_against(go("Approve"), go("Reject"))
    assert act_against(go("Approve"), Action("close_case"))
    assert act_against(Action("escalate"), Action("auto_approve"))
    assert act_against(skip, go("Approve"))
    assert not act_against(skip, go("Reject"))
    assert not act_against(skip, Action("skip_step", (("activity", "Reject"),)))
    assert not act_against(go("Approve"), go("Approve"))
    assert not act_against(Action("escalate"), Action("notify"))
    assert all(other in CATALOGUE for kind in CATALOGUE.values() for other in kind.against)
