"""What the ledger tells the engine: whether the action is still this worker's, and what was sent of it before."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.manifest import Auth, Operation
from bpa_resources.errors import InputError, LedgerError
from tests.resources.connectors.faulty_peer import Peer, served
from tests.resources.connectors.orders_system import NOW, Opened, opened


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


def push(here: Opened, operation: str, **known: Any) -> Outcome:
    return here.engine.send(Call("orders", operation, {"name": "late"}), key="k-1", now=NOW, **known)


@pytest.mark.parametrize("operation", ["plain", "with_header", "searched"])
def test_what_another_worker_has_taken_over_is_not_sent(operation: str, peer: Peer, tmp_path: Path) -> None:
    outcome = push(opened(tmp_path, peer.url), operation, holds=lambda: False)
    assert (outcome.status, outcome.attempts, outcome.maybe_done) == ("later", int(operation == "searched"), False)
    assert outcome.reason == "another worker has taken it over"
    assert {asked.method for asked in peer.asked} <= {"GET"}


def test_each_request_that_may_have_an_effect_asks_first(peer: Peer, tmp_path: Path) -> None:
    held = iter([True, True, False])
    peer.faults.extend(["drop_after", "drop_after"])
    outcome = push(opened(tmp_path, peer.url), "with_header", holds=lambda: next(held))
    assert (outcome.status, outcome.attempts, outcome.maybe_done) == ("later", 2, True)
    assert len(peer.asked) == 2


def test_what_was_never_sent_is_not_looked_for(peer: Peer, tmp_path: Path) -> None:
    assert push(opened(tmp_path, peer.url), "searched", never_sent=True).status == "done"
    assert [asked.method for asked in peer.asked] == ["POST"]
    again = push(opened(tmp_path, peer.url), "searched")
    assert again.duplicate
    assert [asked.method for asked in peer.asked] == ["POST", "GET"]


def test_after_a_lost_answer_it_is_looked_for_even_if_it_had_never_been_sent(peer: Peer, tmp_path: Path) -> None:
    peer.faults.append("drop_after")
    assert push(opened(tmp_path, peer.url), "searched", never_sent=True).duplicate
    assert [asked.method for asked in peer.asked] == ["POST", "GET"]


def test_what_was_sent_is_not_sent_again_where_the_manifest_says_by_now_that_nobody_can_tell(
    peer: Peer, tmp_path: Path
) -> None:
    outcome = push(opened(tmp_path, peer.url), "plain", first_sent=NOW - timedelta(minutes=20))
    assert (outcome.status, outcome.attempts, peer.asked) == ("unknown", 0, [])


class Breaks:
    """A driver that fails in a way that nobody foresaw, before or after its effect."""

    def __init__(self, error: Exception, effects: list[str] | None = None) -> None:
        self.error, self.effects = error, effects

    def problems(self, *_: object) -> tuple[str, ...]:
        return ()

    def send(self, _connection: Connection, _operation: Operation, _given: Mapping[str, Any], this: Try) -> Answer:
        if self.effects is not None:
            self.effects.append(this.key)
        raise self.error

    def close(self) -> None:
        return


def breaking(home: Path, error: Exception, auth: Auth | None = None, more: str = "") -> Opened:
    here = opened(home, "http://127.0.0.1:1", auth=auth, more=more)
    here.engine._drivers["rest"] = Breaks(error)
    return here


def test_an_error_that_nobody_foresaw_is_an_outcome_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", "swordfish")
    here = breaking(tmp_path, KeyError("swordfish is\nno key"), more=", password: {env: WORD}")
    outcome = push(here, "with_header")
    assert (outcome.status, outcome.error_class, outcome.attempts, outcome.maybe_done) == ("later", "broken", 1, True)
    assert outcome.reason.startswith("KeyError in test_takeovers.py, line ")
    assert "[secret]" in outcome.reason
    assert "swordfish" not in outcome.reason
    assert outcome.not_before == NOW + timedelta(seconds=60)


def test_an_error_of_what_cannot_be_repeated_goes_to_a_person_at_once(tmp_path: Path) -> None:
    outcome = push(breaking(tmp_path, ZeroDivisionError()), "plain")
    assert (outcome.status, outcome.not_before) == ("unknown", None)


def test_an_error_of_a_search_says_that_nothing_was_done(tmp_path: Path) -> None:
    outcome = push(breaking(tmp_path, ValueError("x")), "searched")
    assert (outcome.status, outcome.error_class, outcome.maybe_done) == ("later", "broken", False)


def test_an_error_before_anything_is_sent_says_so(tmp_path: Path) -> None:
    here = breaking(tmp_path, ValueError("x"))

    def problems(*_: object) -> tuple[str, ...]:
        raise RuntimeError("no memory")

    here.engine._drivers["rest"].problems = problems  # type: ignore[assignment]
    outcome = push(here, "plain")
    assert (outcome.status, outcome.attempts, outcome.maybe_done) == ("later", 0, False)


def test_what_cannot_be_sent_at_all_failed(tmp_path: Path) -> None:
    outcome = push(breaking(tmp_path, InputError("no value")), "plain")
    assert (outcome.status, outcome.attempts, outcome.reason) == ("failed", 0, "no value")


@pytest.mark.parametrize(("operation", "status"), [("plain", "unknown"), ("with_header", "later")])
def test_a_ledger_that_is_gone_after_the_effect_does_not_make_it_failed(
    operation: str, status: str, peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = opened(tmp_path, peer.url)

    def gone(*_: object, **__: object) -> None:
        raise LedgerError("the ledger cannot be read or changed: disk full")

    monkeypatch.setattr(here.state, "circuit_record", gone)
    outcome = push(here, operation)
    assert (outcome.status, len(peer.orders)) == (status, 1)
    assert outcome.maybe_done == (status == "later")


def test_a_ledger_that_is_gone_before_the_effect_leaves_it_for_later(peer: Peer, tmp_path: Path) -> None:
    def gone() -> bool:
        raise LedgerError("the ledger cannot be read or changed: disk full")

    outcome = push(opened(tmp_path, peer.url), "plain", holds=gone)
    assert (outcome.status, outcome.attempts, outcome.maybe_done, peer.asked) == ("later", 0, False, [])


def test_a_secret_at_the_end_of_a_long_answer_is_not_told_in_half(
    peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", "swordfish" * 10)
    long = {"ok": False, "message": "x" * 290 + "swordfish" * 10}
    peer.answers["/orders"] = lambda _: (200, long)
    outcome = push(opened(tmp_path, peer.url, more=", password: {env: WORD}"), "plain")
    assert outcome.status == "failed"
    assert "x" * 290 in outcome.reason
    assert "swordfish" not in outcome.reason


@pytest.mark.parametrize(("operation", "status"), [("plain", "unknown"), ("with_header", "later")])
def test_an_error_in_reading_the_answer_does_not_send_it_again(
    operation: str, status: str, peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("bpa_resources.connectors.tries.output_of", breaks)
    outcome = push(opened(tmp_path, peer.url), operation)
    assert (outcome.status, outcome.maybe_done, len(peer.orders)) == (status, status == "later", 1)
