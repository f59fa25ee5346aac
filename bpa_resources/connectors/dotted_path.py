"""Values within JSON by dotted path: `items.0.id`, also written `$.items.0.id`.

Only names and positions: nothing is computed, nothing is searched.
"""

from collections.abc import Mapping
from typing import Any


def value_at(value: Any, path: str) -> Any:
    """What stands at `path`; None where nothing does. '' and `$` are the value itself."""
    for step in _steps(path):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list | tuple) and step.isascii() and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def with_value(value: Mapping[str, Any], path: str, new: Any) -> dict[str, Any]:
    """A copy with `new` at `path`; mappings on the way are made where there are none."""
    first, _, rest = path.removeprefix("$.").partition(".")
    within = value.get(first)
    return {**value, first: with_value(within if isinstance(within, Mapping) else {}, rest, new) if rest else new}


def _steps(path: str) -> list[str]:
    return [step for step in path.removeprefix("$").split(".") if step]
