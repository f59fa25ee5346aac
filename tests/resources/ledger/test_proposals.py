"""Proposals: the same rule and case are one action, whatever is asked for; what changed is judged anew."""

import hashlib
from dataclasses import replace

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import Policy
from bpa_resources.ledger.ledger import Ledger
from tests.resources.ledger.asked_for import ANN_OR_BOB, NOBODY, after, asked, entered, told


def test_what_was_proposed_is_what_the_ledger_holds(ledger: Ledger) -> None:
    proposal = asked("Fall 7 ‘ä’", policy=ANN_OR_BOB, risk="high", priority=2, labels=["a", None], nested={"x": 1.5})
    action = entered(ledger, proposal)
    names = ("process", "rule_id", "case_id", "action", "call", "risk", "policy", "proposed_by", "run_id", "repeatable")
    assert {name: getattr(action, name) for name in names} == {name: getattr(proposal, name) for name in names}
    assert (action.action_id, action.request_hash) == (proposal.action_id, proposal.call.request_hash)
    assert (action.status, action.attempts, action.created_at) == ("proposed", 0, after(0))
    assert action.deadline_at == after(259_200)


def test_an_action_is_known_by_process_rule_and_case() -> None:
    text = '["orders","r-late","case-1"]'
    assert asked().action_id == "a-" + hashlib.sha256(text.encode()).hexdigest()[:16]
    others = [asked(process="o"), asked(rule="r-2"), asked("case-2")]
    assert len({one.action_id for one in (asked(), *others)}) == 4
    assert asked(priority=3, risk="high").action_id == asked().action_id


def test_a_key_is_of_one_action_and_one_request(ledger: Ledger) -> None:
    keys = [entered(ledger, asked(case, priority=number)).key for case, number in (("1", 1), ("1", 2), ("2", 1))]
    assert len(set(keys)) == 3
    assert entered(ledger, asked("1", priority=1)).key == keys[0]


def test_a_proposal_enters_once(ledger: Ledger) -> None:
    assert ledger.propose([asked("1"), asked("2")], after(0)) == (2, 0)
    assert ledger.propose([asked("2"), asked("3"), asked("3")], after(60)) == (1, 2)
    assert sorted(action.case_id for action in ledger.actions()) == ["1", "2", "3"]
    assert [action.created_at for action in ledger.actions()] == [after(0), after(0), after(60)]
    assert ledger.propose([], after(61)) == (0, 0)


def test_actions_are_listed_by_process_state_and_number(ledger: Ledger) -> None:
    ledger.propose([asked("1"), asked("2", policy=ANN_OR_BOB), asked("3", process="loans")], after(0))
    assert [action.case_id for action in ledger.actions("orders", limit=1)] in (["1"], ["2"])
    assert [action.case_id for action in ledger.actions("orders", states=("proposed",))] == ["2"]
    assert [action.case_id for action in ledger.actions(states=("proposed", "approved"), process="loans")] == ["3"]
    assert ledger.actions(states=("done",)) == []


def test_low_risk_goes_by_itself_only_as_far_as_the_policy_says(ledger: Ledger) -> None:
    status = {}
    for automatic in (None, "low", "medium", "high"):
        for risk in ("low", "medium", "high"):
            proposal = asked(f"{automatic} {risk}", risk=risk, policy=Policy(automatic=automatic))
            status[automatic, risk] = entered(ledger, proposal).status == "approved"
    assert [pair for pair, by_itself in status.items() if by_itself] == [
        ("low", "low"),
        ("medium", "low"),
        ("medium", "medium"),
        ("high", "low"),
        ("high", "medium"),
        ("high", "high"),
    ]


def test_what_asks_for_something_else_is_approved_anew(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=ANN_OR_BOB))
    ledger.approve(action.action_id, "ann@example.com", action.request_hash, after(1))
    changed = entered(ledger, asked(policy=ANN_OR_BOB, priority=1), at=100)
    assert (changed.status, changed.approved_by, changed.call.input["priority"]) == ("proposed", "", 1)
    assert changed.deadline_at == after(100 + 259_200)
    assert ledger.claim("w", after(101), 60) is None
    back = entered(ledger, asked(policy=ANN_OR_BOB), at=200)
    assert (back.status, back.approved_by) == ("approved", "ann@example.com")  # ann approved this very request
    assert told(ledger, back) == ["proposed", "approval given", "approved", "changed", "changed", "approved"]


def test_a_stricter_policy_holds_for_what_was_not_sent_yet(ledger: Ledger) -> None:
    assert entered(ledger, asked(policy=NOBODY)).status == "approved"
    assert entered(ledger, asked(policy=ANN_OR_BOB), at=60).status == "proposed"
    assert entered(ledger, asked(policy=NOBODY), at=120).status == "approved"


def test_what_was_sent_stays_what_it_was(ledger: Ledger) -> None:
    before = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    assert entered(ledger, asked(priority=1), at=2).request_hash == before.request_hash
    ledger.finish(before.action_id, "w", Outcome("done"), after(3))
    assert entered(ledger, asked(priority=1), at=4).status == "done"


def test_a_failed_action_that_asks_for_something_else_waits_for_a_person(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", Outcome("failed", reason="no such project"), after(2))
    assert entered(ledger, asked(), at=3).status == "failed"
    changed = entered(ledger, asked(project="OPS"), at=4)
    assert changed.status == "proposed"
    changed = entered(ledger, asked(project="OPS", text="of the next night"), at=4.5)
    assert changed.status == "proposed"
    assert ledger.claim("w", after(5), 60) is None
    assert ledger.approve(action.action_id, "dan", changed.request_hash, after(6)).status == "approved"
    assert ledger.claim("w", after(7), 60) is not None


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy(quorum=0), "policy.quorum is 0"),
        (Policy(approvers=("ann", "ANN "), quorum=2), "1 of the approvers may approve"),
        (Policy(approvers=("ann", "carl"), owner="Carl", quorum=2), "1 of the approvers may approve"),
        (Policy(deadline_seconds=float("nan")), "policy.deadline"),
        (Policy(deadline_seconds=0), "policy.deadline"),
        (Policy(automatic="any"), "low, medium or high, not 'any'"),  # type: ignore[arg-type]
    ],
)
def test_a_policy_that_lets_nobody_or_anybody_approve_is_refused(ledger: Ledger, policy: Policy, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ledger.propose([asked("good"), asked("bad", policy=policy)], after(0))
    assert ledger.actions() == []


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, "\ud800"])
def test_an_input_that_is_no_json_is_refused(ledger: Ledger, value: object) -> None:
    with pytest.raises(InputError, match="the input of escalate on case 'case-1' cannot be written as JSON"):
        ledger.propose([asked(value=value)], after(0))


def test_an_unknown_action_is_told(ledger: Ledger) -> None:
    with pytest.raises(InputError, match="no action a-0"):
        ledger.action("a-0")


def test_a_call_is_hashed_as_it_is_stored(ledger: Ledger) -> None:
    proposal = replace(asked(), call=Call("jira", "create_issue", {"ids": (1, 2), "by_number": {10: "a", 9: "b"}}))
    entered(ledger, proposal)
    claimed = ledger.claim("w", after(1), 60)
    assert claimed is not None
    assert claimed.call.request_hash == claimed.request_hash
