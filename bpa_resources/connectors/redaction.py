"""Secrets taken out of whatever leaves the process, by their value: results, reasons, logs, the ledger.

Add here another form in which a secret can turn up. Where secrets come from is `secrets`.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "[secret]"


class Redactor:
    """Knows the values that may be told to nobody: those of the connections, and tokens as they are fetched."""

    def __init__(self) -> None:
        self._hidden: set[str] = set()
        self._longest_first: tuple[str, ...] = ()

    def hide(self, *secrets: str) -> None:
        """Hide these values from now on, also as they stand in addresses, in JSON and in a Basic header."""
        self._hidden |= {form for secret in secrets if secret.strip() for form in _forms(secret)}
        self._longest_first = tuple(sorted(self._hidden, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text with every hidden value replaced."""
        for secret in self._longest_first:
            text = text.replace(secret, HIDDEN)
        return text

    def value(self, value: Any) -> Any:
        """A JSON value with every hidden value replaced, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(part) for part in value]
        if isinstance(value, int | float) and not isinstance(value, bool) and str(value) in self._hidden:
            return HIDDEN
        return value


def _forms(secret: str) -> set[str]:
    """The secret as it is, in an address, in JSON, and in base64 alone."""
    encoded = base64.b64encode(secret.encode()).decode()
    return {
        secret, secret.strip(), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1], encoded, encoded.rstrip("="),
        base64.urlsafe_b64encode(secret.encode()).decode(),
    }  # fmt: skip
