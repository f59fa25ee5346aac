"""GraphQL over HTTP: one operation is one document of the manifest, `{query, variables, path}`, sent with POST.

The document is fixed; what is given goes into its variables only. Errors come with status 200: with no data nothing
was done, with some data a part may have been (GraphQL, October 2021, 7.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.drivers import DriverTools
from bpa_resources.connectors.drivers.rest import keyed
from bpa_resources.connectors.http_sessions import HttpSessions
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import Request, build_request, filled, values_of
from bpa_resources.errors import InputError

_REFUSED_BEFORE = {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "FORBIDDEN", "NOT_FOUND"}


@dataclass
class GraphqlDriver:
    """Sends documents with their variables."""

    http: HttpSessions

    def problems(self, connection: Connection, operation: Operation, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Whether a request can be made of it."""
        try:
            _request(connection, operation, given, "key")
        except InputError as error:
            return (str(error),)
        return ()

    def send(self, connection: Connection, operation: Operation, given: Mapping[str, Any], this: Try) -> Answer:
        """One request; errors in the answer have a status as HTTP would give it."""
        request = keyed(_request(connection, operation, given, this.key), operation, this.key)
        answer = self.http.send(connection, request, seconds=this.seconds)
        if answer.kind == "answer" and 200 <= answer.status < 300 and operation_failed(answer.body):
            return replace(answer, status=_status(answer.body))
        return answer

    def close(self) -> None:
        """The sockets are the sessions'."""


def operation_failed(body: Any) -> bool:
    """Whether an answer holds errors, or is no answer of GraphQL at all."""
    return not isinstance(body, Mapping) or bool(body.get("errors")) or "data" not in body


def _status(body: Any) -> int:
    """400: refused before it ran; 401, 429; 500: it may have run in part."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    extensions = first.get("extensions")
    code = str((extensions if isinstance(extensions, Mapping) else {}).get("code") or first.get("type") or "")
    if code in ("UNAUTHENTICATED",):
        return 401
    if code in ("RATE_LIMITED", "THROTTLED"):
        return 429
    refused = isinstance(body, Mapping) and ("data" not in body or code in _REFUSED_BEFORE) and bool(errors)
    return 400 if refused else 500


def _request(connection: Connection, operation: Operation, given: Mapping[str, Any], key: str) -> Request:
    written = operation.request
    variables = filled(written.get("variables", {}), values_of(connection, operation, given, key=key), absent={})
    address = {"method": "POST", "path": written.get("path", "")}
    request = build_request(connection, operation.model_copy(update={"request": address}), given, key=key)
    return replace(request, body={"query": written["query"], "variables": variables})


def make_driver(tools: DriverTools) -> GraphqlDriver:
    """A driver of GraphQL services."""
    return GraphqlDriver(tools.http)
