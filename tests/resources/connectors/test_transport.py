"""HTTP as the engine lets it out: its own hosts, verified TLS, bounded answers, nothing followed elsewhere."""

import re
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors import transport
from bpa_resources.connectors.driver import Answer
from bpa_resources.connectors.hosts import refusal
from bpa_resources.connectors.request_template import Request
from bpa_resources.connectors.transport import Tls, Transport, seconds_until
from bpa_resources.errors import InputError
from tests.resources.connectors.certificates import Authority
from tests.resources.connectors.faulty_peer import Peer, served

LOOPBACK = {"127.0.0.1"}


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


@pytest.fixture
def send() -> Iterator[Callable[..., Answer]]:
    sender = Transport()

    def send(request: Request, hosts: set[str] = LOOPBACK, tls: Tls | None = None, session: str = "s") -> Answer:
        return sender.send(request, session=session, hosts=hosts, tls=tls or Tls(), seconds=5)

    yield send
    sender.close()


def test_queries_bodies_and_forms_arrive_as_they_were(peer: Peer, send: Callable[..., Answer]) -> None:
    send(Request("GET", f"{peer.url}/orders?a=1", query=(("b", "x y&ü/"), ("c", "+"))))
    send(Request("POST", f"{peer.url}/orders", body={"name": "Größe \u2028 😀"}))
    assert peer.asked[0].query == {"a": "1", "b": "x y&ü/", "c": "+"}
    assert peer.asked[1].json == {"name": "Größe \u2028 😀"}
    peer.answers["/form"] = {}
    send(Request("POST", f"{peer.url}/form", form=(("a", "x&y=ü"),)))
    assert peer.asked[2].form == {"a": "x&y=ü"}


@pytest.mark.parametrize(
    ("url", "hosts", "why"),
    [
        ("https://evil.example/", {"api.example.com"}, "requests may not go to evil.example"),
        ("https://api.example.com.evil.example/", {"api.example.com"}, "may not go"),
        ("https://api.example.com@evil.example/", {"api.example.com"}, "may not go to evil.example"),
        ("https://notexample.com/", {"*.example.com"}, "may not go"),
        ("http://api.example.com/", {"api.example.com"}, "in the clear"),
        ("file:///etc/passwd", {""}, "no web address"),
        ("https:///", {"x"}, "no web address"),
    ],
)
def test_an_address_that_is_not_allowed_is_refused(url: str, hosts: set[str], why: str) -> None:
    assert why in refusal(url, hosts)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://API.example.com:8443/x", {"api.example.com"}),
        ("https://eu.example.com/", {"*.example.com"}),
        ("http://127.0.0.1:99/", {"127.0.0.1"}),
        ("http://[::1]:99/", {"::1"}),
    ],
)
def test_an_address_that_is_allowed_is_not(url: str, hosts: set[str]) -> None:
    assert refusal(url, hosts) == ""


def test_nothing_is_sent_to_a_host_that_is_not_allowed(peer: Peer, send: Callable[..., Answer]) -> None:
    answer = send(Request("GET", f"{peer.url}/me"), hosts={"api.example.com"})
    assert (answer.kind, answer.sent, peer.asked) == ("answer", False, [])


def test_a_redirect_within_the_server_is_followed_with_the_same_method(peer: Peer, send: Callable[..., Answer]) -> None:
    peer.faults.append("here")
    assert send(Request("POST", f"{peer.url}/orders", body={"name": "x"})).status == 201
    assert [(asked.method, asked.path) for asked in peer.asked] == [("POST", "/orders"), ("POST", "/moved")]


def test_a_redirect_to_another_server_is_not_followed(peer: Peer, send: Callable[..., Answer]) -> None:
    with served(Peer()) as other:
        peer.answers["/away"] = lambda _: (200, {})
        peer.faults.append("elsewhere")
        answer = send(Request("GET", f"{peer.url}/away", headers={"Authorization": "Bearer t0ken"}))
        assert answer.status == 307
        assert not other.asked


def test_a_redirect_that_would_lose_the_body_is_not_followed(peer: Peer, send: Callable[..., Answer]) -> None:
    peer.faults.append("posted_here")
    assert send(Request("POST", f"{peer.url}/orders", body={})).status == 302
    assert len(peer.asked) == 1


def test_a_circle_of_redirects_ends(peer: Peer, send: Callable[..., Answer]) -> None:
    peer.faults.extend(["here"] * 20)
    assert send(Request("GET", f"{peer.url}/me")).reason == "it redirects in circles"


