"""A call against a peer that breaks: its effect is there once, or it is said that nobody knows."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.clock import Clock
from bpa_resources.connectors.manifest import RateLimit
from bpa_resources.connectors.retry import Retry
from tests.resources.connectors.faulty_peer import Peer, served
from tests.resources.connectors.orders_system import NOW, ORDERS, Opened, opened

KEYED = ("with_header", "upsert", "with_id", "searched")


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


def push(opened: Opened, operation: str, key: str = "k-1") -> Outcome:
    return opened.engine.send(Call("orders", operation, {"name": "late"}), key=key, now=NOW)


@pytest.mark.parametrize("operation", [*KEYED, "plain"])
def test_an_order_is_made_once_and_its_id_is_told(operation: str, peer: Peer, tmp_path: Path) -> None:
    outcome = push(opened(tmp_path, peer.url), operation)
    assert (outcome.status, dict(outcome.result)) == ("done", {"order": peer.orders[0]["id"]})
    assert len(peer.orders) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "cut_off", "500", "500_after", "503_after", "slow"])
@pytest.mark.parametrize("operation", KEYED)
def test_a_lost_answer_leads_to_one_effect(operation: str, fault: str, peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url, retry=Retry(attempt_seconds=0.3))
    peer.faults.extend(["", fault] if operation == "searched" else [fault])
    assert push(here, operation).status == "done"
    assert len(peer.orders) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "cut_off", "500", "502", "503_after", "slow"])
def test_what_the_system_cannot_tell_apart_is_not_sent_again(fault: str, peer: Peer, tmp_path: Path) -> None:
    peer.faults.append(fault)
    outcome = push(opened(tmp_path, peer.url, retry=Retry(attempt_seconds=0.3)), "plain")
    assert (outcome.status, outcome.error_class, outcome.attempts) == ("unknown", "ambiguous", 1)
    assert len(peer.asked) == 1


@pytest.mark.parametrize("fault", ["429", "429:2", "503:2", "408"])
def test_what_was_surely_not_done_is_sent_again_without_a_key(fault: str, peer: Peer, tmp_path: Path) -> None:
    peer.faults.append(fault)
    outcome = push(opened(tmp_path, peer.url), "plain")
    assert (outcome.status, outcome.attempts, len(peer.orders)) == ("done", 2, 1)


def test_the_same_key_after_a_worker_died_finds_what_it_made(peer: Peer, tmp_path: Path) -> None:
    assert not push(opened(tmp_path, peer.url), "searched").duplicate
    again = push(opened(tmp_path, peer.url), "searched")
    assert again.duplicate
    assert (again.status, dict(again.result), len(peer.orders)) == ("done", {"order": "o-1"}, 1)


def test_another_key_is_another_order(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    for operation in KEYED:
        for key in ("a", "b"):
            push(here, operation, key + operation)
    assert len(peer.orders) == 8


def test_a_duplicate_is_done_and_said_to_be_one(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    assert [push(here, "with_id").duplicate for _ in range(2)] == [False, True]


def test_a_search_that_sees_late_is_waited_for(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    peer.faults.extend(["", "drop_after"])
    peer.blind_searches = 2  # the one before it is made, and the one right after
    outcome = push(here, "searched_late")
    assert (outcome.status, outcome.duplicate, len(peer.orders)) == ("done", True, 1)
    assert here.waits == [0.5, 19.5]


def test_a_search_that_sees_later_than_a_worker_waits_frees_it(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url, retry=Retry(longest_pause=10))
    peer.faults.extend(["", "drop_after"])
    peer.blind_searches = 2
    outcome = push(here, "searched_late")
    assert (outcome.status, outcome.not_before) == ("later", NOW + timedelta(seconds=0.5 + 19.5))
    assert push(here, "searched_late").duplicate


def test_nothing_is_made_when_the_search_for_it_fails(peer: Peer, tmp_path: Path) -> None:
    peer.faults.append("400")
    outcome = push(opened(tmp_path, peer.url), "searched")
    assert (outcome.status, len(peer.orders)) == ("failed", 0)
    assert "the search for what is there already failed: Orders answered 400: not now" in outcome.reason


def test_a_search_answered_with_404_found_nothing(peer: Peer, tmp_path: Path) -> None:
    peer.faults.append("404")
    assert push(opened(tmp_path, peer.url), "searched").status == "done"


def test_a_refusal_after_a_lost_answer_is_not_called_failed(peer: Peer, tmp_path: Path) -> None:
    peer.faults.extend(["drop_after", "400"])
    outcome = push(opened(tmp_path, peer.url), "with_header")
    assert outcome.status == "unknown"
    assert outcome.reason == "a request was not answered, and then: Orders answered 400: not now"


def test_the_pause_doubles_and_is_drawn_below_its_bound(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url, retry=Retry(attempts=6, longest_pause=4))
    peer.faults.extend(["500"] * 4)
    assert push(here, "with_header").attempts == 5
    assert here.waits == [0.5, 1.0, 2.0, 2.0]  # half of 1, 2, 4, and 4 instead of 8


def test_pauses_are_real_time_outside_of_tests(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url, retry=Retry(base=0.02))
    here.engine.clock = Clock
    peer.faults.extend(["500", "500"])
    assert push(here, "with_header").status == "done"
    clock = Clock(NOW)
    clock.wait(0.001)
    assert clock.now - NOW >= timedelta(seconds=0.001)


def test_there_are_as_many_tries_as_allowed(peer: Peer, tmp_path: Path) -> None:
    peer.faults.extend(["503"] * 9)
    outcome = push(opened(tmp_path, peer.url, retry=Retry(attempts=2)), "with_header")
    assert (outcome.status, outcome.attempts, outcome.error_class) == ("later", 2, "transient")
    assert outcome.not_before == NOW + timedelta(seconds=0.5 + 30)


def test_all_tries_and_pauses_end_within_the_whole_time(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url, retry=Retry(attempts=99, total_seconds=5))
    peer.faults.extend(["500"] * 99)
    assert push(here, "with_header").status == "later"
    assert sum(here.waits) < 5


def test_nothing_is_sent_when_the_whole_time_is_used_up(peer: Peer, tmp_path: Path) -> None:
    outcome = push(opened(tmp_path, peer.url, retry=Retry(total_seconds=0)), "plain")
    assert (outcome.status, outcome.error_class, peer.asked) == ("later", "timeout", [])


@pytest.mark.parametrize("seconds", [0, 7, 60])
def test_the_wait_that_a_server_asks_for_is_kept(seconds: int, peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    peer.faults.append(f"429:{seconds}")
    assert push(here, "plain").status == "done"
    assert sum(here.waits) == max(seconds, 0.5)


def test_a_wait_until_a_date_is_kept(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    peer.faults.append(f"503:{format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)}")
    assert push(here, "plain").status == "done"
    assert 30 < sum(here.waits) <= 40


def test_a_server_that_asks_for_more_frees_the_worker_and_holds_the_others(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    peer.faults.append("429:61")
    outcome = push(here, "plain")
    assert (outcome.status, outcome.error_class) == ("later", "rate_limited")
    assert outcome.not_before == here.state.until == NOW + timedelta(seconds=61)
    assert push(here, "plain", "k-2").not_before == here.state.until
    assert len(peer.asked) == 1


def test_a_limit_that_is_used_up_holds_the_next_request(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    peer.headers = {"X-Remaining": "0", "X-Reset": "12"}
    push(here, "plain")
    assert here.state.until == NOW + timedelta(seconds=12)
    peer.headers = {"X-Remaining": "0", "X-Reset": str(int((NOW + timedelta(seconds=9)).timestamp()))}
    here.state.until = None
    push(here, "plain")
    assert here.state.until == NOW + timedelta(seconds=9)


def test_each_request_takes_its_turn(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url, limits=RateLimit(rate=1, per_seconds=4))
    here.state.most = 1
    peer.faults.append("429")
    assert push(here, "plain").status == "done"
    assert here.waits == [0.5, 4.0]


def test_a_system_that_failed_five_times_in_a_row_is_left_alone(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    peer.faults.extend(["500"] * 5)
    assert push(here, "with_header").error_class == "transient"
    outcome = push(here, "with_header", "k-2")
    assert (outcome.status, outcome.error_class, outcome.attempts) == ("later", "circuit_open", 2)
    assert outcome.not_before == here.state.open_until
    assert outcome.reason == "Orders failed several times in a row, the last time: Orders answered 500: not now"
    assert len(peer.asked) == 5
    third = push(here, "with_header", "k-3")
    assert third.reason == "Orders failed several times in a row (bpa connectors check orders)"
    assert here.engine.check("orders").status == "done"  # somebody asks how it is, and it is well again
    assert push(here, "with_header", "k-3").status == "done"


def test_refusals_and_limits_open_no_circuit(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    peer.faults.extend(["400"] * 6 + ["429"] * 6)
    for number in range(8):
        push(here, "plain", f"k-{number}")
    assert here.state.failures == 0


@pytest.mark.parametrize(
    ("fault", "status", "error_class"),
    [("400", "failed", "config"), ("403", "failed", "auth"), ("404", "failed", "config"), ("409", "failed", "config"),
     ("300", "unknown", "ambiguous"), ("303", "unknown", "ambiguous"), ("page", "unknown", "ambiguous"),
     ("elsewhere", "failed", "config"), ("posted_here", "unknown", "ambiguous")],
)  # fmt: skip
def test_what_an_answer_means(fault: str, status: str, error_class: str, peer: Peer, tmp_path: Path) -> None:
    peer.faults.append(fault)
    outcome = push(opened(tmp_path, peer.url), "plain")
    assert (outcome.status, outcome.error_class, len(peer.asked)) == (status, error_class, 1)


def test_a_body_that_says_no_under_status_200_is_believed(peer: Peer, tmp_path: Path) -> None:
    said = iter([{"ok": False, "error": "busy"}, {"ok": False, "error": "gone"}])
    peer.answers["/orders"] = lambda _: (200, next(said))
    outcome = push(opened(tmp_path, peer.url), "plain")
    assert (outcome.status, outcome.attempts, outcome.reason) == ("failed", 2, "Orders answered 200: gone")


def test_nobody_listening_is_for_later_even_without_a_key(peer: Peer, tmp_path: Path) -> None:
    outcome = push(opened(tmp_path, "http://127.0.0.1:1"), "plain")
    assert (outcome.status, outcome.error_class) == ("later", "transient")
    assert outcome.reason == "no connection to 127.0.0.1:1: nothing listens there (ConnectError)"


def test_an_input_that_does_not_fit_is_not_sent(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    for given, problem in (
        ({}, "name is missing"),
        ({"name": 3}, "name is no string"),
        ({"name": "", "x": 1}, "no 'x'"),
    ):
        outcome = here.engine.send(Call("orders", "plain", given), key="k", now=NOW)
        assert outcome.status == "failed"
        assert problem in outcome.reason
    assert not peer.asked


def test_a_check_reads_and_changes_nothing(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    peer.faults.append("503")
    assert here.engine.check("orders").status == "done"
    assert {asked.method for asked in peer.asked} == {"GET"}


def test_at_most_one_in_a_hundred_fails_of_a_peer_that_fails_one_in_five(peer: Peer, tmp_path: Path) -> None:
    """0.2 to the third is 0.8 %: of 300, 2.4; and those are `later` with their key, never lost, never twice."""
    here = opened(tmp_path, peer.url)
    peer.share, peer.share_faults = 0.2, ("drop_before", "drop_after", "429", "500", "500_after", "503", "cut_off")
    outcomes = Counter(push(here, KEYED[number % 4], f"k-{number}").status for number in range(300))
    assert outcomes["done"] >= 297
    assert outcomes["done"] + outcomes["later"] == 300
    peer.share = 0.0
    for number in range(300):
        assert push(here, KEYED[number % 4], f"k-{number}").status == "done"
    assert len(peer.orders) == 300


@pytest.mark.long
def test_a_thousand_pushes_take_less_than_half_a_minute(peer: Peer, tmp_path: Path) -> None:
    here = opened(tmp_path, peer.url)
    begun = datetime.now(UTC)
    assert {push(here, "with_header", f"k-{number}").status for number in range(1000)} == {"done"}
    assert len(peer.orders) == 1000
    assert datetime.now(UTC) - begun < timedelta(seconds=30)


def test_after_lost_answers_the_next_send_waits_until_the_search_would_see_what_they_made(
    peer: Peer, tmp_path: Path
) -> None:
    operations = dict(ORDERS.operations)
    late = operations["searched_late"]
    slow = late.idempotency.model_copy(update={"settles_seconds": 90})
    operations["searched_late"] = late.model_copy(update={"idempotency": slow})
    here = opened(tmp_path, peer.url, operations=operations, retry=Retry(attempts=1))
    peer.faults.extend(["", "drop_after"])
    outcome = push(here, "searched_late")
    assert (outcome.status, outcome.maybe_done, outcome.not_before) == ("later", True, NOW + timedelta(seconds=90))


def test_what_was_surely_not_done_may_be_replaced(peer: Peer, tmp_path: Path) -> None:
    peer.faults.append("429:100")
    outcome = push(opened(tmp_path, peer.url), "with_header")
    assert (outcome.status, outcome.maybe_done) == ("later", False)
