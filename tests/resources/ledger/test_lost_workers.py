"""Workers that stall, break or die: what they held is sent by one, and goes to a person before it goes on for ever."""

from datetime import timedelta

import pytest

from bpa_resources.connectors.call import BROKEN, Outcome
from bpa_resources.ledger.ledger import Ledger
from bpa_resources.ledger.sending import MOST_LOSSES
from tests.resources.ledger.asked_for import after, asked, entered, told


def test_a_lease_is_renewed_by_who_holds_it(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w1", after(1), 60)
    assert ledger.renew(action.action_id, "w1", after(50), 60)
    assert ledger.claim("w2", after(100), 60) is None
    assert not ledger.renew(action.action_id, "w2", after(100), 60)
    assert ledger.renew(action.action_id, "w1", after(120), 60)  # it lapsed, and nobody has taken it over
    assert ledger.claim("w2", after(150), 60) is None


def test_a_lease_that_another_worker_took_over_is_not_renewed(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w1", after(1), 60)
    assert ledger.claim("w2", after(61), 60) is not None
    assert not ledger.renew(action.action_id, "w1", after(62), 60)
    assert ledger.action(action.action_id).lease_until == after(121)


def test_a_lease_of_what_went_to_a_person_is_not_renewed(ledger: Ledger) -> None:
    action = entered(ledger, asked(repeatable=False))
    ledger.claim("w1", after(1), 60)
    ledger.expire(after(61))
    assert not ledger.renew(action.action_id, "w1", after(62), 60)
    assert ledger.action(action.action_id).status == "unknown"


def test_what_every_worker_is_lost_with_goes_to_a_person(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    takes = 0
    while ledger.claim(f"w{takes + 1}", after(1 + 60 * takes), 60) is not None:
        takes += 1
        assert takes <= MOST_LOSSES
    assert takes == MOST_LOSSES
    lost = ledger.action(action.action_id)
    assert (lost.status, lost.losses) == ("unknown", MOST_LOSSES)
    assert lost.reason == (
        "w5 was lost while it sent this, the last of 5 workers: nobody knows whether it had its effect"
    )
    assert not ledger.finish(action.action_id, "w5", Outcome("failed", "403"), after(900))  # an earlier one may have
    assert told(ledger, action)[-1] == "late answer"
    ledger.resolve(action.action_id, "ann", done=False, now=after(1000))
    assert ledger.claim("w", after(1001), 60) is not None
    assert ledger.verify_audit() is None


@pytest.mark.parametrize(("maybe_done", "state"), [(True, "unknown"), (False, "failed")])
def test_what_breaks_every_time_goes_to_a_person(ledger: Ledger, maybe_done: bool, state: str) -> None:
    action = entered(ledger, asked())
    broke = Outcome("later", "KeyError: 'x'", attempts=int(maybe_done), error_class=BROKEN, maybe_done=maybe_done)
    takes = 0
    while ledger.claim("w", after(takes * 100), 60) is not None:
        takes += 1
        assert takes <= MOST_LOSSES
        ledger.finish(action.action_id, "w", broke, after(takes * 100 - 90))
    stopped = ledger.action(action.action_id)
    assert (takes, stopped.status, stopped.reason) == (5, state, "it broke 5 times, at last: KeyError: 'x'")
    assert ledger.verify_audit() is None


def test_that_nothing_was_ever_sent_is_known_as_long_as_no_worker_was_lost(ledger: Ledger) -> None:
    action = entered(ledger, asked())

    def proven(at: float) -> bool:
        claimed = ledger.claim("w", after(at), 60)
        assert claimed is not None
        return claimed.never_sent

    assert proven(1)
    ledger.finish(action.action_id, "w", Outcome("later", "the circuit is open", attempts=0), after(2))
    assert proven(100)
    assert not proven(200)  # its worker was lost
    ledger.finish(action.action_id, "w", Outcome("unknown", attempts=0), after(201))
    ledger.resolve(action.action_id, "ann", done=False, now=after(202))
    assert not proven(300)  # a person may err


def test_one_request_is_enough_to_prove_nothing_any_more(ledger: Ledger) -> None:
    action = entered(ledger, asked())
    ledger.claim("w", after(1), 60)
    ledger.finish(action.action_id, "w", Outcome("failed", "403", attempts=1), after(2))
    ledger.retry(action.action_id, "ann", after(2) + timedelta(seconds=1))
    again = ledger.claim("w", after(4), 60)
    assert again is not None
    assert not again.never_sent
