"""The schemas of an OpenAPI 2 or 3 document as JSON Schema 2020-12, and where its references lead.

Add here what the editions of OpenAPI say differently from JSON Schema. Which operations there are is in
`openapi_operations`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bpa_resources.errors import InputError

_KEPT = frozenset({
    "type", "enum", "const", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required",
    "title", "description", "default",
})  # fmt: skip
_ONE = frozenset({"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"})
_LIST = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties"})
_MOST_STEPS = 20


@dataclass(frozen=True)
class OpenApiDocument:
    """A parsed document; only what lies within it is ever referred to."""

    content: Mapping[str, Any]
    file: str

    def resolved(self, node: Any) -> Mapping[str, Any]:
        """What `node` is or refers to. Raises InputError for a reference to another file or to nothing."""
        for _ in range(_MOST_STEPS):
            if not isinstance(node, Mapping):
                raise InputError(f"{self.file}: a part of it is no mapping where one should be; correct it")
            if "$ref" not in node:
                return node
            node = self._at(str(node["$ref"]))
        raise InputError(f"{self.file}: its references go round in circles; correct it")

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise InputError(f"{self.file}: {reference[:80]!r} is in another file; put all of it into one")
        found: Any = self.content
        for step in reference[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or name not in found:
                raise InputError(f"{self.file}: {reference[:80]!r} refers to nothing; correct it")
            found = found[name]
        return found


@dataclass
class JsonSchemas:
    """Translates the schemas of one operation; what they refer to is collected in `definitions`."""

    document: OpenApiDocument
    definitions: dict[str, Any] = field(default_factory=dict)

    def translated(self, node: Any) -> Any:
        """A schema as JSON Schema 2020-12, with what only answers hold (readOnly) left out."""
        if not isinstance(node, Mapping):
            return node if isinstance(node, bool) else {}
        if "$ref" in node:
            return {"$ref": f"#/$defs/{self._defined(str(node['$ref']))}"}
        schema: dict[str, Any] = {}
        for key, value in node.items():
            self._part(schema, key, value)
        _without_read_only(schema, node)
        _with_bounds(schema, node)
        return _nullable(schema) if node.get("nullable") or node.get("x-nullable") else schema

    def _part(self, schema: dict[str, Any], key: str, value: Any) -> None:
        if key in _KEPT or (key == "pattern" and _is_pattern(value)):
            schema[key] = value
        elif key in _ONE:
            schema[key] = self.translated(value)
        elif key in _LIST and isinstance(value, list):
            schema[key] = [self.translated(part) for part in value]
        elif key in _NAMED and isinstance(value, Mapping):
            schema[key] = {str(name): self.translated(part) for name, part in value.items()}

    def _defined(self, reference: str) -> str:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", reference.removeprefix("#/"))
        if name not in self.definitions:
            self.definitions[name] = {}  # it may refer to itself
            self.definitions[name] = self.translated(self.document.resolved({"$ref": reference}))
        return name


def _is_pattern(value: Any) -> bool:
    """Whether it can be obeyed: ECMA 262 knows some patterns that Python does not."""
    try:
        re.compile(str(value))
    except re.error:
        return False
    return True


def _without_read_only(schema: dict[str, Any], node: Mapping[str, Any]) -> None:
    parts = node.get("properties")
    if not isinstance(parts, Mapping):
        return
    only_read = {name for name, part in parts.items() if isinstance(part, Mapping) and part.get("readOnly") is True}
    for name in only_read:
        del schema["properties"][name]
    if "required" in schema:
        schema["required"] = [name for name in schema["required"] if name not in only_read]


def _with_bounds(schema: dict[str, Any], node: Mapping[str, Any]) -> None:
    """OpenAPI 2 and 3.0 have drafts' `exclusiveMinimum: true` beside `minimum`."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(node.get(exclusive), bool):
            del schema[exclusive]
            if node[exclusive] and bound in schema:
                schema[exclusive] = schema.pop(bound)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}
