"""Every kind of authentication against a server that accepts nothing else."""

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bpa_resources.connectors.auth.token_files import TokenFiles
from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.driver import Answer
from bpa_resources.connectors.manifest import Auth
from bpa_resources.connectors.request_template import Request
from bpa_resources.connectors.retry import Retry
from tests.resources.connectors.certificates import Authority
from tests.resources.connectors.faulty_peer import Asked, Peer, served
from tests.resources.connectors.orders_system import NOW, Opened, opened

WITH_SECRET = ", user: ann, password: {file: secret}"  # noqa: S105
SECRET = "s3cret/+ü"  # noqa: S105

Answered = tuple[int, Any]


@dataclass
class Issuer:
    """A strict authorization server, and a system that knows its tokens; a refresh token is good for one use."""

    peer: Peer
    grants: dict[str, Any] = field(default_factory=dict)  # what the form has to hold
    given: list[str] = field(default_factory=list)
    refresh_token: str = "r-0"  # noqa: S105
    seconds: int | None = 3600
    public_key: Any = None

    def __post_init__(self) -> None:
        self.peer.answers.update({"/token": self.token, "/orders": self.order, "/me": self.order})

    def token(self, asked: Asked) -> Answered:
        form = asked.form
        if any(form.get(name) != value for name, value in self.grants.items()):
            return 401, {"error": "invalid_client", "error_description": f"no such client {form.get('client_secret')}"}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh_token:
                self.refresh_token = "revoked"  # noqa: S105 - used twice: somebody stole it
                return 400, {"error": "invalid_grant"}
            self.refresh_token = f"r-{len(self.given) + 1}"
        if form["grant_type"].endswith("jwt-bearer"):
            claims = jwt.decode(form["assertion"], self.public_key, algorithms=["RS256"], audience="the server")
            if claims["iss"] != "bpa" or claims["sub"] != "ann":
                return 400, {"error": "invalid_grant"}
        self.given.append(f"t-{len(self.given) + 1}-abcdef")
        more = {"refresh_token": self.refresh_token} if form["grant_type"] == "refresh_token" else {}
        return 200, {"access_token": self.given[-1], "token_type": "Bearer", "expires_in": self.seconds, **more}

    def order(self, asked: Asked) -> Answered:
        good = self.given and asked.headers.get("authorization") == f"Bearer {self.given[-1]}"
        return (201, {"id": "o-1"}) if good else (401, {"message": "who are you?"})


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(SECRET)
    return tmp_path


def push(here: Opened, number: int = 1) -> Outcome:
    return here.engine.send(Call("orders", "with_header", {"name": "x"}), key=f"k-{number}", now=NOW)


def client(peer: Peer, kind: Any, **parameters: Any) -> Auth:
    secret = {"client_id": "bpa", "client_secret": "${secret.password}"}
    return Auth(type=kind, parameters={"token_url": f"{peer.url}/token", **secret, **parameters})


def refreshing(peer: Peer) -> Auth:
    return client(peer, "oauth2_refresh", client_secret="c", refresh_token="${secret.password}")  # noqa: S106


def count(peer: Peer, path: str) -> int:
    return sum(1 for asked in peer.asked if asked.path == path)


def test_keys_stand_in_headers_queries_and_cookies(peer: Peer, home: Path) -> None:
    parameters = {
        "headers": {"X-Key": "a ${secret.password}"},
        "query": {"user": "${connection.user}", "token": "${secret.password}"},
        "cookies": {"c": "1", "d": "2"},
    }
    (home / "secret").write_text("s3cret")
    here = opened(home, peer.url, auth=Auth(type="api_key", parameters=parameters), more=WITH_SECRET)
    assert push(here).status == "done"
    asked = peer.asked[0]
    assert (asked.headers["x-key"], asked.headers["cookie"]) == ("a s3cret", "c=1; d=2")
    assert asked.query == {"user": "ann", "token": "s3cret"}


@pytest.mark.parametrize(("prefix", "sent"), [({}, "Bearer s3cret"), ({"prefix": "token"}, "token s3cret")])
def test_a_token_of_a_person_is_sent(prefix: dict[str, str], sent: str, peer: Peer, home: Path) -> None:
    (home / "secret").write_text("s3cret")
    auth = Auth(type="bearer", parameters={"token": "${secret.password}", **prefix})
    push(opened(home, peer.url, auth=auth, more=WITH_SECRET))
    assert peer.asked[0].headers["authorization"] == sent


def test_client_credentials_get_one_token_for_many_requests(peer: Peer, home: Path) -> None:
    issuer = Issuer(peer, {"client_id": "bpa", "client_secret": SECRET, "scope": "orders", "audience": "x"})
    auth = client(peer, "oauth2_client_credentials", scope="orders", extra={"audience": "x"})
    here = opened(home, peer.url, auth=auth, more=WITH_SECRET)
    assert [push(here, number).status for number in range(3)] == ["done"] * 3
    assert (len(issuer.given), count(peer, "/token")) == (1, 1)


