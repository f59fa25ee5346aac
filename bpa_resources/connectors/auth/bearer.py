"""A token that somebody made once (RFC 6750, personal access tokens): `{token, prefix: Bearer}`."""

from collections.abc import Mapping
from typing import Any

from bpa_resources.connectors.auth import AuthTools
from bpa_resources.connectors.auth.fixed import Fixed


def make_auth(parameters: Mapping[str, Any], _tools: AuthTools) -> Fixed:
    """`token`, after `prefix` and a blank."""
    return Fixed({"Authorization": f"{parameters.get('prefix', 'Bearer')} {parameters['token']}"})
