"""HTTP with JSON or forms: one operation is one request of the manifest's template.

Add here what any HTTP system may need. What only one protocol needs is in its own driver.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.drivers import DriverTools
from bpa_resources.connectors.http_sessions import HttpSessions
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import Request, build_request
from bpa_resources.errors import InputError


@dataclass
class RestDriver:
    """Sends requests as the templates say, with the key in the header that the strategy names."""

    http: HttpSessions

    def problems(self, connection: Connection, operation: Operation, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Whether a request can be made of it."""
        try:
            build_request(connection, operation, given, key="key")
        except InputError as error:
            return (str(error),)
        return ()

    def send(self, connection: Connection, operation: Operation, given: Mapping[str, Any], this: Try) -> Answer:
        """One request and its answer. Raises InputError where the template lacks a value."""
        request = keyed(build_request(connection, operation, given, key=this.key), operation, this.key)
        return self.http.send(connection, request, seconds=this.seconds)

    def close(self) -> None:
        """The sockets are the sessions'."""


def keyed(request: Request, operation: Operation, key: str) -> Request:
    """The request with the key in the header of strategy `key_header`."""
    header = operation.idempotency.header
    if operation.idempotency.strategy != "key_header" or header is None:
        return request
    return replace(request, headers={**request.headers, header: key})


def make_driver(tools: DriverTools) -> RestDriver:
    """A driver of REST systems."""
    return RestDriver(tools.http)
