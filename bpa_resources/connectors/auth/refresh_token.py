"""OAuth 2.0 refresh tokens (RFC 6749, 6): `{token_url, client_id, client_secret, refresh_token, style, extra}`.

A server may change the refresh token each time it is used. The new one is kept in the home before the access token is
used, and two runs never use one at the same time.
"""

from collections.abc import Mapping
from typing import Any

from bpa_resources.connectors.auth import AuthError, AuthTools
from bpa_resources.connectors.auth.token import Token, TokenAuth, fetched, oauth_request


def make_auth(parameters: Mapping[str, Any], tools: AuthTools) -> TokenAuth:
    """`refresh_token` is the first one, of connections.yaml; another one there counts from then on."""
    first = str(parameters["refresh_token"])

    def fetch(seconds: float) -> Token:
        try:
            return changed(seconds)
        except TimeoutError:
            raise AuthError("another run is changing the refresh token", transient=True) from None

    def changed(seconds: float) -> Token:
        with tools.files.held(tools.connection, seconds) as file:
            latest = file.latest(first)
            tools.redactor.hide(latest)
            form = {"grant_type": "refresh_token", "refresh_token": latest}
            token = fetched(tools, oauth_request(tools, parameters, form), seconds, value="access_token")
            new = token.answer.get("refresh_token")
            if isinstance(new, str) and new and new != latest:
                tools.redactor.hide(new)
                file.keep(first, new)
        return token

    return TokenAuth(fetch)
