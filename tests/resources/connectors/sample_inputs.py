"""Inputs that fit an operation's schema: only what is required, everything, and one for each value of a choice."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

FORMATS = {
    "date": "2026-03-04",
    "date-time": "2026-03-04T05:06:07Z",
    "email": "ann@example.com",
    "uuid": "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9",
}


def sample_inputs(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What may be given; every one fits `schema`."""
    properties: dict[str, Any] = schema.get("properties", {})
    full = {name: _value(part) for name, part in properties.items()}
    least = {name: full[name] for name in schema.get("required", ())}
    for name in list(full):
        if len(least) < schema.get("minProperties", 0):
            least.setdefault(name, full[name])
    samples = [least, full]
    for name, part in properties.items():
        samples += ({**full, name: choice} for choice in part.get("enum", ()))
    for sample in samples:
        Draft202012Validator(schema).validate(sample)
        yield sample


def _value(schema: dict[str, Any]) -> Any:
    for given in (
        schema.get("examples", []),
        [schema["default"]] if "default" in schema else [],
        schema.get("enum", []),
    ):
        if given:
            return given[0]
    kind = schema["type"]
    if kind == "object":
        named = {name: _value(part) for name, part in schema.get("properties", {}).items()}
        return named or {"Priority": "High"}
    if kind == "array":
        return [_value(schema["items"])] * max(2, schema.get("minItems", 0))
    if kind == "string":
        text = FORMATS.get(schema.get("format", ""), 'It\'s <7> & "more"')
        return text[: schema.get("maxLength", len(text))]
    return {"boolean": True, "number": 12.5, "integer": max(1, schema.get("minimum", 1))}[kind]
