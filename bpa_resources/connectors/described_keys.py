"""Where the key of an action goes in a request that a description tells of: what `marker` of an overlay says.

A marker is a dotted path in the input, as `body.reference` or `request_id`: the key is written there, and nobody has to
give it. Add here what else such a place can be; `key_header` needs none of it.
"""

from collections.abc import Mapping
from typing import Any

from bpa_resources.connectors.manifest import Operation
from bpa_resources.errors import InputError


def with_marked_key(operation: Operation, name: str) -> Operation:
    """The operation with ${key} at its marker. Raises InputError where its request has no such place."""
    marker = operation.idempotency.marker
    if marker is None:
        return operation
    request, whole = dict(operation.request), "${input}"
    steps = marker.split(".")
    part = next((key for key, value in request.items() if value == whole), None)
    if part is not None:  # the input is what is sent
        request[part] = _with_key(whole, steps)
    elif len(steps) > 1:
        whole = f"${{input.{steps[0]}}}"
        part = next((key for key in ("body", "form") if request.get(key) in (whole, {"...": whole})), None)
        if part is None:
            raise InputError(f"{name}: marker {marker!r} is no place in its input; write body.NAME or a parameter")
        request[part] = _with_key(whole, steps[1:])
    else:
        request = _replaced(request, f"${{input.{marker}}}")
        if request == operation.request:
            raise InputError(f"{name}: marker {marker!r} is no place in its input; write body.NAME or a parameter")
    schema = _without(operation.input, steps, operation.input.get("$defs", {}))
    return operation.model_copy(update={"request": request, "input": schema})


def _with_key(whole: str, steps: list[str]) -> dict[str, Any]:
    """A template of all that `whole` is, with the key at `steps` in it."""
    first, *rest = steps
    inner = f"{whole[:-1]}.{first}}}"
    return {"...": whole, first: _with_key(inner, rest) if rest else "${key}"}


def _replaced(template: Any, placeholder: str) -> Any:
    if isinstance(template, Mapping):
        return {key: _replaced(part, placeholder) for key, part in template.items()}
    return "${key}" if template == placeholder else template


def _without(schema: Mapping[str, Any], steps: list[str], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without the property at `steps`: what is written by the key is not given."""
    reference = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    node = dict(definitions.get(reference, {}) if reference else schema)
    first, *rest = steps
    properties = dict(node.get("properties", {}))
    if rest:
        properties[first] = _without(properties.get(first, {}), rest, definitions)
    else:
        properties.pop(first, None)
        node["required"] = [name for name in node.get("required", ()) if name != first]
    return {**node, "properties": properties}
