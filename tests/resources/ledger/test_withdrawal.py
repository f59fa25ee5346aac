"""What nobody asks for any more is not sent; it says why, and comes back when it is asked for again."""

from datetime import timedelta

import pytest

from bpa_resources.connectors.call import Outcome
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import Policy
from bpa_resources.ledger.ledger import Ledger
from tests.resources.ledger.asked_for import ANN_OR_BOB, NOBODY, after, asked, entered, told

WHY = "case case-1 is closed in the latest log"


def withdraw(ledger: Ledger, action_id: str, at: float) -> int:
    return ledger.withdraw({action_id: WHY}, after(at))


def test_what_was_approved_and_is_not_asked_for_any_more_is_not_sent(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=ANN_OR_BOB))
    ledger.approve(action.action_id, "ann@example.com", action.request_hash, after(1))
    assert withdraw(ledger, action.action_id, 2) == 1
    assert ledger.claim("w", after(3), 60) is None
    stopped = ledger.action(action.action_id)
    assert (stopped.status, stopped.reason, stopped.approved_by) == ("withdrawn", WHY, "")
    last = ledger.history(action.action_id)[-1]
    assert (last.event, last.who, last.details["reason"]) == ("withdrawn", "bpa", WHY)
    assert ledger.verify_audit() is None
    assert withdraw(ledger, action.action_id, 4) == 0


def test_what_is_being_sent_stays_as_it_is(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    assert withdraw(ledger, action.action_id, 2) == 0
    assert ledger.finish(action.action_id, "w", Outcome("done"), after(3))
    assert withdraw(ledger, action.action_id, 4) == 0
    assert ledger.action(action.action_id).status == "done"


def test_what_may_be_done_already_goes_to_a_person(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", Outcome("later", "no answer", maybe_done=True), after(2))
    withdraw(ledger, action.action_id, 3)
    stopped = ledger.action(action.action_id)
    assert (stopped.status, stopped.reason) == ("unknown", f"an earlier try was not answered, and now: {WHY}")


def test_asked_for_again_it_needs_its_approval_again(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=ANN_OR_BOB))
    ledger.approve(action.action_id, "ann@example.com", action.request_hash, after(1))
    withdraw(ledger, action.action_id, 2)
    again = entered(ledger, asked(policy=ANN_OR_BOB), at=100)
    assert (again.status, again.reason, again.approved_by) == ("proposed", "", "")
    assert again.deadline_at == after(100) + timedelta(seconds=ANN_OR_BOB.deadline_seconds)
    assert ledger.claim("w", after(101), 60) is None
    approved = ledger.approve(action.action_id, "ann@example.com", again.request_hash, after(102))
    assert approved.status == "approved"
    assert told(ledger, action)[-3:] == ["asked for again", "approval given", "approved"]
    assert ledger.verify_audit() is None


def test_what_needs_nobody_goes_by_itself_again_unless_it_was_tried_before(ledger: Ledger) -> None:
    fresh, tried = (entered(ledger, asked(case, policy=NOBODY)) for case in ("fresh", "tried"))
    ledger.claim("w", after(1), 60, action_id=tried.action_id)
    ledger.finish(tried.action_id, "w", Outcome("later", "429"), after(2))
    ledger.withdraw({fresh.action_id: WHY, tried.action_id: WHY}, after(3))
    states = [entered(ledger, asked(case, policy=NOBODY), at=4).status for case in ("fresh", "tried")]
    assert states == ["approved", "proposed"]


def test_it_is_neither_approved_nor_rejected_nor_retried(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=ANN_OR_BOB))
    withdraw(ledger, action.action_id, 1)
    with pytest.raises(InputError, match="is withdrawn: only a proposed action is approved"):
        ledger.approve(action.action_id, "ann@example.com", action.request_hash, after(2))
    with pytest.raises(InputError, match="is withdrawn"):
        ledger.reject(action.action_id, "ann@example.com", "no", after(2))
    with pytest.raises(InputError, match="is withdrawn"):
        ledger.retry(action.action_id, "ann@example.com", after(2))
    assert ledger.expire(after(1e6)) == 0


def test_a_worker_that_comes_back_with_its_effect_is_believed(ledger: Ledger) -> None:
    action = entered(ledger, asked(repeatable=False))
    ledger.claim("late", after(1), 60)
    ledger.expire(after(61))
    ledger.resolve(action.action_id, "ann", done=False, now=after(62))
    withdraw(ledger, action.action_id, 63)
    assert ledger.finish(action.action_id, "late", Outcome("done"), after(64))
    assert ledger.action(action.action_id).status == "done"


def test_an_owner_is_reminded_once_in_the_last_quarter_of_the_time(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=Policy(approvers=("ann",), deadline_seconds=400)))
    entered(ledger, asked("other", process="loans", policy=Policy(deadline_seconds=400)))

    def due(at: float) -> list[str]:
        return [one.action_id for one in ledger.to_be_reminded_of("orders", after(at))]

    assert due(299) == []
    assert due(300) == due(399) == [action.action_id]
    assert due(400) == []  # too late
    ledger.note_reminder([action.action_id], after(301))
    ledger.note_reminder([action.action_id], after(302))
    assert due(303) == []
    assert told(ledger, action) == ["proposed", "reminded"]
    assert ledger.verify_audit() is None
    asks_for_something_else = asked(priority=1, policy=Policy(approvers=("ann",), deadline_seconds=400))
    entered(ledger, asks_for_something_else, at=350)
    assert due(700) == [action.action_id]
