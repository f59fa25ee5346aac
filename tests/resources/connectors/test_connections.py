"""connections.yaml: what is wrong is said with its line, and no secret is ever written, shown or told."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from bpa_resources.connectors.call import Call
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.connectors.manifest import Auth
from bpa_resources.connectors.redaction import HIDDEN, Redactor
from bpa_resources.errors import InputError
from tests.resources.connectors.faulty_peer import Peer, served
from tests.resources.connectors.orders_system import NOW, ORDERS, OneProcessState, opened

SECRET = 'p"ß/ w+5 Ω'  # noqa: S105
BASIC = Auth(type="basic", parameters={"username": "${connection.user}", "password": "${secret.password}"})


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


def refused(home: Path, text: str) -> str:
    (home / "connections.yaml").write_text(text)
    with pytest.raises(InputError) as error:
        open_connectors(home, OneProcessState(), manifest_of=lambda *_: ORDERS)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- orders", "write one connection a line"),
        ("orders: rest", "'orders' (line 1): say of which system it is"),
        ("Orders: {system: orders}", "small letters"),
        (
            "a: {system: orders, base_url: 'https://x.example'}\n\nb:\n  system: orders",
            "'b' (line 3): base_url is missing",
        ),
        ("a: {system: orders, base_ur: x}", "has no setting 'base_ur'; did you mean 'base_url'?"),
        ("a: {system: orders, base_url: example.com}", "is no web address"),
        ("a: {system: orders, base_url: 'http://example.com'}", "in the clear"),
        ("a: {system: orders, base_url: 'https://u:p@example.com'}", "no user, password"),
        ("a:\n  system: orders\n  base_url: {env: X}", "(line 3): base_url is one text on one line"),
        (
            "a: {system: orders, base_url: 'https://x.example', password: [a]}",
            "password is a secret: write where it lies",
        ),
        ("a: {system: orders, base_url: 'https://x.example', password: {env: A, file: b}}", "password is a secret"),
        ("a: {system: orders, system: orders}", "written twice"),
        ("a: &x {system: orders}", "aliases and anchors"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, text)


def test_a_plain_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = refused(tmp_path, "a:\n  system: orders\n  base_url: https://x.example\n  password: hunter2")
    assert told.startswith("connections.yaml: connection 'a' (line 4): password is a secret")
    assert "hunter2" not in told


def test_a_system_that_is_not_known_is_named_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "connections.yaml").write_text("a: {system: jirra}")
    with pytest.raises(InputError, match=r"\(line 1\): 'jirra' is no system .* did you mean 'jira'"):
        open_connectors(tmp_path, OneProcessState())


def test_no_file_means_no_connections(tmp_path: Path) -> None:
    assert open_connectors(tmp_path, OneProcessState()).connections() == {}
    (tmp_path / "connections.yaml").write_text("# none yet\n")
    assert open_connectors(tmp_path, OneProcessState()).connections() == {}


def test_names_that_are_not_known_are_answered_with_the_nearest(tmp_path: Path) -> None:
    engine = opened(tmp_path, "https://x.example").engine
    assert engine.connections() == {"orders": "orders"}
    assert engine.risk("orders", "plain") == "low"
    assert engine.repeatable("orders", "upsert")
    assert not engine.repeatable("orders", "plain")
    with pytest.raises(InputError, match="no connection 'order'; did you mean 'orders'"):
        engine.risk("order", "plain")
    with pytest.raises(InputError, match="no operation 'upsret'; did you mean 'upsert'"):
        engine.problems(Call("orders", "upsret", {}))


def test_a_secret_that_is_not_there_stops_only_what_needs_it(
    peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ", user: ann, password: {env: ORDERS_PASSWORD}"
    here = opened(tmp_path, peer.url, auth=BASIC, more=more)
    assert here.engine.problems(Call("orders", "plain", {"name": "x"})) == ()
    with pytest.raises(InputError, match="connection orders, password: the variable ORDERS_PASSWORD is not set"):
        here.engine.check("orders")
    outcome = here.engine.send(Call("orders", "plain", {"name": "x"}), key="k", now=NOW)
    assert (outcome.status, outcome.error_class, outcome.attempts) == ("failed", "config", 0)
    assert not peer.asked
    monkeypatch.setenv("ORDERS_PASSWORD", "now it is")
    assert here.engine.check("orders").status == "done"


@pytest.mark.parametrize("place", ["env", "file", "file in the home"])
def test_a_secret_is_read_from_its_place(
    place: str, peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_PASSWORD", SECRET)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    named = {"env": "{env: ORDERS_PASSWORD}", "file": f"{{file: '{tmp_path}/secret'}}"}
    here = opened(tmp_path, peer.url, auth=BASIC, more=f", user: ann, password: {named.get(place, '{file: secret}')}")
    assert here.engine.check("orders").status == "done"
    kind, _, credentials = peer.asked[0].headers["authorization"].partition(" ")
    assert (kind, base64.b64decode(credentials).decode()) == ("Basic", f"ann:{SECRET}")


def test_a_system_that_repeats_a_secret_tells_nobody(
    peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In whatever form it says it back, in an error or in a result, and whatever level is logged."""
    monkeypatch.setenv("ORDERS_PASSWORD", SECRET)
    caplog.set_level(logging.DEBUG)
    key = Auth(type="api_key", parameters={"query": {"token": "${secret.password}"}})
    here = opened(tmp_path, peer.url, auth=key, more=", password: {env: ORDERS_PASSWORD}")
    forms = [SECRET, quote(SECRET, safe=""), base64.b64encode(SECRET.encode()).decode()]
    said = iter([(200, {"id": form, SECRET: [form]}) for form in forms] + [(400, {"message": form}) for form in forms])
    peer.answers["/orders"] = lambda _: next(said)
    told = []
    for number in range(6):
        outcome = here.engine.send(Call("orders", "plain", {"name": "x"}), key=f"k{number}", now=NOW)
        told += [outcome.reason, str(dict(outcome.result))]
    assert HIDDEN in told[1]
    told += [record.getMessage() for record in caplog.records] + [repr(here.engine._connection("orders"))]
    assert peer.asked[0].query == {"token": SECRET}
    for form in forms:
        assert not [text for text in told if form in text]


def test_hidden_values_are_found_within_keys_lists_and_longer_texts() -> None:
    redactor = Redactor()
    redactor.hide("abc", "abcdef", "4711")
    told = redactor.value({"abc": ["x abcdef y", {"n": 4711}], "left": [1, True, None, "ab c"]})
    assert told == {HIDDEN: [f"x {HIDDEN} y", {"n": HIDDEN}], "left": [1, True, None, "ab c"]}
