"""One module a protocol, each with `make_driver(tools) -> Driver`: what a driver does with a request of a manifest.

Add a protocol here and to `Manifest.driver`. Tries, waits, keys and what an answer means are the engine's.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from bpa_resources.connectors.driver import Driver
from bpa_resources.connectors.http_sessions import HttpSessions

_MODULES = {
    "rest": "bpa_resources.connectors.drivers.rest",
    "odata": "bpa_resources.connectors.drivers.odata",
    "graphql": "bpa_resources.connectors.drivers.graphql",
    "soap": "bpa_resources.connectors.drivers.soap",
    "sql": "bpa_resources.connectors.drivers.sql",
    "mongo": "bpa_resources.connectors.drivers.mongo",
    "mail": "bpa_resources.connectors.drivers.mail",
}


@dataclass(frozen=True)
class DriverTools:
    """What a driver may use: authenticated HTTP, and the folder that file settings are relative to."""

    http: HttpSessions
    home: Path


def make_driver(name: str, tools: DriverTools) -> Driver:
    """The driver of a protocol; its module, and the library it needs, is imported now."""
    driver: Driver = import_module(_MODULES[name]).make_driver(tools)
    return driver
