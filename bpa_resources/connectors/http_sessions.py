"""HTTP as drivers use it: a request of a connection goes out with its authentication, to its own hosts only.

Add here what joins transport and authentication. Kinds of authentication are in `auth`; what HTTP may do is in
`transport`; what an answer means is the engine's.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path

from bpa_resources.connectors.auth import Auth, AuthError, AuthTools, auth_of
from bpa_resources.connectors.auth.token_files import TokenFiles
from bpa_resources.connectors.driver import Answer, Connection
from bpa_resources.connectors.hosts import base_url_of, hosts_of
from bpa_resources.connectors.redaction import Redactor
from bpa_resources.connectors.request_template import Request
from bpa_resources.connectors.transport import Tls, Transport


@dataclass
class HttpSessions:
    """One HTTP session a connection: its kept sockets and its token, until `close`."""

    home: Path
    redactor: Redactor
    transport: Transport = field(default_factory=Transport)
    _auths: dict[str, Auth] = field(default_factory=dict)

    def send(self, connection: Connection, request: Request, *, seconds: float) -> Answer:
        """Send one request, authenticated, and wait at most `seconds`. Never raises for what the peer did.

        A status of 401 that was not `sent`: the authorization server refused, so nothing went to the system itself.
        """
        tls, until = Tls.of(connection, self.home), time.monotonic() + seconds
        try:
            authorized = self._auth(connection).apply(request, seconds)
        except AuthError as error:
            if error.transient:
                return Answer("no_answer", sent=False, reason=str(error), retry_after=error.retry_after)
            return Answer("answer", sent=False, status=401, reason=str(error))
        left, hosts = until - time.monotonic(), hosts_of(connection)
        return self.transport.send(authorized, session=connection.name, hosts=hosts, tls=tls, seconds=left)

    def forget_token(self, connection: Connection) -> None:
        """Have the next request fetch a new token: the system says that this one is not valid."""
        self._auth(connection).forget()
        self.transport.forget_cookies(connection.name)

    def close(self) -> None:
        """Close all sockets."""
        self.transport.close()

    def _auth(self, connection: Connection) -> Auth:
        if connection.name not in self._auths:
            tools = AuthTools(
                connection=connection.name,
                base_url=base_url_of(connection),
                tls=Tls.of(connection, self.home),
                transport=self.transport,
                files=TokenFiles(self.home / "tokens"),
                redactor=self.redactor,
            )
            self._auths[connection.name] = auth_of(connection, tools)
        return self._auths[connection.name]
