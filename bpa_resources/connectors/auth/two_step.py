"""A session token for name and password, by a request of its own.

`{path, method: POST, headers, body or form, token: path in the answer, header: Authorization, prefix: Bearer,
ends: path to the seconds it is valid}`.
"""

from collections.abc import Mapping
from typing import Any

from bpa_resources.connectors.auth import AuthTools
from bpa_resources.connectors.auth.token import TokenAuth, fetched
from bpa_resources.connectors.request_template import Request


def make_auth(parameters: Mapping[str, Any], tools: AuthTools) -> TokenAuth:
    """`path`, below the base URL, and `token` are needed."""
    form = parameters.get("form")
    request = Request(
        method=str(parameters.get("method", "POST")),
        url=tools.base_url + parameters["path"],
        headers=parameters.get("headers", {}),
        body=parameters.get("body"),
        form=None if form is None else tuple((name, str(value)) for name, value in form.items()),
    )
    value, ends = parameters["token"], parameters.get("ends", "expires_in")
    header, prefix = parameters.get("header", "Authorization"), parameters.get("prefix", "Bearer")
    return TokenAuth(
        lambda seconds: fetched(tools, request, seconds, value=value, ends=ends), header=header, prefix=prefix
    )
