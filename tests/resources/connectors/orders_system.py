"""The manifest of the faulty peer, its connection, and time that passes without waiting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bpa_resources.connectors.call import Limits
from bpa_resources.connectors.clock import Clock
from bpa_resources.connectors.engine import Engine, open_connectors
from bpa_resources.connectors.manifest import Auth, Manifest
from bpa_resources.connectors.manifest_files import read_manifest
from bpa_resources.connectors.retry import Retry

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

_CREATE = """
    meaning: makes an order
    effect: write
    risk: low
    input: {properties: {name: {type: string, minLength: 1}}, required: [name]}
    output: {order: id}
"""

MANIFEST = f"""
system: orders
title: Orders
driver: rest
described_by: tests/resources/connectors/faulty_peer.py
connection:
  base_url: {{meaning: where it is, type: url}}
  user: {{meaning: user, required: false}}
  password: {{meaning: password, secret: true, required: false}}
base_url: "${{connection.base_url}}"
hosts: ["127.0.0.1"]
limits: {{remaining_header: X-Remaining, reset_header: X-Reset}}
verify: me
errors:
  - {{status: [200], body: {{ok: false, error: busy}}, means: rate_limited}}
  - {{status: [200], body: {{ok: false}}, means: fail}}
  - {{status: [300], means: ask_a_person}}
operations:
  me:
    meaning: who
    effect: read
    risk: low
    request: {{method: GET, path: /me}}
    input: {{}}
    output: {{items: items}}
  find:
    meaning: finds
    effect: read
    risk: low
    request: {{method: GET, path: /orders, query: {{mark: "${{input.mark}}"}}}}
    input: {{properties: {{mark: {{type: string}}}}, required: [mark]}}
  with_header:{_CREATE}
    request: {{method: POST, path: /orders, body: {{name: "${{input.name}}"}}}}
    idempotency: {{strategy: key_header, header: Idempotency-Key, key_form: uuid}}
  upsert:{_CREATE}
    request: {{method: PUT, path: "/orders/${{key}}", body: {{name: "${{input.name}}"}}}}
    idempotency: {{strategy: natural_upsert}}
  with_id:{_CREATE}
    request: {{method: POST, path: /orders, body: {{id: "${{key}}", name: "${{input.name}}"}}}}
    idempotency: {{strategy: client_id, key_form: letters_digits}}
    errors: [{{status: [409], means: duplicate}}]
  searched:{_CREATE}
    request: {{method: POST, path: /orders, body: {{name: "${{input.name}}", mark: "${{key}}"}}}}
    idempotency: {{strategy: search_then_create, search: find, search_input: {{mark: "${{key}}"}}, found: items}}
  searched_late:{_CREATE}
    request: {{method: POST, path: /orders, body: {{name: "${{input.name}}", mark: "${{key}}"}}}}
    idempotency:
      strategy: search_then_create
      search: find
      search_input: {{mark: "${{key}}"}}
      found: items
      settles_seconds: 20
  plain:{_CREATE}
    request: {{method: POST, path: /orders, body: {{name: "${{input.name}}"}}}}
"""

ORDERS = read_manifest(MANIFEST, file="orders.yaml")


OPENED: list[Engine] = []


class QuickClock(Clock):
    """Waits take no time and are written down in `waits`."""

    def __init__(self, begin: datetime, waits: list[float]) -> None:
        super().__init__(begin)
        self._waits, self._begin, self._waited = waits, begin, 0.0

    @property
    def passed(self) -> float:
        return self._waited

    @property
    def now(self) -> datetime:
        return self._begin + timedelta(seconds=self._waited)

    def wait(self, seconds: float) -> None:
        self._waits.append(seconds)
        self._waited += seconds


@dataclass
class OneProcessState:
    """What the ledger keeps for all runs, for one: limits, and a circuit that five failures open for 30 s."""

    until: datetime | None = None
    failures: int = 0
    open_until: datetime | None = None
    taken: int = 0
    most: int = 1_000_000

    def take_token(self, _connection: str, limits: Limits, now: datetime) -> datetime | None:
        if self.until and now < self.until:
            return self.until
        if self.taken >= self.most:
            self.taken = 0
            return now + timedelta(seconds=limits.per_seconds)
        self.taken += 1
        return None

    def limit_until(self, _connection: str, until: datetime) -> None:
        self.until = until

    def circuit_allows(self, _connection: str, now: datetime) -> datetime | None:
        return self.open_until if self.open_until and now < self.open_until else None

    def circuit_record(self, _connection: str, *, ok: bool, now: datetime) -> None:
        self.failures = 0 if ok else self.failures + 1
        self.open_until = now + timedelta(seconds=30) if self.failures >= 5 else None


@dataclass
class Opened:
    """An engine for a peer, and what it waited."""

    engine: Engine
    state: OneProcessState
    waits: list[float] = field(default_factory=list)


def opened(
    home: Path,
    url: str,
    *,
    manifest: Manifest = ORDERS,
    auth: Auth | None = None,
    retry: Retry | None = None,
    more: str = "",
    **changes: Any,
) -> Opened:
    """The engine of a home whose one connection, `orders`, is at `url`; the jitter is half of its bound."""
    (home / "connections.yaml").write_text(f"orders: {{system: orders, base_url: '{url}'{more}}}\n")
    update: Mapping[str, Any] = {**changes, **({"auth": auth} if auth else {})}
    changed = manifest.model_copy(update=update)
    state, waits = OneProcessState(), list[float]()
    engine = open_connectors(home, state, manifest_of=lambda *_: changed)
    OPENED.append(engine)
    engine.clock = lambda begin: QuickClock(begin, waits)
    engine.chance = lambda: 0.5
    engine.retry = retry or Retry()
    return Opened(engine, state, waits)
