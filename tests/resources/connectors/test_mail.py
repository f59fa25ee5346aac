"""The mail driver on real servers: aiosmtpd takes and files what pymap then shows by IMAP."""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.connectors.hosts import LOOPBACK
from tests.resources.connectors.cut_wires import listener_that_says
from tests.resources.connectors.orders_system import NOW, OPENED, OneProcessState, QuickClock
from tests.resources.connectors.shipped import KEY, Peer, a_connection, shipped_manifest
from tests.resources.connectors.started import free_port, started

pytest.importorskip("aiosmtpd", reason="no mail server is installed (aiosmtpd)")
pytest.importorskip("pymap", reason="no mailbox server is installed (pymap)")

BOT, PASSWORD = "bot@example.com", "s3cret words"
MAIL = {"to": ["ann@example.com"], "subject": "Case 7 – überfällig", "text": "It is late.\n.\nBye.\n"}


@dataclass
class MailServer:
    """Files the mails of BOT in its mailbox. `answers`: what it says to RCPT or after the text, once each."""

    imap_port: int
    received: list[tuple[list[str], bytes]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    lose_answers: int = 0
    lose_mails: int = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        if self.lose_mails:
            self.lose_mails -= 1
            server.transport.abort()
            return "250 OK"
        self.received.append((envelope.rcpt_tos, envelope.content))
        if BOT in envelope.rcpt_tos:
            with self.mailbox() as mailbox:
                mailbox.append("INBOX", "", "", envelope.content)
        if self.lose_answers:
            self.lose_answers -= 1
            server.transport.abort()
        return "250 OK"

    @contextmanager
    def mailbox(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.imap_port) as mailbox:
            mailbox.login(BOT, PASSWORD)
            yield mailbox

    def mails(self) -> list[Message]:
        return [message_from_bytes(content) for _, content in self.received]


@pytest.fixture(scope="module")
def imap_port() -> Iterator[int]:
    mailbox = ("--no-tls", "dict", "--demo-data", "--demo-user", BOT, "--demo-password", PASSWORD)
    with started("pymap.main", "main", lambda port: ["--host", "127.0.0.1", "--port", str(port), *mailbox]) as port:
        yield port


@pytest.fixture
def server(imap_port: int) -> MailServer:
    server = MailServer(imap_port)
    with server.mailbox() as mailbox:  # empty for each test
        mailbox.select("INBOX")
        mailbox.store("1:*", "+FLAGS", "\\Deleted")
        mailbox.expunge()
    return server


@pytest.fixture
def settings(server: MailServer) -> Iterator[dict[str, str]]:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult

    def known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    class LocalController(Controller):
        def factory(self) -> SMTP:
            return SMTP(server, authenticator=known, auth_require_tls=False, hostname="mail.example.com")

    controller = LocalController(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield {
        "smtp_host": "127.0.0.1", "smtp_port": str(controller.port), "smtp_security": "none", "sender": BOT,
        "username": BOT, "imap_host": "127.0.0.1", "imap_port": str(server.imap_port), "imap_security": "none",
    }  # fmt: skip
    controller.stop()


def peer_of(settings: dict[str, str], home: Path, password: str = PASSWORD) -> Peer:
    return Peer(a_connection(shipped_manifest("email"), settings, {"password": password}), home)


@pytest.fixture
def peer(settings: dict[str, str], tmp_path: Path) -> Peer:
    return peer_of(settings, tmp_path)


def test_a_mail_arrives_as_it_was_written_and_is_found_by_its_key(peer: Peer, server: MailServer) -> None:
    assert peer.ask("find_sent", key=KEY).body == {}
    answer = peer.ask("send", **MAIL, cc=["bob@example.com"], reply_to="carl@example.com")
    assert (answer.status, answer.body) == (200, {"message_id": f"<{KEY}@example.com>", "recipients": 3})
    ((recipients, _),) = server.received
    assert recipients == ["ann@example.com", "bob@example.com", BOT]
    (mail,) = server.mails()
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == (f"<{KEY}@example.com>", "auto-generated")
    assert (mail["To"], mail["Cc"], mail["Reply-To"]) == ("ann@example.com", "bob@example.com", "carl@example.com")
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode().replace("\r\n", "\n") == MAIL["text"]
    found = peer.ask("find_sent", key=KEY).body
    assert found == {"found": {"folder": "INBOX", "message_id": f"<{KEY}@example.com>"}}


def test_a_lost_answer_is_ambiguous_and_the_mailbox_shows_that_it_was_sent(peer: Peer, server: MailServer) -> None:
    server.lose_answers = 1
    lost = peer.ask("send", **MAIL)
    assert (lost.kind, lost.sent) == ("no_answer", True)
    assert peer.ask("find_sent", key=KEY).body["found"]["folder"] == "INBOX"


def sent_by_an_engine(settings: dict[str, str], home: Path) -> Outcome:
    (home / "password").write_text(PASSWORD)
    written = {"system": "email", **settings}
    lines = "".join(f"  {name}: '{value}'\n" for name, value in written.items())
    (home / "connections.yaml").write_text(f"mail:\n{lines}  password: {{file: password}}\n")
    engine = open_connectors(home, OneProcessState())
    OPENED.append(engine)
    engine.clock = lambda begin: QuickClock(begin, [])
    return engine.send(Call("mail", "send", MAIL), key="a-1", now=NOW)


@pytest.mark.parametrize(("lost", "duplicate"), [("lose_answers", True), ("lose_mails", False)])
def test_a_mail_is_sent_once_whether_it_or_its_answer_was_lost(
    settings: dict[str, str], server: MailServer, tmp_path: Path, lost: str, duplicate: bool
) -> None:
    setattr(server, lost, 1)
    outcome = sent_by_an_engine(settings, tmp_path)
    assert (outcome.status, outcome.duplicate, len(server.received)) == ("done", duplicate, 1)
    assert outcome.result == {"message_id": server.mails()[0]["Message-ID"]}
    again = sent_by_an_engine(settings, tmp_path)
    assert (again.status, again.duplicate, len(server.received)) == ("done", True, 1)


def test_no_mail_is_sent_while_nobody_can_tell_whether_it_was(
    settings: dict[str, str], server: MailServer, tmp_path: Path
) -> None:
    outcome = sent_by_an_engine({**settings, "imap_port": "9"}, tmp_path)
    assert (outcome.status, server.received) == ("later", [])


def test_a_recipient_that_is_refused_ends_it_before_anybody_gets_it(peer: Peer, server: MailServer) -> None:
    server.answers["bob@example.com"] = "550 no such user"
    refused = peer.ask("send", **{**MAIL, "to": ["ann@example.com", "bob@example.com"]})
    assert (refused.kind, refused.status) == ("answer", 422)
    assert refused.reason == "the mail server refuses the recipient bob@example.com: 550 no such user"
    assert server.received == []


@pytest.mark.parametrize("where", ["ann@example.com", "DATA"])
def test_a_server_that_asks_for_patience_was_sent_nothing(peer: Peer, server: MailServer, where: str) -> None:
    server.answers[where] = "451 greylisted"
    answer = peer.ask("send", **MAIL)
    assert (answer.kind, answer.sent) == ("no_answer", False)
    assert "451 greylisted" in answer.reason


def test_a_message_that_is_refused_for_good_is_no_retry(peer: Peer, server: MailServer) -> None:
    server.answers["DATA"] = "554 looks like spam"
    assert peer.ask("send", **MAIL).status == 422


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"subject": "x\r\nBcc: eve@example.com"}, "the subject holds a line break"),
        ({"to": ["ann@example.com\r\nBcc: eve@example.com"]}, "is no address"),
        ({"to": ["ann@example.com, eve@example.com"]}, "is no address"),
        ({"to": ["<ann@example.com> NOTIFY=NEVER"]}, "is no address"),
        ({"cc": ["eve"]}, "'eve' is no address"),
        ({"reply_to": "a@b\nX: y"}, "is no address"),
        ({"to": ["eve@example.org"]}, "it writes to example.com"),
    ],
)
def test_nothing_is_smuggled_into_a_header(
    settings: dict[str, str], tmp_path: Path, given: dict[str, Any], why: str
) -> None:
    peer = peer_of({**settings, "recipient_domains": "Example.com"}, tmp_path)
    (problem,) = peer.problems("send", **{**MAIL, **given})
    assert why in problem


