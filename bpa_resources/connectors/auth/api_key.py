"""Keys in headers, query parameters or cookies, several at once: `{headers: {}, query: {}, cookies: {}}`."""

from collections.abc import Mapping
from typing import Any

from bpa_resources.connectors.auth import AuthTools
from bpa_resources.connectors.auth.fixed import Fixed


def make_auth(parameters: Mapping[str, Any], _tools: AuthTools) -> Fixed:
    """Each of `headers`, `query` and `cookies` maps a name to a value."""
    headers = {name: str(value) for name, value in parameters.get("headers", {}).items()}
    if cookies := parameters.get("cookies"):
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    query = {name: str(value) for name, value in parameters.get("query", {}).items()}
    return Fixed(headers, query)
