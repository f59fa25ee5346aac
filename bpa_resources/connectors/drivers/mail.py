"""Mail: one message by SMTP, with a Message-ID made from the key, and the search for it by IMAP.

An operation's `request` is `{mail: send, to, cc, subject, text, reply_to, key}`, `{mail: find, key}` or
`{mail: reach}`. All recipients get it or none: one that is refused ends the try before the text is sent. Only the end
of the text (RFC 5321, 4.1.1.4) can lose its answer; everything before surely had no effect. So that a search can tell
then, the sender's own mailbox is a recipient too (`own_copy`), unless the server files what it sends where `folders`
says.

Statuses are those HTTP would have: 401 the user is refused, 422 what is refused for good. Add here what is
said to the servers and what their answers mean; a message is made in `mail_messages`.
"""

import imaplib
import smtplib
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.drivers import DriverTools
from bpa_resources.connectors.drivers.mail_messages import ADDRESS, POLICY, message_id, message_of, message_problems
from bpa_resources.connectors.drivers.mail_servers import MailServers, quoted
from bpa_resources.connectors.hosts import LOOPBACK
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import filled, values_of
from bpa_resources.connectors.transport import Tls
from bpa_resources.errors import InputError, one_line

_SECURITY = ("ssl", "starttls", "none")


def make_driver(tools: DriverTools) -> "MailDriver":
    """The driver; `ca_file` of a connection is relative to the home."""
    return MailDriver(tools.home)


class MailDriver:
    """Each try connects anew, so nothing stale is ever kept."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def problems(self, connection: Connection, operation: Operation, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Addresses and headers that are none, recipients that the connection does not allow, and no way to search."""
        request = filled(operation.request, values_of(connection, operation, given, key="0"), absent={})
        found = list(_setting_problems(connection.settings))
        if request["mail"] == "send":
            found += message_problems(request, connection.settings)
        searched = operation.idempotency.strategy == "search_then_create" or request["mail"] == "find"
        if searched and "imap_host" not in connection.settings:
            found.append(
                "the connection has no imap_host, so nobody can tell whether a mail was sent; use send_unproven"
            )
        return tuple(found)

    def send(self, connection: Connection, operation: Operation, given: Mapping[str, Any], this: Try) -> Answer:
        """One message, one search, or one look at both servers."""
        request = filled(operation.request, values_of(connection, operation, given, key=this.key), absent={})
        try:
            servers = MailServers(connection, Tls.of(connection, self._home), this.seconds)
            if request["mail"] == "find":
                return _found(servers, message_id(connection.settings, request["key"]))
            if request["mail"] == "reach":
                return _reached(servers)
            return _sent(servers, message_of(request, connection.settings))
        except InputError as error:
            return Answer("answer", sent=False, status=400, reason=str(error))

    def close(self) -> None:
        """Nothing is kept open."""


def _setting_problems(settings: Mapping[str, str]) -> Iterator[str]:
    for kind in ("smtp", "imap"):
        host, security = settings.get(f"{kind}_host"), settings[f"{kind}_security"]
        if security not in _SECURITY:
            yield f"{kind}_security of the connection is {security!r}; write ssl, starttls or none"
        elif security == "none" and host is not None and host not in LOOPBACK:
            yield f"{kind}_security none is for this machine only; write ssl or starttls"
    if not ADDRESS.fullmatch(settings["sender"]):
        yield f"sender of the connection is {settings['sender']!r}, which is no address; write name@example.com"


