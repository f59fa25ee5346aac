"""Approvals: who may, how many, until when, and for which request."""

import pytest

from bpa_resources.connectors.call import Outcome
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import Policy
from bpa_resources.ledger.ledger import Ledger
from tests.resources.ledger.asked_for import ANN_OR_BOB, NOBODY, after, asked, entered, told

ANN, BOB, CARL = "ann@example.com", "bob@example.com", "carl@example.com"


def test_one_of_the_approvers_is_enough_for_a_quorum_of_one(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=ANN_OR_BOB))
    assert ledger.claim("w", after(1), 60) is None
    approved = ledger.approve(action.action_id, ANN, action.request_hash, after(2))
    assert (approved.status, approved.approved_by) == ("approved", ANN)
    assert ledger.action(action.action_id) == approved
    given = ledger.history(action.action_id)[1]
    assert (given.event, given.who, given.details) == ("approval given", ANN, {"request_hash": action.request_hash})


def test_a_quorum_of_two_needs_two_persons(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=Policy(approvers=(ANN, BOB, "dan"), quorum=2)))
    first = ledger.approve(action.action_id, BOB, action.request_hash, after(1))
    assert (first.status, first.approved_by) == ("proposed", BOB)
    for spelling in (BOB, "BOB@example.com", " bob@Example.COM ", "ｂｏｂ@example.com"):
        with pytest.raises(InputError, match="approved it before"):
            ledger.approve(action.action_id, spelling, action.request_hash, after(2))
    second = ledger.approve(action.action_id, ANN, action.request_hash, after(3))
    assert (second.status, second.approved_by) == ("approved", f"{BOB},{ANN}")


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("dan", "none of the approvers"),
        (CARL, "none of the approvers"),
        ("", "the name of a person"),
        ("  ", "the name of a person"),
        (f"{ANN},{BOB}", "one line without a comma"),
        (f"{ANN}\n", None),
        (f"ann\n{BOB}", "one line"),
        ("bpa", "the pipeline itself"),
        ("BPA", "the pipeline itself"),
    ],
)
def test_who_may_not_approve_is_told_why(ledger: Ledger, by: str, said: str | None) -> None:
    action = entered(ledger, asked(policy=ANN_OR_BOB))
    if said is None:
        assert ledger.approve(action.action_id, by, action.request_hash, after(1)).status == "approved"
        return
    with pytest.raises(InputError, match=said):
        ledger.approve(action.action_id, by, action.request_hash, after(1))
    assert ledger.action(action.action_id).status == "proposed"


@pytest.mark.parametrize("by", [CARL, "Carl@Example.com", "ann@example.com"])
def test_owner_and_proposer_do_not_approve_where_four_eyes_are_asked_for(ledger: Ledger, by: str) -> None:
    action = entered(ledger, asked(policy=Policy(owner=CARL), by=ANN))
    with pytest.raises(InputError, match="four_eyes asks for somebody else"):
        ledger.approve(action.action_id, by, action.request_hash, after(1))
    assert ledger.approve(action.action_id, BOB, action.request_hash, after(2)).status == "approved"


def test_without_four_eyes_the_owner_may_approve(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=Policy(owner=CARL, four_eyes=False)))
    assert ledger.approve(action.action_id, CARL, action.request_hash, after(1)).status == "approved"


def test_an_approval_is_of_one_request(ledger: Ledger) -> None:
    seen = entered(ledger, asked(policy=ANN_OR_BOB))
    now = entered(ledger, asked(policy=ANN_OR_BOB, amount=9000), at=1)
    with pytest.raises(InputError, match="asks for something else now"):
        ledger.approve(seen.action_id, ANN, seen.request_hash, after(2))
    assert ledger.approve(seen.action_id, ANN, now.request_hash, after(3)).status == "approved"


