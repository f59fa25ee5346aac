"""Name and password in a Basic header (RFC 7617): `{username, password}`."""

import base64
from collections.abc import Mapping
from typing import Any

from bpa_resources.connectors.auth import AuthTools
from bpa_resources.connectors.auth.fixed import Fixed
from bpa_resources.connectors.redaction import Redactor


def make_auth(parameters: Mapping[str, Any], tools: AuthTools) -> Fixed:
    """`username` and `password`; a password may be empty where the key is the name."""
    return Fixed({"Authorization": basic(parameters["username"], parameters.get("password", ""), tools.redactor)})


def basic(name: str, password: str, redactor: Redactor) -> str:
    """The value of the header; it is hidden like the password in it."""
    encoded = base64.b64encode(f"{name}:{password}".encode()).decode()
    redactor.hide(encoded)
    return f"Basic {encoded}"
