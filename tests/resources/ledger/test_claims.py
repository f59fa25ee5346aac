"""Claims: one worker at a time, lost workers, late answers, and nothing sent that was not approved."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from bpa_resources.connectors.call import Outcome
from bpa_resources.errors import InputError
from bpa_resources.ledger.canonical import utc
from bpa_resources.ledger.ledger import Ledger
from tests.resources.ledger.asked_for import ANN_OR_BOB, NOBODY, after, asked, entered, told


def test_an_action_is_one_workers(ledger: Ledger) -> None:
    ledger.propose([asked("1"), asked("2")], after(0))
    first, second = ledger.claim("w1", after(1), 60), ledger.claim("w2", after(1), 60)
    assert first is not None
    assert second is not None
    assert {first.case_id, second.case_id} == {"1", "2"}
    assert (first.status, first.worker, first.lease_until) == ("sending", "w1", after(61))
    assert ledger.claim("w3", after(60), 60) is None


def test_the_oldest_goes_first(ledger: Ledger) -> None:
    for number in range(5):
        ledger.propose([asked(str(number))], after(-number))
    claimed = [ledger.claim("w", after(1), 60) for _ in range(5)]
    assert [action.case_id for action in claimed if action] == ["4", "3", "2", "1", "0"]


def test_a_worker_takes_only_what_it_may_send(ledger: Ledger) -> None:
    ledger.propose([asked("1"), asked("2", connection="mail"), asked("3", process="loans")], after(0))
    assert ledger.claim("w", after(1), 60, connections=["slack"]) is None
    assert ledger.claim("w", after(1), 60, processes=[]) is None
    mail = ledger.claim("w", after(1), 60, connections=["mail"])
    loans = ledger.claim("w", after(1), 60, connections=["jira"], processes=["loans"])
    assert [action and action.case_id for action in (mail, loans)] == ["2", "3"]
    assert ledger.claim("w", after(1), 60, action_id=asked("2").action_id) is None
    one = ledger.claim("w", after(1), 60, action_id=asked("1").action_id)
    assert one is not None


def test_what_is_done_keeps_what_the_system_said(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    outcome = Outcome("done", result={"key": "OPS-1", "at": after(2)}, attempts=2, duplicate=True)
    assert ledger.finish(action.action_id, "w", outcome, after(3))
    done = ledger.action(action.action_id)
    assert (done.status, done.attempts, done.done_at, done.lease_until) == ("done", 2, after(3), None)
    assert done.result["key"] == "OPS-1"
    last = ledger.history(action.action_id)[-1]
    assert (last.event, last.who, last.at, last.details["duplicate"]) == ("done", "w", after(3), True)


@pytest.mark.parametrize(("not_before", "next_at"), [(after(500), 500), (None, 62)])
def test_what_is_to_come_later_is_not_claimed_before(
    ledger: Ledger, not_before: datetime | None, next_at: float
) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", Outcome("later", reason="429", attempts=3, not_before=not_before), after(2))
    assert (ledger.action(action.action_id).status, ledger.action(action.action_id).reason) == ("approved", "429")
    assert ledger.claim("w", after(next_at - 0.001), 60) is None
    assert ledger.claim("w", after(next_at), 60) is not None
    assert told(ledger, action)[-2:] == ["postponed", "sending"]
    ledger.finish(action.action_id, "w", Outcome("done"), after(600))
    assert ledger.action(action.action_id).attempts == 4


def test_a_lost_call_that_may_be_repeated_is_sent_again_with_the_same_key(ledger: Ledger) -> None:
    first = entered(ledger, asked(repeatable=True))
    ledger.claim("lost", after(1), 60)
    assert ledger.claim("w", after(60.999), 60) is None
    again = ledger.claim("w", after(61), 60)
    assert again is not None
    assert (again.key, again.worker) == (first.key, "w")
    last = ledger.history(first.action_id)[-1]
    assert (last.event, last.details["lost_worker"], last.details["key"]) == ("sending again", "lost", first.key)


def test_a_lost_call_that_may_not_be_repeated_goes_to_a_person(ledger: Ledger) -> None:
    action = entered(ledger, asked(repeatable=False))
    ledger.propose([asked("other", repeatable=False)], after(0.5))
    ledger.claim("lost", after(1), 60)
    other = ledger.claim("w", after(61), 60)
    assert other is not None
    assert other.case_id == "other"
    lost = ledger.action(action.action_id)
    assert (lost.status, lost.lease_until) == ("unknown", None)
    assert lost.reason == "lost was lost while it sent this: nobody knows whether it had its effect"


def test_a_lost_call_goes_to_a_person_even_where_nobody_sends_any_more(ledger: Ledger) -> None:
    once, repeatable = asked("once", repeatable=False), asked("repeatable")
    for proposal in (once, repeatable):
        entered(ledger, proposal)
        ledger.claim("lost", after(1), 60, action_id=proposal.action_id)
    assert ledger.expire(after(60)) == 0
    assert ledger.action(once.action_id).status == "sending"
    assert ledger.expire(after(61)) == 0
    assert ledger.action(once.action_id).status == "unknown"
    assert ledger.action(repeatable.action_id).status == "sending"


def test_a_lost_call_is_sent_again_even_after_the_deadline_because_it_may_be_there(ledger: Ledger) -> None:
    ledger.propose([asked(policy=ANN_OR_BOB)], after(0))
    action = ledger.actions()[0]
    ledger.approve(action.action_id, "ann@example.com", action.request_hash, after(1))
    ledger.claim("lost", after(2), 60)
    assert ledger.expire(after(300_000)) == 0
    assert ledger.claim("w", after(300_001), 60) is not None


def test_a_late_worker_is_believed_while_nobody_else_has_the_action(ledger: Ledger) -> None:
    late, judged, taken, found = (
        asked(case, repeatable=case == "taken") for case in ("late", "judged", "taken", "found")
    )
    for proposal in (late, judged, taken, found):
        entered(ledger, proposal)
        ledger.claim("w1", after(1), 60, action_id=proposal.action_id)
    assert ledger.finish(late.action_id, "w1", Outcome("done"), after(100))  # nobody asked meanwhile
    again = ledger.claim("w2", after(101), 60)
    assert again is not None
    assert again.action_id == taken.action_id
    assert ledger.claim("w2", after(101), 60) is None
    assert ledger.action(judged.action_id).status == "unknown"
    assert ledger.finish(judged.action_id, "w1", Outcome("failed", reason="refused"), after(102))
    ledger.resolve(found.action_id, "ann", done=False, now=after(102))
    assert not ledger.finish(found.action_id, "w1", Outcome("unknown"), after(103))
    assert ledger.finish(found.action_id, "w1", Outcome("done"), after(103))
    assert not ledger.finish(taken.action_id, "w1", Outcome("done"), after(103))
    assert told(ledger, ledger.action(taken.action_id))[-1] == "late answer"
    states = [ledger.action(one.action_id).status for one in (late, judged, found, taken)]
    assert states == ["done", "failed", "done", "sending"]


def test_an_answer_is_kept_once(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    assert ledger.finish(action.action_id, "w", Outcome("done", result={"id": 1}), after(2))
    assert not ledger.finish(action.action_id, "w", Outcome("failed"), after(3))
    assert not ledger.finish(action.action_id, "stranger", Outcome("unknown"), after(4))
    done = ledger.action(action.action_id)
    assert (done.status, done.result, done.attempts) == ("done", {"id": 1}, 1)


@pytest.mark.parametrize(
    "forged",
    [
        {"status": "approved"},
        {"status": "approved", "approved_by": "ann@example.com"},
        {"status": "approved", "input": json.dumps({"summary": "pay"})},
        {"status": "sending", "lease_until": after(1), "worker": "w"},
    ],
)
def test_what_was_approved_by_nobody_is_never_sent_even_if_the_table_says_so(
    ledger: Ledger, database: sa.Engine, forged: dict[str, object]
) -> None:
    from bpa_resources.ledger.tables import action as actions

    action = entered(ledger, asked(policy=ANN_OR_BOB))
    with database.begin() as connection:
        connection.execute(actions.update().values(forged))
    assert ledger.claim("w", after(100), 60) is None
    stopped = ledger.action(action.action_id)
    assert stopped.status == ("unknown" if forged["status"] == "sending" else "rejected")
    assert stopped.reason == "what is stored is not what was approved"


def test_a_request_that_was_altered_after_its_approval_is_not_sent(ledger: Ledger, database: sa.Engine) -> None:
    from bpa_resources.ledger.tables import action as actions

    action = entered(ledger, asked(policy=ANN_OR_BOB))
    ledger.approve(action.action_id, "ann@example.com", action.request_hash, after(1))
    with database.begin() as connection:
        connection.execute(actions.update().values(input=json.dumps({"summary": "another"})))
    assert ledger.claim("w", after(2), 60) is None
    assert ledger.action(action.action_id).status == "rejected"


def test_what_fails_again_and_again_is_tried_less_and_less_often_until_its_deadline(ledger: Ledger) -> None:
    action = entered(ledger, asked(policy=replace(NOBODY, deadline_seconds=86_400)))
    pauses, now = [], 0.0
    while ledger.claim("w", after(now), 60):
        ledger.finish(
            action.action_id, "w", Outcome("later", reason="500", attempts=3, not_before=after(now)), after(now)
        )
        next_at = ledger.action(action.action_id).next_at
        assert next_at is not None
        pauses.append((utc(next_at) - after(now)).total_seconds())
        now += pauses[-1]
    assert pauses[:8] == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert len(pauses) == 29
    assert ledger.expire(after(now)) == 1
    assert ledger.action(action.action_id).attempts == 87


def test_what_was_not_tried_waits_no_longer_than_it_was_told(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", Outcome("later", "circuit", attempts=0, not_before=after(31)), after(2))
    assert ledger.claim("w", after(31), 60) is not None


def test_moments_of_any_zone_are_one_moment(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    amsterdam = timezone(timedelta(hours=1))
    claimed = ledger.claim("w", after(1).astimezone(amsterdam), 60)
    assert claimed is not None
    assert claimed.lease_until == after(61)
    ledger.finish(action.action_id, "w", Outcome("later", not_before=after(100).replace(tzinfo=None)), after(2))
    assert ledger.action(action.action_id).next_at == after(100)


def test_an_outcome_is_kept_whatever_a_system_says(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    odd = Outcome("failed", reason="a\0b \ud800", result={"x": {1, 2}, "nan": float("nan"), "\ud800": "\0"})
    assert ledger.finish(action.action_id, "w", odd, after(2))
    assert ledger.action(action.action_id).reason == "a?b ?"
    assert ledger.verify_audit() is None
    with pytest.raises(InputError, match="no action"):
        ledger.finish("a-unknown", "w", odd, after(3))


LOST = Outcome("later", reason="no answer", attempts=3, maybe_done=True)


def test_an_action_whose_answer_was_lost_is_not_changed_before_it_is_settled(ledger: Ledger) -> None:
    before = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(before.action_id, "w", LOST, after(2))
    assert entered(ledger, asked(priority=1), at=3).key == before.key  # another key would have another effect
    again = ledger.claim("w", after(100), 60)
    assert again is not None
    assert (again.key, again.first_sent_at) == (before.key, after(1))


def test_a_refusal_after_a_lost_answer_of_an_earlier_send_is_for_a_person(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", LOST, after(2))
    ledger.claim("w", after(100), 60)
    ledger.finish(action.action_id, "w", Outcome("failed", reason="403"), after(101))
    unknown = ledger.action(action.action_id)
    assert (unknown.status, unknown.reason) == ("unknown", "an earlier try was not answered, and then: 403")
    assert told(ledger, action)[-1] == "unknown"
    assert ledger.verify_audit() is None


def test_a_refusal_after_a_lost_worker_is_for_a_person(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("lost", after(1), 60)
    again = ledger.claim("w", after(61), 60)
    assert again is not None
    assert again.first_sent_at == after(1)
    ledger.finish(action.action_id, "w", Outcome("failed", reason="403"), after(62))
    assert ledger.action(action.action_id).status == "unknown"


def test_what_may_be_done_does_not_expire_but_is_for_a_person(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", LOST, after(2))
    assert ledger.expire(action.deadline_at) == 0
    assert ledger.action(action.action_id).status == "unknown"
    assert ledger.verify_audit() is None


def test_what_surely_was_not_done_is_first_sent_anew(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", Outcome("later", reason="429"), after(2))
    limited = ledger.claim("w", after(100), 60)
    ledger.finish(action.action_id, "w", Outcome("unknown", reason="cut off"), after(101))
    ledger.resolve(action.action_id, "ann", done=False, now=after(200))
    resolved = ledger.claim("w", after(201), 60)
    assert [one and one.first_sent_at for one in (limited, resolved)] == [None, None]
