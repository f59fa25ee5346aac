"""connections.yaml of the home: which systems there are, where they are, and where their secrets lie.

Add here what the file may say of any connection. What one system needs is said by its manifest; how a secret is read
is in `secrets`. Contract: docs/contracts.md.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.hosts import LOOPBACK, host_of
from bpa_resources.connectors.manifest import Manifest, Property
from bpa_resources.connectors.redaction import Redactor
from bpa_resources.connectors.secrets import SecretReference
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import YamlLines, YamlValue, did_you_mean, read_yaml_lines, shown

FILE = "connections.yaml"

TLS_SETTINGS: Mapping[str, Property] = {
    "ca_file": Property(meaning="certificates of a private authority to trust", type="file", required=False),
    "client_certificate": Property(meaning="our certificate, for mutual TLS", type="file", required=False),
    "client_key": Property(meaning="the key of our certificate", type="file", required=False),
}
ODATA_SETTINGS: Mapping[str, Property] = {
    "metadata": Property(
        meaning="$metadata of the service, saved: bodies are checked by it", type="file", required=False
    )
}
_SPEAK_HTTP = {"rest", "odata", "graphql", "soap"}

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")

ManifestOf = Callable[[str, Mapping[str, str], Path], Manifest]
"""The manifest of a system: its name, what the connection says that is no secret, and the home."""


@dataclass(frozen=True)
class WrittenConnection:
    """A connection as it is written down: its secrets are not read yet."""

    name: str
    manifest: Manifest
    settings: Mapping[str, str]
    secrets: Mapping[str, SecretReference]

    def opened(self, home: Path, redactor: Redactor) -> Connection:
        """The connection with its secrets, hidden from now on. Raises InputError where one is not there."""
        secrets = {
            name: reference.value(home, asked_by=f"connection {self.name}, {name}")
            for name, reference in self.secrets.items()
        }
        redactor.hide(*secrets.values())
        return Connection(self.name, self.manifest, self.settings, secrets)


def read_connections(home: Path, manifest_of: ManifestOf) -> dict[str, WrittenConnection]:
    """The connections of a home by name; none where there is no file.

    Raises InputError naming the line of the first thing that is wrong.
    """
    path = home / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({type(error).__name__}); correct it") from None
    document = read_yaml_lines(text, file=FILE)
    if document.value == "":
        return {}
    if not isinstance(document.value, dict):
        raise InputError(f"{FILE}: write one connection a line, such as `jira: {{system: jira, site: …}}`")
    return {name: _Entry(name, document, home).connection(value, manifest_of) for name, value in document.value.items()}


@dataclass(frozen=True)
class _Entry:
    """Where an entry stands, to say so of what is wrong in it."""

    name: str
    document: YamlLines
    home: Path

    def connection(self, value: YamlValue, manifest_of: ManifestOf) -> WrittenConnection:
        if not _NAME.fullmatch(self.name):
            raise self.error("a connection's name is small letters, digits, _ and -, at most 40")
        if not isinstance(value, dict) or not isinstance(value.get("system"), str):
            raise self.error("say of which system it is, such as `system: jira`")
        plain = {key: text for key, text in value.items() if isinstance(text, str) and key != "system"}
        try:
            manifest = manifest_of(str(value["system"]), plain, self.home)
        except InputError as error:
            raise self.error(str(error), "system") from None
        return self._of(manifest, {key: given for key, given in value.items() if key != "system"})

    def _of(self, manifest: Manifest, given: Mapping[str, YamlValue]) -> WrittenConnection:
        known = dict(manifest.connection)
        if manifest.driver in _SPEAK_HTTP:
            known = {**TLS_SETTINGS, **known}
        if manifest.driver == "odata":
            known = {**ODATA_SETTINGS, **known}
        for key in given:
            if key not in known:
                hint = did_you_mean(key, known) or f"; the keys are {', '.join(known)}"
                raise self.error(f"{manifest.system} has no setting {shown(key)}{hint}", key)
        for key, property_ in known.items():
            if property_.required and property_.default is None and key not in given:
                raise self.error(f"{key} is missing ({property_.meaning}); add it")
        settings = {key: each.default for key, each in known.items() if each.default is not None and not each.secret}
        settings |= {key: self._setting(key, known[key], given[key]) for key in given if not known[key].secret}
        secrets = {key: self._secret(key, given[key]) for key in given if known[key].secret}
        return WrittenConnection(self.name, manifest, settings, secrets)

    def _secret(self, key: str, value: YamlValue) -> SecretReference:
        reference = SecretReference.read(value)
        if reference is None:  # never the value itself: it may be the secret
            raise self.error(f"{key} is a secret: write where it lies, {{env: NAME}} or {{file: PATH}}", key)
        return reference

    def _setting(self, key: str, property_: Property, value: YamlValue) -> str:
        if not isinstance(value, str) or not value or not value.isprintable():
            raise self.error(f"{key} is one text on one line, not a mapping, a list or nothing", key)
        if problem := _problem(property_, value):
            raise self.error(f"{key}: {shown(value)} {problem}", key)
        return value

    def error(self, what: str, key: str | None = None) -> InputError:
        line = self.document.lines.get((self.name, key) if key else (self.name,), 1)
        return InputError(f"{FILE}: connection {shown(self.name)} (line {line}): {what}")


def _problem(property_: Property, value: str) -> str:
    """What is wrong with a setting; '' where nothing is."""
    if property_.type == "host" and not _HOST.fullmatch(value):
        return "is no name of a host; write it as example.com"
    if property_.type == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
        return "is no number"
    if property_.type == "yes_no" and value not in ("yes", "no", "true", "false"):
        return "is neither yes nor no"
    return _address_problem(value) if property_.type == "url" else ""


def _address_problem(url: str) -> str:
    host = host_of(url)
    if not host or not url.startswith(("https://", "http://")):
        return "is no web address; write one that begins with https://"
    if url.startswith("http://") and host not in LOOPBACK:
        return "would be spoken to in the clear; write https (http is for this machine only)"
    if "@" in url.partition("://")[2].partition("/")[0] or "?" in url or "#" in url:
        return "may hold no user, password, query or fragment"
    return ""
