"""A signed assertion for a token (RFC 7523): service accounts of Google, Salesforce, apps of GitHub.

`{token_url, private_key, issuer, subject, audience, key_id, algorithm: RS256, lifetime: 300, claims, exchange: form}`;
with `exchange: bearer` the assertion itself is the bearer of the request for a token (GitHub), whose answer holds it
as `token`.
"""

import time
from collections.abc import Mapping
from typing import Any

from bpa_resources.connectors.auth import AuthTools
from bpa_resources.connectors.auth.token import Token, TokenAuth, fetched, oauth_request
from bpa_resources.connectors.request_template import Request
from bpa_resources.errors import InputError

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")

# Our clock may be ahead of the server's, and an assertion of the future is refused.
_AHEAD = 30


def make_auth(parameters: Mapping[str, Any], tools: AuthTools) -> TokenAuth:
    """`issuer`, `private_key` (PEM) and `token_url` are needed; a claim that was not given is left out."""

    def fetch(seconds: float) -> Token:
        assertion = signed(parameters, int(time.time()))
        tools.redactor.hide(assertion)
        if parameters.get("exchange") == "bearer":
            headers = {"Authorization": f"Bearer {assertion}"}
            return fetched(tools, Request("POST", parameters["token_url"], headers=headers), seconds, value="token")
        form = {"grant_type": _GRANT, "assertion": assertion}
        return fetched(tools, oauth_request(tools, parameters, form), seconds, value="access_token")

    if missing := [name for name in ("token_url", "issuer", "private_key") if name not in parameters]:
        raise KeyError(missing[0])
    return TokenAuth(fetch)


def signed(parameters: Mapping[str, Any], now: int) -> str:
    """The assertion, signed. Raises InputError for a key that cannot sign so."""
    import jwt

    algorithm = str(parameters.get("algorithm", "RS256"))
    if algorithm not in _ALGORITHMS:
        raise InputError(f"algorithm {algorithm!r} signs no assertion; write one of {', '.join(_ALGORITHMS)}")
    claims = {
        "iss": parameters["issuer"],
        "sub": parameters.get("subject"),
        "aud": parameters.get("audience"),
        "iat": now - _AHEAD,
        "exp": now + int(parameters.get("lifetime", 300)),
        **parameters.get("claims", {}),
    }
    headers = {"kid": str(parameters["key_id"])} if parameters.get("key_id") else None
    given = {name: value for name, value in claims.items() if value is not None}
    try:
        return jwt.encode(given, str(parameters["private_key"]), algorithm=algorithm, headers=headers)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise InputError(f"private_key cannot sign with {algorithm} ({type(error).__name__}); give its PEM") from None
