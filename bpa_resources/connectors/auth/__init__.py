"""Authentication, one module a kind, each with `make_auth(parameters, tools) -> Auth`.

Add a kind here, in `Auth.type` of the manifest and in docs/connectors.md. Parameters name settings and secrets as
${connection.x} and ${secret.x}; they are filled in before a kind sees them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from bpa_resources.connectors.auth.fixed import Fixed
from bpa_resources.connectors.auth.token_files import TokenFiles
from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.redaction import Redactor
from bpa_resources.connectors.request_template import Request, filled
from bpa_resources.connectors.transport import Tls, Transport
from bpa_resources.errors import InputError

_MODULES = {
    "api_key": "api_key",
    "basic": "basic",
    "bearer": "bearer",
    "oauth2_client_credentials": "client_credentials",
    "oauth2_refresh": "refresh_token",
    "jwt_bearer": "jwt_bearer",
    "two_step": "two_step",
}


class Auth(Protocol):
    """Authenticates the requests of one connection."""

    def apply(self, request: Request, seconds: float, /) -> Request:
        """The request with what shows who we are; a token that is needed is fetched first, within `seconds`.

        Raises AuthError.
        """

    def forget(self) -> None:
        """The token is not valid any more."""


class AuthError(Exception):
    """No token could be had; nothing was sent to the system. `transient`: it may work later."""

    def __init__(self, reason: str, *, transient: bool, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.transient, self.retry_after = transient, retry_after


@dataclass(frozen=True)
class AuthTools:
    """What a kind may use, for the connection of this name."""

    connection: str
    base_url: str
    tls: Tls
    transport: Transport
    files: TokenFiles
    redactor: Redactor


def auth_of(connection: Connection, tools: AuthTools) -> Auth:
    """The authentication of a connection, by its manifest. Raises InputError for parameters that are missing."""
    kind = connection.manifest.auth.type
    if kind == "none":
        return Fixed()
    module = import_module(f"{__name__}.{_MODULES[kind]}")
    values = {"connection": connection.settings, "secret": connection.secrets}
    parameters: Mapping[str, Any] = filled(connection.manifest.auth.parameters, values, absent={})
    try:
        auth: Auth = module.make_auth(parameters, tools)
    except KeyError as error:
        raise InputError(f"{connection.manifest.system}: authentication {kind} needs {error.args[0]!r}") from None
    return auth