def test_an_answer_that_would_fill_the_memory_is_given_up(
    peer: Peer, send: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LONGEST_BODY_BYTES", 1000)
    peer.answers["/me"] = "x" * 2000
    assert "longer than" in send(Request("GET", f"{peer.url}/me")).reason


@pytest.mark.parametrize("text", ["{", '{"a": NaN}', '{"a": 1e999}', "[" * 100_000, "\xff"])
def test_an_answer_that_is_no_json_is_no_answer(text: str, peer: Peer, send: Callable[..., Answer]) -> None:
    peer.answers["/me"] = lambda _: (200, text)
    peer.headers = {"Content-Type": "application/json"}
    answer = send(Request("GET", f"{peer.url}/me"))
    assert (answer.kind, answer.sent) == ("no_answer", True)


def test_two_connections_to_one_server_share_no_cookie(peer: Peer, send: Callable[..., Answer]) -> None:
    peer.headers = {"Set-Cookie": "session=ann; Path=/"}
    for session in ("ann", "bob", "ann"):
        send(Request("GET", f"{peer.url}/me"), session=session)
    assert [asked.headers.get("cookie") for asked in peer.asked] == [None, None, "session=ann"]


def test_a_proxy_or_password_file_of_the_machine_is_not_used(
    peer: Peer, send: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login root password toor\n")
    for name, value in {"HTTP_PROXY": "http://127.0.0.1:1", "NETRC": str(tmp_path / ".netrc")}.items():
        monkeypatch.setenv(name, value)
    assert send(Request("GET", f"{peer.url}/me")).status == 200
    assert "authorization" not in peer.asked[0].headers


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), (" 120 ", 120.0), ("9" * 400, 86_400.0), ("soon", None), ("-1", None), ("1.5", None), ("", None),
     ("²", None), ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0), ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
     ("Sunday, 22-Nov-26 12:01:00 GMT", 60.0), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
     ("Fri, 31 Dec 99999999999999999999 23:59:59 GMT", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert seconds_until(text, datetime(2026, 11, 22, 12, tzinfo=UTC)) == seconds


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def test_a_certificate_that_nobody_vouches_for_is_refused(authority: Authority, send: Callable[..., Answer]) -> None:
    with served(Peer(), authority.server().wrap_socket_of_server) as peer:
        answer = send(Request("GET", f"{peer.url}/me"))
        assert (answer.kind, answer.sent, peer.asked) == ("no_answer", False, [])


def test_a_private_authority_can_be_trusted(authority: Authority, send: Callable[..., Answer]) -> None:
    with served(Peer(), authority.server().wrap_socket_of_server) as peer:
        assert send(Request("GET", f"{peer.url}/me"), tls=Tls(authority.file)).status == 200


def test_a_certificate_for_another_name_is_refused(authority: Authority, send: Callable[..., Answer]) -> None:
    with served(Peer(), authority.server("127.0.0.2").wrap_socket_of_server) as peer:
        assert send(Request("GET", f"{peer.url}/me"), tls=Tls(authority.file)).kind == "no_answer"


def test_a_certificate_that_ended_is_refused(authority: Authority, send: Callable[..., Answer]) -> None:
    ended = datetime.now(UTC) - timedelta(days=1)
    with served(Peer(), authority.server(until=ended).wrap_socket_of_server) as peer:
        assert send(Request("GET", f"{peer.url}/me"), tls=Tls(authority.file)).kind == "no_answer"


def test_a_server_that_asks_for_our_certificate_gets_it(authority: Authority, send: Callable[..., Answer]) -> None:
    certificate, key = authority.issued("bpa")
    with served(Peer(), authority.server(mutual=True).wrap_socket_of_server) as peer:
        with_ours = Tls(authority.file, certificate, key)
        assert send(Request("GET", f"{peer.url}/me"), tls=with_ours).status == 200
        assert send(Request("GET", f"{peer.url}/me"), tls=Tls(authority.file)).kind == "no_answer"


def test_tls_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.pem cannot be used"):
        Tls(tmp_path / "nowhere.pem").context()


def test_old_tls_is_not_spoken() -> None:
    context: Any = Tls().context()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_only_the_transport_speaks_http() -> None:
    folder = Path(transport.__file__).parent
    importing = re.compile(
        r"^\s*(?:import|from) (?:httpx|requests|urllib3|urllib\.request|http\.client)\b", re.MULTILINE
    )
    assert [path.name for path in folder.rglob("*.py") if importing.search(path.read_text())] == ["transport.py"]
