"""How one key has its effect once: the forms of keys, how a search is asked, and what a search has to find.

Add here another form or strategy, with the system that needs it. When a search is made is in `attempts`.
"""

import base64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from bpa_resources.connectors.answer_path import output_of, records_at
from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import filled, values_of


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


def search_input(connection: Connection, operation: Operation, given: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The input of the search for what this operation made of this input under this key."""
    values = values_of(connection, operation, given, key=key)
    return dict(filled(operation.idempotency.search_input, {**values, "secret": {}}, absent={}))


def found_result(body: Any, operation: Operation, key: str) -> dict[str, Any] | None:
    """The result, read from what a search found of this key; None if it found nothing."""
    rule = operation.idempotency
    records = records_at(body, rule.found or "", holding=key)
    return output_of(records[0], rule.found_output or operation.output) if records else None
