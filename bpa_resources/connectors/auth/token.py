"""A token that is fetched, kept while it is valid, and fetched anew: what the kinds with a token share.

Add here what holds for any token. How one is fetched is said in the module of the kind.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from bpa_resources.connectors.answer_path import value_at
from bpa_resources.connectors.auth import AuthError, AuthTools
from bpa_resources.connectors.auth.basic import basic
from bpa_resources.connectors.auth.fixed import Fixed
from bpa_resources.connectors.driver import Answer
from bpa_resources.connectors.hosts import host_of
from bpa_resources.connectors.request_template import Request
from bpa_resources.errors import one_line

_EARLIER = 30.0
"""Seconds before its end at which a token is not used any more: clocks differ, and requests take time."""

_SECONDS_WITHOUT_WORD = 600.0


@dataclass(frozen=True)
class Token:
    """A token and for how many seconds it is valid; `answer`: what else came with it."""

    value: str = field(repr=False)
    seconds: float = _SECONDS_WITHOUT_WORD
    answer: Mapping[str, Any] = field(default_factory=dict, repr=False)


class TokenAuth:
    """Requests with a token in a header; `fetch` is given the seconds that it may take."""

    def __init__(
        self, fetch: Callable[[float], Token], *, header: str = "Authorization", prefix: str = "Bearer"
    ) -> None:
        self._fetch, self._header, self._prefix = fetch, header, prefix
        self._lock, self._fixed, self._until = Lock(), Fixed(), 0.0

    def apply(self, request: Request, seconds: float, /) -> Request:
        """The request with a token that is valid for a while. Raises AuthError where none is given."""
        with self._lock:
            if time.monotonic() >= self._until:
                token = self._fetch(seconds)
                self._fixed = Fixed({self._header: f"{self._prefix} {token.value}".strip()})
                self._until = time.monotonic() + max(token.seconds - _EARLIER, token.seconds / 2)
            fixed = self._fixed
        return fixed.apply(request, seconds)

    def forget(self) -> None:
        """Fetch another one next time."""
        self._until = 0.0


def fetched(tools: AuthTools, request: Request, seconds: float, *, value: str, ends: str = "expires_in") -> Token:
    """The token that an authorization server gives for a request: at the path `value` of its answer.

    `ends`: path to the seconds it is valid. Raises AuthError; its text holds no secret, as every text of the engine.
    """
    answer = tools.transport.send(
        request, session=tools.connection, hosts={host_of(request.url)}, tls=tools.tls, seconds=seconds
    )
    if answer.kind == "no_answer":
        raise AuthError(f"the authorization server: {answer.reason}", transient=True, retry_after=answer.retry_after)
    token = value_at(answer.body, value)
    if not 200 <= answer.status < 300 or not isinstance(token, str) or not token:
        transient = answer.status >= 500 or answer.status == 429
        raise AuthError(_refused(answer), transient=transient, retry_after=answer.retry_after)
    tools.redactor.hide(token)
    told = value_at(answer.body, ends)
    valid = float(told) if str(told).isdecimal() else _SECONDS_WITHOUT_WORD
    return Token(token, valid, answer.body)


def oauth_request(tools: AuthTools, parameters: Mapping[str, Any], form: Mapping[str, Any]) -> Request:
    """A request of a token endpoint (RFC 6749, 3.2), with what names the client.

    Parameters: `token_url`, `client_id`, `client_secret`, `scope`, `extra` (more fields) and `style`: `form` (default)
    or `basic`, where the client's name and secret stand (2.3.1).
    """
    client = {"client_id": parameters.get("client_id"), "client_secret": parameters.get("client_secret")}
    headers = {}
    if parameters.get("style") == "basic":
        headers["Authorization"] = basic(parameters["client_id"], parameters["client_secret"], tools.redactor)
        client = {}
    fields = {**form, "scope": parameters.get("scope"), **parameters.get("extra", {}), **client}
    pairs = tuple((name, str(value)) for name, value in fields.items() if value is not None)
    return Request("POST", parameters["token_url"], headers=headers, form=pairs)


def _refused(answer: Answer) -> str:
    """What an authorization server said no with: its code (RFC 6749, 5.2) and its sentence."""
    told = [value_at(answer.body, name) for name in ("error", "error_description", "message")]
    said = one_line(": ".join(text for text in told if isinstance(text, str)) or answer.reason)
    return f"the authorization server gave no token ({answer.status}{': ' if said else ''}{said[:200]})"
