"""A connection to a peer of a test, with a manifest as it is shipped, and one try of an operation of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from bpa_resources.connectors import driver as types
from bpa_resources.connectors.drivers import DriverTools, make_driver
from bpa_resources.connectors.http_sessions import HttpSessions
from bpa_resources.connectors.manifest import Manifest, Operation
from bpa_resources.connectors.redaction import Redactor

SYSTEMS = Path(types.__file__).parent / "systems"
KEY = "0123456789abcdef0123456789abcdef"


def shipped_manifest(system: str) -> Manifest:
    return Manifest.model_validate(yaml.safe_load((SYSTEMS / f"{system}.yaml").read_text()))


def a_connection(
    manifest: Manifest, settings: Mapping[str, str], secrets: Mapping[str, str] | None = None
) -> types.Connection:
    """A connection as connections.yaml would give it: the defaults of the manifest are filled in."""
    defaults = {name: setting.default for name, setting in manifest.connection.items() if setting.default is not None}
    return types.Connection("peer", manifest, {**defaults, **settings}, secrets or {})


class Peer:
    """Tries operations of one connection; every input must fit its schema, as the engine would have it."""

    def __init__(self, connection: types.Connection, home: Path) -> None:
        self.connection = connection
        self.driver = make_driver(connection.manifest.driver, DriverTools(HttpSessions(home, Redactor()), home))

    def ask(self, name: str, seconds: float = 5, **given: Any) -> types.Answer:
        operation = self.connection.manifest.operations[name]
        Draft202012Validator(operation.input).validate(given)
        assert self.driver.problems(self.connection, operation, given) == ()
        return self.driver.send(self.connection, operation, given, types.Try(KEY, datetime.now(UTC), seconds))

    def problems(self, name: str, **given: Any) -> tuple[str, ...]:
        return self.driver.problems(self.connection, self.connection.manifest.operations[name], given)

    def with_operation(self, name: str, operation: Operation) -> "Peer":
        manifest = self.connection.manifest
        more = manifest.model_copy(update={"operations": {**manifest.operations, name: operation}})
        other = object.__new__(Peer)
        other.connection, other.driver = replace(self.connection, manifest=more), self.driver
        return other
