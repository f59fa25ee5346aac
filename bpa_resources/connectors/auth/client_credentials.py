"""OAuth 2.0 client credentials (RFC 6749, 4.4): `{token_url, client_id, client_secret, scope, style, extra}`.

With the settings `client_certificate` and `client_key` the client is known by its certificate (RFC 8705), and
`client_secret` is left out.
"""

from collections.abc import Mapping
from typing import Any

from bpa_resources.connectors.auth import AuthTools
from bpa_resources.connectors.auth.token import TokenAuth, fetched, oauth_request


def make_auth(parameters: Mapping[str, Any], tools: AuthTools) -> TokenAuth:
    """Parameters as `oauth_request` takes them."""
    request = oauth_request(tools, parameters, {"grant_type": "client_credentials"})
    return TokenAuth(lambda seconds: fetched(tools, request, seconds, value="access_token"))
