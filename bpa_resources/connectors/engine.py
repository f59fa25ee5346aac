"""The connectors of a home: what the pipeline and the command line ask of other systems goes through here.

Add here what holds for a whole call, whatever system it goes to. How often it is tried is in `tries`, what an answer
means in `meaning`, what a protocol needs in `drivers`, what a system is in `systems/*.yaml`.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bpa_resources.connectors.attempts import Attempts, broken
from bpa_resources.connectors.call import Call, Holds, Outcome, Risk, SharedState, always
from bpa_resources.connectors.clock import Clock
from bpa_resources.connectors.connections import ManifestOf, WrittenConnection, read_connections
from bpa_resources.connectors.described import DESCRIBED, described_manifest
from bpa_resources.connectors.driver import Connection, Driver
from bpa_resources.connectors.drivers import DriverTools, make_driver
from bpa_resources.connectors.http_sessions import HttpSessions
from bpa_resources.connectors.idempotency import can_repeat
from bpa_resources.connectors.input_schema import input_problems, typed_input
from bpa_resources.connectors.manifest import Manifest, Operation
from bpa_resources.connectors.manifest_files import manifest_named
from bpa_resources.connectors.redaction import Redactor
from bpa_resources.connectors.retry import Retry
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import did_you_mean

_NOBODY = "bpa-verify"

_LONGEST_REASON = 400


@dataclass
class Engine:
    """`Connectors` of call.py, for the connections of one home."""

    home: Path
    written: Mapping[str, WrittenConnection]
    shared: SharedState
    retry: Retry = field(default_factory=Retry)
    clock: Callable[[datetime], Clock] = Clock
    chance: Callable[[], float] = random.random
    redactor: Redactor = field(default_factory=Redactor)
    _opened: dict[str, Connection] = field(default_factory=dict)
    _drivers: dict[str, Driver] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._http = HttpSessions(self.home, self.redactor)

    def connections(self) -> Mapping[str, str]:
        """Name of each connection and of its system."""
        return {name: written.manifest.system for name, written in self.written.items()}

    def risk(self, connection: str, operation: str) -> Risk:
        """The risk that the manifest states. Raises InputError for a name that is not known, with the nearest."""
        return self._operation(connection, operation).risk

    def repeatable(self, connection: str, operation: str) -> bool:
        """Whether the same key has its effect once, so that a call whose answer was lost may be sent again."""
        return can_repeat(self._operation(connection, operation))

    def problems(self, call: Call) -> tuple[str, ...]:
        """What is wrong with the input: one sentence each. No secret is read and nothing is sent for it."""
        operation = self._operation(call.connection, call.operation)
        given = typed_input(operation.input, call.input)
        found = input_problems(operation.input, given)
        if found:
            return found
        written = self.written[call.connection]
        bare = Connection(written.name, written.manifest, written.settings, {})
        return self._driver(written.manifest.driver).problems(bare, operation, given)

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
        """Carry it out, at most once in effect. A name or a secret that is not there is a failure, not an error."""
        try:
            found = self.problems(call)
            operation, connection = self._operation(call.connection, call.operation), self._connection(call.connection)
        except InputError as error:
            return Outcome("failed", str(error), attempts=0, error_class="config")
        except Exception as error:
            return self._told(broken(error, now))
        if found:
            return Outcome("failed", "; ".join(found), attempts=0, error_class="config")
        if first_sent and (why := self._not_again(operation, now - first_sent)):
            return Outcome("unknown", why, attempts=0, error_class="ambiguous")
        attempts = self._attempts(connection, now)
        attempts.first_sent, attempts.never_sent, attempts.holds = first_sent or now, never_sent, holds
        return self._told(attempts.carry_out(operation, typed_input(operation.input, call.input), key))

    def check(self, connection: str) -> Outcome:
        """The system's `verify` operation, without input: reads something, changes nothing.

        Raises InputError for a name or a secret that is not there.
        """
        name = self._written(connection).manifest.verify
        operation = self._operation(connection, name)
        attempts = self._attempts(self._connection(connection), datetime.now(UTC))
        attempts.is_check = True
        return self._told(attempts.carry_out(operation, {}, _NOBODY))

    def close(self) -> None:
        """Give back sockets and sessions."""
        for driver in self._drivers.values():
            driver.close()
        self._http.close()

    def _not_again(self, operation: Operation, ago: timedelta) -> str:
        """Why what was sent so long ago, and may have had its effect, must not be sent again; "": it may."""
        keeps = operation.idempotency.keeps_seconds
        if not can_repeat(operation):  # its manifest said otherwise when it was proposed
            return "it was sent before, and the system cannot tell whether it had its effect"
        if keeps and ago.total_seconds() > keeps - self.retry.total_seconds:
            return "it was sent before, and by now the system has forgotten its key"
        return ""

    def _attempts(self, connection: Connection, now: datetime) -> Attempts:
        return Attempts(
            connection=connection,
            driver=self._driver(connection.manifest.driver),
            shared=self.shared,
            retry=self.retry,
            clock=self.clock(now),
            chance=self.chance,
            forget_token=lambda: self._http.forget_token(connection),
        )

    def _told(self, outcome: Outcome) -> Outcome:
        """The outcome without secrets: they go before the reason is cut, so that none is left in half."""
        reason = self.redactor.text(outcome.reason)[:_LONGEST_REASON]
        return replace(outcome, reason=reason, result=self.redactor.value(outcome.result))

    def _written(self, name: str) -> WrittenConnection:
        if name not in self.written:
            hint = did_you_mean(name, self.written) or "; add it to connections.yaml"
            raise InputError(f"there is no connection {name!r}{hint}")
        return self.written[name]

    def _operation(self, connection: str, name: str) -> Operation:
        manifest = self._written(connection).manifest
        if name not in manifest.operations:
            hint = did_you_mean(name, manifest.operations) or f"; there are {', '.join(manifest.operations)}"
            raise InputError(f"{manifest.system} has no operation {name!r}{hint}")
        return manifest.operations[name]

    def _connection(self, name: str) -> Connection:
        if name not in self._opened:
            self._opened[name] = self._written(name).opened(self.home, self.redactor)
        return self._opened[name]

    def _driver(self, name: str) -> Driver:
        if name not in self._drivers:
            self._drivers[name] = make_driver(name, DriverTools(self._http, self.home))
        return self._drivers[name]


def manifest_of_system(system: str, settings: Mapping[str, str], home: Path) -> Manifest:
    """The manifest that a connection's `system` means, made from the file it names where a file describes the system.

    Raises InputError for a name that is not known.
    """
    return described_manifest(system, settings, home) if system in DESCRIBED else manifest_named(system, home)


def open_connectors(home: Path, shared: SharedState, *, manifest_of: ManifestOf = manifest_of_system) -> Engine:
    """The connectors that `connections.yaml` of the home names.

    Raises InputError naming the line of what is wrong there.
    """
    return Engine(home, read_connections(home, manifest_of), shared)
