"""How one key has its effect once: the forms of keys, what carries the key, and what a search has to find.

Add here another form or strategy, with the system that needs it. When a search is made is in `attempts`.
"""

import base64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from bpa_resources.connectors.dotted_path import value_at, with_value
from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.manifest import Idempotency, Operation
from bpa_resources.connectors.request_template import filled


def key_in_form(key: str, form: str) -> str:
    """The key as a system takes it, always the same for the same key.

    `letters_digits`: 0-9 and a-v (base32hex, RFC 4648, 7: ids of Google Calendar), 32 of them: 160 bits. `uuid`: of
    version 8 (RFC 9562, 5.8), with 122 bits of the digest.
    """
    digest = sha256(key.encode()).digest()
    if form == "hex64":
        return digest.hex()
    if form == "uuid":
        bits = int.from_bytes(digest[:16])
        bits = bits & ~(0xF << 76) | 8 << 76
        return str(UUID(int=bits & ~(0x3 << 62) | 0x2 << 62))
    if form == "letters_digits":
        return base64.b32hexencode(digest[:20]).decode().lower()
    return digest[:16].hex()


def can_repeat(operation: Operation) -> bool:
    """Whether a second try, after an answer that was lost, has its effect at most once."""
    return operation.effect == "read" or operation.idempotency.strategy != "none"


def with_marker(given: Mapping[str, Any], idempotency: Idempotency, key: str) -> dict[str, Any]:
    """The input with the key where `marker` says; after the text that is there, if there is one."""
    if idempotency.marker is None:
        return dict(given)
    there = value_at(given, idempotency.marker)
    return with_value(given, idempotency.marker, f"{there}\n\n{key}" if there else key)


def search_input(connection: Connection, operation: Operation, given: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The input of the search: `{key}` and `${key}` in it are the key, `${input.x}` what was given."""
    values = {"input": given, "connection": connection.settings, "key": key}
    content = filled(operation.idempotency.search_input, values, absent={})
    return {name: _keyed(value, key) for name, value in content.items()}


def _keyed(value: Any, key: str) -> Any:
    if isinstance(value, str):
        return value.replace("{key}", key)
    if isinstance(value, list):
        return [_keyed(part, key) for part in value]
    if isinstance(value, Mapping):
        return {name: _keyed(part, key) for name, part in value.items()}
    return value


def found_in(body: Any, idempotency: Idempotency, key: str) -> Any:
    """What a search found of this key; None if nothing.

    Without `match` anything at `found` counts; with it, the first item of that list that holds the key there.
    """
    found = value_at(body, idempotency.found or "")
    if idempotency.match is not None:
        items = found if isinstance(found, list | tuple) else []
        return next((item for item in items if key in str(value_at(item, idempotency.match) or "")), None)
    if isinstance(found, list | tuple):
        return found[0] if found else None
    return found or None