def test_a_wrong_password_is_told_as_such(settings: dict[str, str], tmp_path: Path) -> None:
    peer = peer_of(settings, tmp_path, "wrong")
    for answer in (peer.ask("send", **MAIL), peer.ask("find_sent", key=KEY)):
        assert (answer.kind, answer.sent, answer.status) == ("answer", False, 401)


def test_both_servers_are_looked_at_by_a_check(peer: Peer, settings: dict[str, str], tmp_path: Path) -> None:
    assert peer.ask("reach").body == {"ok": True}
    assert peer_of({**settings, "imap_port": "9"}, tmp_path).ask("reach").reason == (
        "the mailbox cannot be reached (ConnectionRefusedError)"
    )
    assert peer_of({**settings, "smtp_port": "9"}, tmp_path).ask("reach").sent is False


def test_without_a_mailbox_there_is_no_send_that_could_be_proven(settings: dict[str, str], tmp_path: Path) -> None:
    settings.pop("imap_host")
    peer = peer_of(settings, tmp_path)
    assert peer.problems("send", **MAIL) == (
        "the connection has no imap_host, so nobody can tell whether a mail was sent; use send_unproven",
    )
    assert peer.ask("send_unproven", **MAIL).status == 200


def test_a_folder_that_is_not_there_is_not_an_empty_one(settings: dict[str, str], tmp_path: Path) -> None:
    answer = peer_of({**settings, "folders": "INBOX, Gone"}, tmp_path).ask("find_sent", key=KEY)
    assert (answer.status, answer.reason) == (
        422,
        "the mailbox has no folder 'Gone': [NONEXISTENT] Mailbox does not exist.",
    )


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_server_elsewhere_hears_no_password_in_the_clear(
    settings: dict[str, str], tmp_path: Path, security: str
) -> None:
    greeting = b"220 hi\r\n" if security == "starttls" else b"no"
    with listener_that_says(greeting, "127.0.0.2") as (port, heard):  # stands for another machine
        other = {**settings, "smtp_host": "127.0.0.2", "smtp_port": str(port), "smtp_security": security}
        answer = peer_of(other, tmp_path).ask("send", **MAIL, seconds=0.5)
    assert (answer.kind, answer.sent) == ("no_answer", False)
    assert PASSWORD.encode() not in b"".join(heard)
    assert "127.0.0.2" not in LOOPBACK
    (problem,) = peer_of({**other, "smtp_security": "none"}, tmp_path).problems("send", **MAIL)
    assert problem == "smtp_security none is for this machine only; write ssl or starttls"