def test_after_the_deadline_nobody_approves_and_nothing_is_sent(ledger: Ledger) -> None:
    policy = Policy(deadline_seconds=100)
    late, in_time, sending = (entered(ledger, asked(case, policy=policy)) for case in ("late", "in time", "sending"))
    ledger.approve(in_time.action_id, ANN, in_time.request_hash, after(99))
    ledger.approve(sending.action_id, ANN, sending.request_hash, after(99))
    assert ledger.claim("w", after(99), 60, action_id=sending.action_id) is not None
    with pytest.raises(InputError, match="had to be approved before 2026-11-02 09:01 UTC"):
        ledger.approve(late.action_id, ANN, late.request_hash, after(100))
    assert ledger.claim("w", after(100), 60) is None
    assert ledger.expire(after(99)) == 0
    assert ledger.expire(after(100)) == 2
    assert [ledger.action(one.action_id).status for one in (late, in_time, sending)] == [
        "expired",
        "expired",
        "sending",
    ]
    assert ledger.action(late.action_id).reason == "not approved before its deadline"
    assert ledger.action(in_time.action_id).reason == "not sent before its deadline"


def test_what_is_not_proposed_is_not_approved(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=NOBODY))
    with pytest.raises(InputError, match="is approved: only a proposed action is approved"):
        ledger.approve(action.action_id, ANN, action.request_hash, after(1))
    with pytest.raises(InputError, match="no action"):
        ledger.approve("a-unknown", ANN, action.request_hash, after(1))


def test_a_rejected_action_is_never_asked_for_again(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    rejected = ledger.reject(action.action_id, ANN, "the customer has called", after(1))
    assert (rejected.status, rejected.reason) == ("rejected", "the customer has called")
    assert entered(ledger, asked(priority=1), at=2).status == "rejected"
    assert ledger.claim("w", after(3), 60) is None
    with pytest.raises(InputError, match="is rejected: it cannot be rejected any more"):
        ledger.reject(action.action_id, ANN, "", after(4))


def test_what_is_being_sent_is_not_rejected(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    with pytest.raises(InputError, match="is sending"):
        ledger.reject(action.action_id, ANN, "", after(2))


def test_a_failed_action_is_sent_again_by_somebody_who_may_approve_it(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=ANN_OR_BOB))
    ledger.approve(action.action_id, ANN, action.request_hash, after(1))
    with pytest.raises(InputError, match="only a failed action"):
        ledger.retry(action.action_id, ANN, after(1))
    first = ledger.claim("w", after(2), 60)
    ledger.finish(action.action_id, "w", Outcome("failed", reason="no rights"), after(3))
    with pytest.raises(InputError, match="none of the approvers"):
        ledger.retry(action.action_id, CARL, after(4))
    assert ledger.claim("w", after(4), 60) is None
    retried = ledger.retry(action.action_id, BOB, after(300_000))
    assert (retried.status, retried.deadline_at) == ("approved", after(300_000 + 259_200))
    second = ledger.claim("w", after(300_001), 60)
    assert first is not None
    assert second is not None
    assert first.key == second.key
    assert told(ledger, action)[-3:] == ["failed", "retried", "sending"]


def test_a_person_says_what_became_of_an_unknown_call(ledger: Ledger) -> None:
    seen, not_seen, given_up = (entered(ledger, asked(case)) for case in ("seen", "not seen", "given up"))
    for action in (seen, not_seen, given_up):
        ledger.claim("w", after(1), 60, action_id=action.action_id)
        ledger.finish(action.action_id, "w", Outcome("unknown", reason="no answer"), after(2))
        assert ledger.action(action.action_id).reason == "no answer"
    assert ledger.claim("w", after(100), 60) is None
    resolved = ledger.resolve(seen.action_id, ANN, done=True, now=after(101))
    assert (resolved.status, resolved.done_at) == ("done", after(101))
    assert ledger.resolve(not_seen.action_id, ANN, done=False, now=after(102)).status == "approved"
    assert ledger.reject(given_up.action_id, ANN, "too late", after(103)).status == "rejected"
    again = ledger.claim("w2", after(104), 60)
    assert again is not None
    assert again.action_id == not_seen.action_id
    with pytest.raises(InputError, match="only one whose effect is unknown"):
        ledger.resolve(seen.action_id, ANN, done=False, now=after(105))
    assert told(ledger, seen)[-2:] == ["unknown", "found done"]
