"""What is asked of another system and what came of it: the types between the pipeline, the ledger and the engine.

Add here what all three need to know. How a call is made stays in the engine and its drivers; who may ask for it, and
whether it was approved, stays in the ledger and the stage `actions`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Effect = Literal["read", "write", "delete"]
Risk = Literal["low", "medium", "high"]
Status = Literal["done", "failed", "unknown", "later"]

BROKEN = "broken"
"""The error class of a call in which our own code or a library failed in a way that nobody foresaw."""


Holds = Callable[[], bool]
"""Whether the action is still the sender's."""


def always() -> bool:
    """What nobody else may send."""
    return True


@dataclass(frozen=True)
class Call:
    """An operation of a connection (a name of `connections.yaml`) with its input, as approved and as sent."""

    connection: str
    operation: str
    input: Mapping[str, Any]

    def canonical(self) -> str:
        """The one text of it: what approvals are bound to."""
        content = {"connection": self.connection, "operation": self.operation, "input": self.input}
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    @property
    def request_hash(self) -> str:
        """SHA-256 (hex) of the canonical text."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What became of a call, after all tries.

    `done`: the effect is there (`duplicate`: it was there before). `failed`: it surely is not, and trying again as it
    is makes no sense. `later`: try again at `not_before` with the same key, which is safe: it surely is not there, or
    the system tells by the key (rate limit, open circuit, server wait, all tries lost).
    `unknown`: it may be there and the system cannot be asked: a person has to look. `result`: what the operation's
    output names, without secrets. `attempts`: requests that were sent in this call. `maybe_done`: it is `later` and may
    be there already, so no other request may take its place before this key is settled.
    """

    status: Status
    reason: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 1
    duplicate: bool = False
    not_before: datetime | None = None
    # auth, rate_limited, transient, config, timeout, circuit_open, ambiguous, lease, or BROKEN
    error_class: str = ""
    maybe_done: bool = False


@dataclass(frozen=True)
class Limits:
    """At most `rate` calls in `per_seconds`; 0: no such limit."""

    rate: int = 0
    per_seconds: float = 1.0


class SharedState(Protocol):
    """What all runs share of a connection: rows of the ledger. Times are UTC."""

    def take_token(self, connection: str, limits: Limits, now: datetime) -> datetime | None:
        """Take the right to one request; else when to ask again."""

    def limit_until(self, connection: str, until: datetime) -> None:
        """No request before `until`: the server said so."""

    def circuit_allows(self, connection: str, now: datetime) -> datetime | None:
        """None: closed, or this is the one probe of a half-open circuit; else until when it is open."""

    def circuit_record(self, connection: str, *, ok: bool, now: datetime) -> None:
        """Count a success, or a failure of the classes transient and timeout; five in a row open it for 30 s."""


class Connectors(Protocol):
    """What the pipeline and the command line ask of the connectors (`engine.open_connectors(home, shared)`)."""

    def connections(self) -> Mapping[str, str]:
        """Name of each connection and of its system."""

    def risk(self, connection: str, operation: str) -> Risk:
        """The risk that the manifest states. Raises InputError for a name that is not known, with the nearest."""

    def repeatable(self, connection: str, operation: str) -> bool:
        """Whether the same key has its effect once (any strategy but `none`): a lost call may be sent again."""

    def problems(self, call: Call) -> tuple[str, ...]:
        """What is wrong with the input by the operation's schema: one sentence each; empty: it may be sent."""

    def send(
        self,
        call: Call,
        *,
        key: str,
        now: datetime,
        first_sent: datetime | None = None,
        never_sent: bool = False,
        holds: Holds = always,
    ) -> Outcome:
        """Carry it out, at most once in effect: the same `key` has its effect once wherever the system can tell.

        `first_sent`: when this key was first sent, if that may have had its effect: a system forgets keys.
        `never_sent`: it is proven that no request of this key was, so nothing is looked for before the first one.
        `holds`: asked right before each request that may have an effect; where it says no, none is sent (`later`).
        """

    def check(self, connection: str) -> Outcome:
        """The system's `verify` call: reads something, changes nothing."""