def test_a_client_can_be_named_in_a_basic_header(peer: Peer, home: Path) -> None:
    Issuer(peer)
    auth = client(peer, "oauth2_client_credentials", style="basic")
    assert push(opened(home, peer.url, auth=auth, more=WITH_SECRET)).status == "done"
    asked = peer.asked[0]
    assert base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode() == f"bpa:{SECRET}"
    assert asked.form == {"grant_type": "client_credentials"}


def test_a_token_that_ended_is_fetched_anew_before_it_is_refused(peer: Peer, home: Path) -> None:
    issuer = Issuer(peer, seconds=0)
    here = opened(home, peer.url, auth=client(peer, "oauth2_client_credentials"), more=WITH_SECRET)
    push(here)
    time.sleep(0.01)
    push(here)
    assert (len(issuer.given), count(peer, "/orders")) == (2, 2)


def test_a_token_that_is_refused_is_fetched_anew_once(peer: Peer, home: Path) -> None:
    issuer = Issuer(peer)
    here = opened(home, peer.url, auth=client(peer, "oauth2_client_credentials"), more=WITH_SECRET)
    push(here)
    issuer.given.append("t-of-somebody-else")
    outcome = push(here, 2)
    assert (outcome.status, outcome.attempts, here.waits) == ("done", 2, [0.0])
    peer.answers["/orders"] = lambda _: (401, {"message": "who are you?"})
    outcome = push(here, 3)
    assert (outcome.status, outcome.error_class, outcome.attempts) == ("failed", "auth", 2)


def test_a_wrong_client_fails_without_asking_the_system_and_without_its_secret(peer: Peer, home: Path) -> None:
    Issuer(peer, {"client_secret": "another"})
    outcome = push(opened(home, peer.url, auth=client(peer, "oauth2_client_credentials"), more=WITH_SECRET))
    assert (outcome.status, outcome.error_class, count(peer, "/orders")) == ("failed", "auth", 0)
    assert outcome.reason == ("the authorization server gave no token (401: invalid_client: no such client [secret])")
    assert count(peer, "/token") == 1


@pytest.mark.parametrize("fault", ["drop_before", "500", "429:3", "cut_off"])
def test_a_token_that_could_not_be_fetched_is_fetched_at_the_next_try(fault: str, peer: Peer, home: Path) -> None:
    Issuer(peer)
    peer.faults.append(fault)
    here = opened(home, peer.url, auth=client(peer, "oauth2_client_credentials"), more=WITH_SECRET)
    outcome = here.engine.send(Call("orders", "plain", {"name": "x"}), key="k", now=NOW)
    assert (outcome.status, count(peer, "/orders")) == ("done", 1)
    assert sum(here.waits) == (3 if fault == "429:3" else 0.5)


def test_a_refresh_token_that_changes_is_kept_for_the_next_process(peer: Peer, home: Path) -> None:
    issuer = Issuer(peer)
    (home / "secret").write_text("r-0")
    for number in range(3):
        assert push(opened(home, peer.url, auth=refreshing(peer), more=WITH_SECRET), number).status == "done"
    assert issuer.refresh_token == "r-3"  # noqa: S105
    files = list((home / "tokens").iterdir())
    assert (home / "tokens").stat().st_mode & 0o077 == 0
    assert not [file for file in files if "r-0" in file.read_text()]


def test_another_refresh_token_in_the_file_counts_from_then_on(peer: Peer, home: Path) -> None:
    issuer = Issuer(peer)
    (home / "secret").write_text("r-0")
    push(opened(home, peer.url, auth=refreshing(peer), more=WITH_SECRET))
    issuer.refresh_token = "new-one"  # noqa: S105 - somebody signed in again
    outcome = push(opened(home, peer.url, auth=refreshing(peer), more=WITH_SECRET))
    assert outcome.reason == "the authorization server gave no token (400: invalid_grant)"
    issuer.refresh_token = "new-two"  # noqa: S105
    (home / "secret").write_text("new-two")
    assert push(opened(home, peer.url, auth=refreshing(peer), more=WITH_SECRET)).status == "done"


