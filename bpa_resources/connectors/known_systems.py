"""Which manifest a connection's `system` means: a file of `systems/`.

Add here another origin of manifests. Their format is in `manifest`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from bpa_resources.connectors.manifest import Manifest
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import did_you_mean

_FOLDER = Path(__file__).parent / "systems"


def system_names() -> tuple[str, ...]:
    """The systems that there are manifests of."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def manifest_of_system(system: str, _settings: Mapping[str, str], _home: Path) -> Manifest:
    """The manifest of a system. Raises InputError for a name that is not known, with the nearest."""
    if system not in system_names():
        hint = did_you_mean(system, system_names()) or f"; there are {', '.join(system_names())}"
        raise InputError(f"there is no system {system!r}{hint}")
    return _read(system)


@cache
def _read(system: str) -> Manifest:
    text = (_FOLDER / f"{system}.yaml").read_text(encoding="utf-8")
    return Manifest.model_validate(yaml.safe_load(text))
