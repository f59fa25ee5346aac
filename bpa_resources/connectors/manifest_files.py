"""The manifests that come with us (`systems/<system>.yaml`), and those of a home.

What a manifest says is in manifest.py. Adding a system is adding a file; no list of them is kept anywhere.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from bpa_resources.connectors.manifest import Manifest
from bpa_resources.connectors.manifest_rules import contradictions
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import did_you_mean, read_yaml_lines, validated

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

FOLDER = Path(__file__).parent / "systems"


def systems() -> tuple[str, ...]:
    """Names of the systems that come with us, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def load_manifest(system: str) -> Manifest:
    """The manifest of a system that comes with us. Raises InputError for another name, with the nearest."""
    if system not in systems():
        near = did_you_mean(system, systems()) or f"; there are {', '.join(systems())}"
        raise InputError(f"{system!r} is no system that can be connected{near}")
    return read_manifest((FOLDER / f"{system}.yaml").read_text(encoding="utf-8"), file=f"{system}.yaml")


def manifest_named(system: str, home: Path) -> Manifest:
    """The manifest of a system that comes with us, or of the home's own file `systems/<system>.yaml`.

    A file of the home never stands for a system that comes with us: its risks and keys would be others than documented.
    Raises InputError for a name that is neither, and for a file that is wrong.
    """
    own = home / "systems" / f"{system}.yaml"
    if not _NAME.fullmatch(system) or not own.is_file():
        return load_manifest(system)
    file = f"systems/{system}.yaml"
    if system in systems():
        raise InputError(f"{file}: {system} comes with bpa; give your own system another name")
    manifest = read_manifest(own.read_text(encoding="utf-8"), file=file)
    if manifest.system != system:
        raise InputError(f"{file}: its system is {manifest.system!r}; name both the same")
    return manifest


def read_manifest(text: str, *, file: str) -> Manifest:
    """The manifest that `text` is. Raises InputError naming the file, the line and what is wrong or does not fit."""
    document = read_yaml_lines(text, file=file, typed=True)
    manifest = validated(document, Manifest, file=file, not_yet=())
    for path, sentence in contradictions(manifest):
        nearest = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in document.lines)
        name = ".".join(str(key) for key in path)
        raise InputError(f"{file}: {name} (line {document.lines[nearest]}) {sentence}")
    return manifest


def manifest_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a manifest, for editors: `systems/manifest.schema.json` holds it."""
    schema = Manifest.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Manifest of a system"}