def test_runs_at_the_same_time_use_a_refresh_token_one_after_the_other(peer: Peer, home: Path) -> None:
    issuer = Issuer(peer)
    peer.answers["/orders"] = lambda _: (201, {"id": "o"})  # the newest token is not the only good one
    (home / "secret").write_text("r-0")
    engines = [opened(home, peer.url, auth=refreshing(peer), more=WITH_SECRET) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        outcomes = list(threads.map(push, engines, range(6)))
    assert [outcome.status for outcome in outcomes] == ["done"] * 6
    assert issuer.refresh_token == "r-6"  # noqa: S105


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def test_a_signed_assertion_gets_a_token(peer: Peer, home: Path, key: rsa.RSAPrivateKey) -> None:
    Issuer(peer, {"scope": "orders"}, public_key=key.public_key())
    (home / "secret").write_text(pem(key))
    auth = Auth(
        type="jwt_bearer",
        parameters={
            "token_url": f"{peer.url}/token", "issuer": "bpa", "subject": "${connection.user}", "key_id": "k1",
            "audience": "the server", "private_key": "${secret.password}", "scope": "orders",
        },
    )  # fmt: skip
    assert push(opened(home, peer.url, auth=auth, more=WITH_SECRET)).status == "done"
    header = jwt.get_unverified_header(peer.asked[0].form["assertion"])
    assert header == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    (home / "secret").write_text("no key")
    outcome = push(opened(home, peer.url, auth=auth, more=WITH_SECRET))
    assert (outcome.status, outcome.reason[:46]) == ("failed", "private_key cannot sign with RS256 (InvalidKey")


def test_an_assertion_can_itself_be_the_bearer(peer: Peer, home: Path, key: rsa.RSAPrivateKey) -> None:
    def token(asked: Asked) -> Answered:
        bearer = asked.headers["authorization"].removeprefix("Bearer ")
        assert jwt.decode(bearer, key.public_key(), algorithms=["RS256"])["iss"] == "42"
        return 201, {"token": "ghs_1", "expires_at": "2026-11-22T13:00:00Z"}

    peer.answers["/app/token"] = token
    (home / "secret").write_text(pem(key))
    parameters = {"token_url": f"{peer.url}/app/token", "issuer": "42", "private_key": "${secret.password}"}
    auth = Auth(type="jwt_bearer", parameters={**parameters, "exchange": "bearer"})
    assert push(opened(home, peer.url, auth=auth, more=WITH_SECRET)).status == "done"
    assert peer.asked[1].headers["authorization"] == "Bearer ghs_1"


def test_name_and_password_get_a_session(peer: Peer, home: Path) -> None:
    def login(asked: Asked) -> Answered:
        good = asked.json == {"user": "ann", "password": SECRET}
        return (200, {"session": {"id": "s-1", "seconds": 60}}) if good else (403, {"message": "no"})

    peer.answers["/login"] = login
    parameters = {
        "path": "/login", "body": {"user": "${connection.user}", "password": "${secret.password}"},
        "token": "session.id", "ends": "session.seconds", "header": "X-Session", "prefix": "",
    }  # fmt: skip
    here = opened(home, peer.url, auth=Auth(type="two_step", parameters=parameters), more=WITH_SECRET)
    assert [push(here, number).status for number in range(2)] == ["done", "done"]
    assert [asked.headers.get("x-session") for asked in peer.asked] == [None, "s-1", "s-1"]


def test_a_client_is_known_by_its_certificate(home: Path) -> None:
    authority = Authority(home)
    certificate, key = authority.issued("bpa")
    with served(Peer(), authority.server(mutual=True).wrap_socket_of_server) as peer:
        Issuer(peer, {"client_id": "bpa", "client_secret": None})
        auth = Auth(type="oauth2_client_credentials", parameters={"token_url": f"{peer.url}/token", "client_id": "bpa"})
        files = f", ca_file: {authority.file.name}, client_certificate: {certificate}, client_key: {key}"
        assert push(opened(home, peer.url, auth=auth, more=files)).status == "done"
        outcome = push(opened(home, peer.url, auth=auth, more=f", ca_file: {authority.file.name}"))
        assert (outcome.status, outcome.error_class) == ("later", "transient")


def test_a_parameter_that_is_missing_is_named(peer: Peer, home: Path) -> None:
    auth = Auth(type="oauth2_refresh", parameters={"token_url": f"{peer.url}/token"})
    outcome = push(opened(home, peer.url, auth=auth, more=WITH_SECRET))
    assert (outcome.status, outcome.reason) == ("failed", "orders: authentication oauth2_refresh needs 'refresh_token'")


def test_nothing_that_was_fetched_is_told(peer: Peer, home: Path) -> None:
    issuer = Issuer(peer)
    here = opened(home, peer.url, auth=client(peer, "oauth2_client_credentials"), more=WITH_SECRET)
    peer.answers["/orders"] = lambda asked: (200, {"id": json.dumps(asked.headers)})
    told = str(push(here).result)
    assert issuer.given[0] not in told
    assert "[secret]" in told


def test_a_refresh_token_that_another_run_holds_is_waited_for_no_longer_than_a_try(peer: Peer, home: Path) -> None:
    Issuer(peer)
    here = opened(home, peer.url, auth=refreshing(peer), more=WITH_SECRET, retry=Retry(attempt_seconds=1.0))
    with TokenFiles(home / "tokens").held("orders", 1.0):
        outcome = here.engine.send(Call("orders", "plain", {"name": "x"}), key="k", now=NOW)
    assert (outcome.status, outcome.reason) == ("later", "another run is changing the refresh token")


def test_no_secret_shows_in_what_a_program_prints_of_a_request_or_an_answer() -> None:
    parts: dict[str, Any] = {"query": (("key", SECRET),), "headers": {"x": SECRET}, "content": SECRET}
    request = Request("POST", "https://example.com", **parts, body={"password": SECRET}, form=(("secret", SECRET),))
    answer = Answer("answer", headers={"set-cookie": SECRET}, body={"access_token": SECRET})
    assert SECRET not in f"{request!r} {answer!r}"