def _sent(servers: MailServers, message: EmailMessage) -> Answer:
    sender = servers.settings["sender"]
    recipients = [address.addr_spec for name in ("To", "Cc") if name in message for address in message[name].addresses]
    if servers.settings["own_copy"] in ("yes", "true") and sender not in recipients:
        recipients.append(sender)
    ended = False
    try:
        with servers.smtp() as session:
            refused = _envelope(session, sender, recipients)
            if refused is not None:
                return refused
            ended = True
            code, text = session.data(message.as_bytes(policy=POLICY))
    except smtplib.SMTPDataError as error:  # DATA itself was refused: no text was sent
        return _by_code(error.smtp_code, error.smtp_error, "the mail server refuses the message")
    except smtplib.SMTPAuthenticationError as error:
        return Answer(
            "answer", sent=False, status=401, reason=f"the mail server refuses the user: {_text(error.smtp_error)}"
        )
    except (smtplib.SMTPException, OSError) as error:
        where = "did not confirm the message" if ended else "cannot be reached"
        return Answer("no_answer", sent=ended, reason=f"the mail server {where} ({type(error).__name__})")
    if code != 250:
        return _by_code(code, text, "the mail server refuses the message")
    return Answer("answer", status=200, body={"message_id": message["Message-ID"], "recipients": len(recipients)})


def _envelope(session: smtplib.SMTP, sender: str, recipients: list[str]) -> Answer | None:
    """Sender and every recipient; why one is refused, in which case nobody gets it."""
    code, text = session.mail(sender)
    if code != 250:
        return _by_code(code, text, f"the mail server refuses the sender {sender}")
    for address in recipients:
        code, text = session.rcpt(address)
        if code not in (250, 251):
            return _by_code(code, text, f"the mail server refuses the recipient {address}")
    return None


def _by_code(code: int, text: bytes | str, what: str) -> Answer:
    """RFC 5321, 4.2.1: 4xx is not done and may be tried again, 5xx is not done for good."""
    reason = f"{what}: {code} {_text(text)}"
    if 400 <= code < 500 or code == -1:
        return Answer("no_answer", sent=False, reason=reason)
    return Answer("answer", status=422, reason=reason)


def _found(servers: MailServers, message_id: str) -> Answer:
    """Where a message lies: `found` with its folder, or nothing if it is in none of `folders`."""
    try:
        with servers.imap() as session:
            for folder in (name.strip() for name in servers.settings["folders"].split(",")):
                state, told = session.select(quoted(folder), readonly=True)
                if state != "OK":
                    reason = f"the mailbox has no folder {folder!r}: {_text(told[0] or b'')}"
                    return Answer("answer", status=422, reason=reason)
                state, numbers = session.uid("SEARCH", "HEADER", "Message-ID", quoted(message_id))
                if state != "OK":
                    return Answer("answer", status=422, reason=f"the mailbox cannot be searched: {numbers!r}")
                if any(numbers):
                    found = {"folder": folder, "message_id": message_id}
                    return Answer("answer", status=200, body={"found": found})
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        return _mailbox_problem(error)
    return Answer("answer", status=200, body={})


def _reached(servers: MailServers) -> Answer:
    """Whether both servers take the user; the mailbox only where the connection names one."""
    try:
        with servers.smtp() as session:
            session.noop()
    except smtplib.SMTPAuthenticationError as error:
        return Answer(
            "answer", sent=False, status=401, reason=f"the mail server refuses the user: {_text(error.smtp_error)}"
        )
    except (smtplib.SMTPException, OSError) as error:
        return Answer("no_answer", sent=False, reason=f"the mail server cannot be reached ({type(error).__name__})")
    try:
        if "imap_host" in servers.settings:
            with servers.imap() as mailbox:
                mailbox.noop()
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        return _mailbox_problem(error)
    return Answer("answer", status=200, body={"ok": True})


def _mailbox_problem(error: Exception) -> Answer:
    # IMAP4.abort is a broken connection; every other IMAP4.error is what the server says, or what cannot be said to it.
    if isinstance(error, imaplib.IMAP4.abort | OSError):
        return Answer("no_answer", sent=False, reason=f"the mailbox cannot be reached ({type(error).__name__})")
    return Answer(
        "answer", sent=False, status=401, reason=f"the mailbox refuses the user: {one_line(str(error))[:200]}"
    )


def _text(told: bytes | str) -> str:
    return one_line(told.decode(errors="replace") if isinstance(told, bytes) else told)[:200]
