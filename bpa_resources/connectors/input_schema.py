"""Whether an input fits the JSON Schema of its operation, in sentences, and texts as the numbers they stand for."""

from collections.abc import Mapping
from typing import Any

from bpa_resources.yaml_lines import json_scalar

_MOST = 10


def input_problems(schema: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, ...]:
    """What does not fit (JSON Schema 2020-12, formats too), one sentence each, at most ten; values are not repeated."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    errors = sorted(validator.iter_errors(dict(given)), key=lambda error: [str(step) for step in error.absolute_path])
    return tuple(_sentence(error) for error in errors[:_MOST])


def typed_input(schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The input with texts as numbers or yes/no where the schema takes no text: what a person wrote in YAML is text.

    Only what is exactly that in JSON (`7`, `12.5`, `true`); any other text stays for `input_problems` to tell of.
    """
    return {name: _typed(schema.get("properties", {}).get(name, {}), value) for name, value in given.items()}


def _typed(schema: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, Mapping):
        return typed_input(schema, value)
    if isinstance(value, list | tuple):
        return [_typed(schema.get("items", {}), item) for item in value]
    kinds = schema.get("type", "string")
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if not isinstance(value, str) or "string" in kinds:
        return value
    scalar = json_scalar(value)
    kind = {bool: "boolean", int: "integer", float: "number"}.get(type(scalar), "")
    return scalar if kind in kinds or (kind == "integer" and "number" in kinds) else value


def _sentence(error: Any) -> str:
    place = ".".join(str(step) for step in error.absolute_path)
    wanted = {
        "type": lambda: f"is no {error.validator_value}",
        "enum": lambda: f"is none of {', '.join(map(str, error.validator_value))}",
        "pattern": lambda: f"does not fit the pattern {error.validator_value}",
        "format": lambda: f"is no {error.validator_value}",
        "minLength": lambda: f"is shorter than {error.validator_value}",
        "maxLength": lambda: f"is longer than {error.validator_value}",
        "minimum": lambda: f"is below {error.validator_value}",
        "maximum": lambda: f"is above {error.validator_value}",
    }
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return f"{place}.{missing} is missing; add it".lstrip(".")
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = sorted(name for name in error.instance if name not in known)
        return f"{place or 'the input'} has no {', '.join(map(repr, unknown))}; there are {', '.join(known)}"
    if error.validator in wanted:
        return f"{place or 'the input'} {wanted[error.validator]()}"
    return f"{place or 'the input'} does not fit ({error.validator})"
