"""What the engine asks of a driver: one request of one operation over one protocol, and what came of that one try.

A driver knows a protocol. Tries, waits, keys, limits and secrets are the engine's, the same for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from bpa_resources.connectors.manifest import Manifest, Operation


@dataclass(frozen=True)
class Connection:
    """A connection with its settings resolved. `secrets` never leave the process: `repr` does not show them."""

    name: str
    manifest: Manifest
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What one try gave. `no_answer`: whether the request may have had its effect is unknown, unless `sent` is false.

    `body`: parsed (JSON, row counts, document ids); `status`: of HTTP, or 200/500 for other protocols.
    `retry_after`: seconds the server asked for.
    """

    kind: Literal["answer", "no_answer"]
    sent: bool = True
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # this and the body may hold a token
    body: Any = field(default=None, repr=False)
    reason: str = ""
    retry_after: float | None = None


@dataclass(frozen=True)
class Try:
    """One try: its key in the form that the operation takes, when that key was first sent, and how long it may last."""

    key: str
    first_sent: datetime
    seconds: float


class Driver(Protocol):
    """One protocol."""

    def problems(self, connection: Connection, operation: Operation, given: Mapping[str, Any]) -> tuple[str, ...]:
        """What else is wrong with an input that fits its schema; empty mostly."""

    def send(self, connection: Connection, operation: Operation, given: Mapping[str, Any], this: Try) -> Answer:
        """Send one request and wait at most `this.seconds`; never tries twice, never raises for what the peer did.

        Raises InputError for what cannot be sent, before anything is.
        """

    def close(self) -> None:
        """Give back what was kept open."""
