"""The mail servers of a connection, connected, encrypted and logged in, each for one use.

Add here what concerns sessions. What is said in them stays in `mail`.
"""

import imaplib
import smtplib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.transport import Tls


class MailServers:
    """The two servers of a connection, each opened for one use."""

    def __init__(self, connection: Connection, tls: Tls, seconds: float) -> None:
        self.settings, self._seconds, self._tls = connection.settings, seconds, tls
        self._password = connection.secrets.get("password", "")

    @contextmanager
    def smtp(self) -> Iterator[smtplib.SMTP]:
        """Connected, encrypted and logged in. Raises smtplib.SMTPException and OSError."""
        host, port, security = self._place("smtp")
        name = self.settings["sender"].rpartition("@")[2]  # not this machine's: that may take a look-up
        if security == "ssl":
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, name, timeout=self._seconds, context=self._tls.context()
            )
        else:
            session = smtplib.SMTP(host, port, name, timeout=self._seconds)
        with closing(session):
            if security == "starttls":
                session.starttls(context=self._tls.context())
            session.ehlo_or_helo_if_needed()
            if user := self.settings.get("username"):
                session.login(user, self._password)
            yield session
            with suppress(smtplib.SMTPException, OSError):
                session.quit()

    @contextmanager
    def imap(self) -> Iterator[imaplib.IMAP4]:
        """Connected, encrypted and logged in. Raises imaplib.IMAP4.error and OSError."""
        host, port, security = self._place("imap")
        if security == "ssl":
            session: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                host, port, ssl_context=self._tls.context(), timeout=self._seconds
            )
        else:
            session = imaplib.IMAP4(host, port, timeout=self._seconds)
        try:
            if security == "starttls":
                session.starttls(self._tls.context())
            session.login(quoted(self.settings.get("username", "")), self._password)
            yield session
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                session.logout()

    def _place(self, kind: str) -> tuple[str, int, str]:
        settings = self.settings
        return settings[f"{kind}_host"], int(settings[f"{kind}_port"]), settings[f"{kind}_security"]


def quoted(text: str) -> str:
    """A quoted string of IMAP (RFC 3501, 4.3)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
