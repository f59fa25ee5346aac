"""OData V2 and V4 over HTTP: REST, with a CSRF token for whatever writes and headers that make requests repeatable.

Add here what OData asks of every client. Types of a service are in `edmx`. The token is fetched as SAP Gateway has it
(X-CSRF-Token: Fetch); a service that gives none needs none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.drivers import DriverTools
from bpa_resources.connectors.drivers.edmx import Service, read_service
from bpa_resources.connectors.drivers.rest import keyed
from bpa_resources.connectors.hosts import base_url_of
from bpa_resources.connectors.http_sessions import HttpSessions
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import Request, build_request
from bpa_resources.errors import InputError

_TOKEN = "X-CSRF-Token"  # noqa: S105 - the name of a header

# When a request of this id was first sent: SAP Gateway, and OASIS Repeatable Requests 1.0.
_SENT_FIRST = {"requestid": "RepeatabilityCreation", "repeatability-request-id": "Repeatability-First-Sent"}


@dataclass
class ODataDriver:
    """Sends requests with the token of the session; a token that was refused is fetched anew for the next try."""

    http: HttpSessions
    home: Path
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    def problems(self, connection: Connection, operation: Operation, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Whether a request can be made, and its body fits the service's types, where `metadata` names its EDMX."""
        try:
            request = build_request(connection, operation, given, key="key")
            metadata = connection.settings.get("metadata")
            service = _service(self.home / metadata) if metadata else None
        except InputError as error:
            return (str(error),)
        if service is None or operation.effect == "read" or not isinstance(request.body, Mapping):
            return ()
        return service.problems(request.url.removeprefix(base_url_of(connection)), request.body)

    def send(self, connection: Connection, operation: Operation, given: Mapping[str, Any], this: Try) -> Answer:
        """One request, after one for the token where there is none yet."""
        request = keyed(build_request(connection, operation, given, key=this.key), operation, this.key)
        request = _dated(request, operation, this.first_sent)
        if request.method in ("GET", "HEAD"):
            return self.http.send(connection, request, seconds=this.seconds)
        refusal = self._fetch_token(connection, this.seconds)
        if refusal is not None:
            return refusal
        if token := self._tokens[connection.name]:
            request = replace(request, headers={**request.headers, _TOKEN: token})
        answer = self.http.send(connection, request, seconds=this.seconds)
        if answer.status == 403 and answer.headers.get(_TOKEN.casefold(), "").casefold() == "required":
            del self._tokens[connection.name]
        return answer

    def close(self) -> None:
        """Forget the tokens."""
        self._tokens.clear()

    def _fetch_token(self, connection: Connection, seconds: float) -> Answer | None:
        """Have a token for the connection; else the answer that says why not. Nothing was written by then."""
        if connection.name in self._tokens:
            return None
        request = Request("GET", f"{base_url_of(connection)}/", headers={_TOKEN: "Fetch"})
        answer = self.http.send(connection, request, seconds=seconds)
        if answer.kind == "no_answer":
            return replace(answer, sent=False)
        if answer.status in (401, 429) or answer.status >= 500:
            wait = answer.retry_after if answer.retry_after is not None else 0.0
            return replace(answer, status=503 if answer.status >= 500 else answer.status, retry_after=wait)
        token = answer.headers.get(_TOKEN.casefold(), "")
        if token:
            self.http.redactor.hide(token)
        self._tokens[connection.name] = token
        return None


def _dated(request: Request, operation: Operation, first_sent: datetime) -> Request:
    """The request with the moment at which its id was first sent, the same at every try, whoever makes it."""
    name = _SENT_FIRST.get((operation.idempotency.header or "").casefold())
    if name is None or operation.idempotency.strategy != "key_header":
        return request
    moment = format_datetime(first_sent.astimezone(UTC), usegmt=True)
    return replace(request, headers={**request.headers, name: moment})


@cache
def _service(path: Path) -> Service:
    try:
        return read_service(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read ({type(error).__name__}); name the EDMX of the service") from None


def make_driver(tools: DriverTools) -> ODataDriver:
    """A driver of OData services."""
    return ODataDriver(tools.http, tools.home)
