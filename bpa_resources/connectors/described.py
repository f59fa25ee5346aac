"""Systems that a file of the home describes: `rest` by OpenAPI, `soap` by WSDL, each with an overlay of ours.

The base is `systems/rest.yaml` or `systems/soap.yaml`; the operations come from the description. An overlay says what
no description does: risk, idempotency, what errors mean, which operation verifies. Add another kind of description
here, with its own module that makes operations of it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bpa_resources.connectors.described_keys import with_marked_key
from bpa_resources.connectors.described_operations import DescribedOperations
from bpa_resources.connectors.manifest import (
    Auth,
    ErrorRule,
    Idempotency,
    Manifest,
    Operation,
    Pagination,
    Property,
    RateLimit,
)
from bpa_resources.connectors.manifest_files import load_manifest
from bpa_resources.connectors.manifest_rules import contradictions
from bpa_resources.connectors.openapi_operations import openapi_auth, openapi_operations
from bpa_resources.connectors.openapi_schemas import OpenApiDocument
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import did_you_mean, read_yaml_lines, validated

DESCRIBED = ("rest", "soap")
"""The systems whose operations are in a file that the connection names."""

_LONGEST_BYTES = 20 << 20
_DEEPEST = 64


class _OverlayPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OverlayOperation(_OverlayPart):
    """What is known better of one operation; what is left out stays as described."""

    meaning: str | None = None
    effect: Literal["read", "write", "delete"] | None = None
    risk: Literal["low", "medium", "high"] | None = None
    output: dict[str, str] | None = None
    idempotency: Idempotency | None = None
    pagination: Pagination | None = None
    errors: tuple[ErrorRule, ...] | None = None
    undo: str | None = None


class Overlay(_OverlayPart):
    """The overlay file of a connection."""

    verify: str | None = None
    auth: Auth | None = None
    limits: RateLimit | None = None
    errors: tuple[ErrorRule, ...] | None = None
    operations: dict[str, OverlayOperation] = Field(default_factory=dict)


def described_manifest(system: str, settings: Mapping[str, str], home: Path) -> Manifest:
    """The manifest of a connection of `rest` or `soap`, from the files that its settings name.

    Raises InputError for a file that is missing, outside the home, no description, or contradicts itself.
    """
    base = load_manifest(system)
    if "description" not in settings:
        return base  # connections.yaml is told which key is missing
    path = _within(home, settings["description"])
    if system == "soap":
        from bpa_resources.connectors.wsdl_operations import wsdl_operations

        found, auth = wsdl_operations(path), None
    else:
        document = OpenApiDocument(_content(path), path.name)
        found, auth = openapi_operations(document), openapi_auth(document)
    manifest = _joined(base, found, auth, settings["description"])
    if "overlay" not in settings:
        return manifest
    return _overlaid(manifest, _within(home, settings["overlay"]))


def _within(home: Path, name: str) -> Path:
    path = (home / name).resolve()
    if not path.is_relative_to(home.resolve()):
        raise InputError(f"{name!r} lies outside the home; put the file into it")
    if not path.is_file():
        raise InputError(f"there is no file {name!r} in the home; put it there")
    if path.stat().st_size > _LONGEST_BYTES:
        raise InputError(f"{name!r} is longer than {_LONGEST_BYTES >> 20} MB; keep only what is needed of it")
    return path


def _content(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        content: Any = json.loads(text) if text.lstrip().startswith("{") else None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path.name}: it cannot be read as JSON ({type(error).__name__}); correct it") from None
    if content is None:
        content = read_yaml_lines(text, file=path.name, typed=True, deepest=_DEEPEST).value
    if not isinstance(content, Mapping):
        raise InputError(f"{path.name}: it is no description of a web service; name an OpenAPI 2 or 3 file")
    return content


def _joined(base: Manifest, found: DescribedOperations, auth: Auth | None, file: str) -> Manifest:
    left_out = "".join(f"; {name} is left out: {reason}" for name, reason in sorted(found.left_out.items()))
    changes: dict[str, Any] = {
        "title": found.title,
        "described_by": f"{file} ({found.edition}), {len(found.operations)} operations{left_out}",
        "operations": {**base.operations, **found.operations},
        "verify": next((name for name, one in found.operations.items() if _asks_nothing(one)), base.verify),
    }
    if auth is not None:
        changes |= {"auth": auth, "connection": {**base.connection, **_auth_settings(auth)}}
    return base.model_copy(update=changes)


def _asks_nothing(operation: Operation) -> bool:
    return operation.effect == "read" and not operation.input.get("required")


def _auth_settings(auth: Auth) -> dict[str, Property]:
    """The settings that the parameters of an authentication name."""
    named = json.dumps(auth.parameters)
    meanings = {
        "token": Property(meaning="token that is sent with every request", secret=True),
        "api_key": Property(meaning="key that is sent with every request", secret=True),
        "username": Property(meaning="who we are"),
        "password": Property(meaning="password of the user", secret=True),
        "client_id": Property(meaning="who we are to the authorization server"),
        "client_secret": Property(meaning="secret of the client", secret=True),
    }
    return {name: setting for name, setting in meanings.items() if f".{name}}}" in named}


def _overlaid(manifest: Manifest, path: Path) -> Manifest:
    document = read_yaml_lines(path.read_text(encoding="utf-8"), file=path.name, typed=True)
    overlay = validated(document, Overlay, file=path.name, not_yet=())
    operations = dict(manifest.operations)
    for name, better in overlay.operations.items():
        if name not in operations:
            line = document.lines["operations", name]
            hint = did_you_mean(name, operations) or f"; there are {', '.join(operations)}"
            raise InputError(f"{path.name}: the description has no operation {name!r} (line {line}){hint}")
        changed = operations[name].model_copy(update=_said(better))
        operations[name] = with_marked_key(changed, f"{path.name}: operations.{name}")
    changes = _said(overlay)
    if overlay.auth is not None:
        changes["connection"] = {**manifest.connection, **_auth_settings(overlay.auth)}
    result = manifest.model_copy(update={**changes, "operations": operations})
    _refuse_contradictions(result, set(overlay.operations), path.name)
    return result


def _said(part: BaseModel) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.model_fields_set if name != "operations"}


def _refuse_contradictions(manifest: Manifest, changed: set[str], file: str) -> None:
    """Raises InputError for the first thing an overlay says that does not fit; the rest is not read again."""
    searched = {one.idempotency.search for name, one in manifest.operations.items() if name in changed}
    known: dict[str, Operation] = {
        name: one for name, one in manifest.operations.items() if name in changed | searched | {manifest.verify}
    }
    for place, sentence in contradictions(manifest.model_copy(update={"operations": known})):
        raise InputError(f"{file}: {'.'.join(str(step) for step in place)} {sentence}")
