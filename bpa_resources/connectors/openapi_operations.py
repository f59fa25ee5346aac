"""The operations of an OpenAPI 2 or 3 document: for each a request template and the JSON Schema of its input.

The input has the parameters by their names and the body as `body`. What a request template cannot say (files, XML, a
required cookie) leaves the operation out, by name and reason. Nothing in a document says how much harm an operation can
do or how it is repeated safely: risk is high and idempotency none until an overlay says better. Add here what documents
say of operations; schemas are translated in `openapi_schemas`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bpa_resources.connectors.described_operations import DescribedOperations, LeftOutError, free_name
from bpa_resources.connectors.manifest import Auth, Operation
from bpa_resources.connectors.openapi_schemas import JsonSchemas, OpenApiDocument
from bpa_resources.errors import InputError, one_line

_METHODS = ("get", "head", "post", "put", "patch", "delete")
_NOT_OURS = frozenset({"accept", "content-type", "authorization"})  # OpenAPI 3.1.0, 4.8.12.2: ignored
_FORM = "application/x-www-form-urlencoded"
_SCALARS = frozenset({"string", "number", "integer", "boolean"})


def openapi_operations(document: OpenApiDocument) -> DescribedOperations:
    """All operations of a document. Raises InputError for what is no OpenAPI 2 or 3, or has no operation."""
    content = document.content
    edition = str(content.get("openapi") or content.get("swagger") or "")
    if not re.match(r"[23]\.", edition) or not isinstance(content.get("paths"), Mapping):
        raise InputError(f"{document.file}: it is no OpenAPI 2 or 3 description (`openapi` or `swagger`, and `paths`)")
    operations: dict[str, Operation] = {}
    left_out: dict[str, str] = {}
    for method, path, node, shared in _each(document):
        name = free_name(str(node.get("operationId") or f"{method}_{path}"), {*operations, *left_out})
        try:
            operations[name] = _Draft(document, method, path, node, shared).operation()
        except LeftOutError as error:
            left_out[name] = str(error)
    if not operations:
        raise InputError(f"{document.file}: it describes no operation that can be asked for; name another file")
    info = content.get("info")
    title = str(info.get("title", "")) if isinstance(info, Mapping) else ""
    return DescribedOperations(one_line(title) or document.file, edition, operations, left_out)


def openapi_auth(document: OpenApiDocument) -> Auth:
    """How the document says requests are authenticated: the first of its schemes that we know, else none."""
    content = document.content
    parts = content.get("components") or {}
    schemes = parts.get("securitySchemes") or content.get("securityDefinitions") or {}
    known = {name: auth for name, node in schemes.items() if (auth := _auth_of(document.resolved(node)))}
    asked = [name for one in content.get("security") or () for name in one]
    return next((known[name] for name in (*asked, *known) if name in known), Auth(type="none"))


def _auth_of(scheme: Mapping[str, Any]) -> Auth | None:
    kind = f"{scheme.get('type')} {str(scheme.get('scheme', '')).casefold()}".strip()
    if kind in ("basic", "http basic"):
        return Auth(type="basic", parameters={"username": "${connection.username}", "password": "${secret.password}"})
    if kind == "apiKey" and scheme.get("in") in ("header", "query"):
        place = "headers" if scheme["in"] == "header" else "query"
        return Auth(type="api_key", parameters={place: {str(scheme.get("name")): "${secret.api_key}"}})
    flows = scheme.get("flows") or {}
    flow = flows.get("clientCredentials") or (scheme if scheme.get("flow") == "application" else None)
    if kind == "oauth2" and flow:
        names = {"client_id": "${connection.client_id}", "client_secret": "${secret.client_secret}"}
        scope = {"scope": " ".join(flow.get("scopes") or ())}
        return Auth(
            type="oauth2_client_credentials", parameters={"token_url": str(flow.get("tokenUrl")), **names, **scope}
        )
    if kind in ("http bearer", "oauth2", "openIdConnect"):
        return Auth(type="bearer", parameters={"token": "${secret.token}"})
    return None


def _each(document: OpenApiDocument) -> Iterator[tuple[str, str, Mapping[str, Any], list[Any]]]:
    for path, item in document.content["paths"].items():
        node = document.resolved(item)
        for method in _METHODS:
            if method in node:
                yield method, str(path), document.resolved(node[method]), list(node.get("parameters") or ())


@dataclass
class _Draft:
    """One operation while it is put together."""

    document: OpenApiDocument
    method: str
    path: str
    node: Mapping[str, Any]
    shared: list[Any]
    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    request: dict[str, Any] = field(default_factory=dict)

    def operation(self) -> Operation:
        self.schemas = JsonSchemas(self.document)
        self.request = {"method": self.method.upper(), "path": self.path}
        for parameter in self._parameters():
            self._take(parameter)
        self._take_body()
        self._close_path()
        schema: dict[str, Any] = {"properties": self.properties, "required": self.required}
        if self.schemas.definitions:
            schema["$defs"] = self.schemas.definitions
        told = self.node.get("summary") or self.node.get("description") or f"{self.method.upper()} {self.path}"
        return Operation(
            meaning=one_line(str(told))[:200],
            effect="read" if self.method in ("get", "head") else "delete" if self.method == "delete" else "write",
            risk="high",
            request=self.request,
            input=schema,
            spec_operation=str(self.node.get("operationId") or f"{self.method.upper()} {self.path}"),
        )

    def _parameters(self) -> list[Mapping[str, Any]]:
        """Those of the path and of the operation; the operation's count where both say something of one."""
        found = [self.document.resolved(node) for node in (*self.shared, *(self.node.get("parameters") or ()))]
        return list({(node.get("name"), node.get("in")): node for node in found}.values())

    def _take(self, parameter: Mapping[str, Any]) -> None:
        place, name, must = parameter.get("in"), str(parameter.get("name")), bool(parameter.get("required"))
        if place == "body":
            self._body(parameter.get("schema"), must, "body")
            return
        if place == "header" and name.casefold() in _NOT_OURS:
            return
        schema = self._parameter_schema(parameter, place)
        if schema is None:
            if must:
                raise LeftOutError(f"its parameter {name!r} cannot be given")
            return
        given = self._property(name, schema, must or place == "path")
        if place == "path":
            self.request["path"] = self.request["path"].replace(f"{{{name}}}", f"${{input.{given}}}")
        else:
            part = {"query": "query", "header": "headers", "formData": "form"}[str(place)]
            self.request.setdefault(part, {})[name] = f"${{input.{given}}}"

    def _parameter_schema(self, parameter: Mapping[str, Any], place: Any) -> dict[str, Any] | None:
        """The schema of a parameter that is a text, a number, or a list of them; None for any other."""
        if place not in ("path", "query", "header", "formData") or "content" in parameter:
            return None
        node = parameter.get("schema", parameter)
        plain = self.document.resolved(node)
        if plain.get("type") == "array":
            return self._list_schema(parameter, node, place)
        if plain.get("type", "string") not in _SCALARS:
            return None
        translated = self.schemas.translated(
            {key: part for key, part in plain.items() if key not in ("name", "in", "required")}
        )
        return {"description": one_line(str(parameter.get("description", "")))[:200], **translated}

    def _list_schema(self, parameter: Mapping[str, Any], node: Any, place: Any) -> dict[str, Any]:
        """A list that goes out as one pair an item stays one; any other is given as the text that is sent."""
        apart = parameter.get("explode", True) and parameter.get("style", "form") == "form"
        if "schema" not in parameter:  # OpenAPI 2
            apart = parameter.get("collectionFormat") == "multi"
        if apart and place in ("query", "formData"):
            items = self.schemas.translated(self.document.resolved(node).get("items", {}))
            return {"type": "array", "items": items}
        return {"type": "string", "description": "several values with commas between"}

    def _take_body(self) -> None:
        if "requestBody" not in self.node:
            return
        body = self.document.resolved(self.node["requestBody"])
        kinds = {str(kind): part for kind, part in (body.get("content") or {}).items()}
        for kind, part in kinds.items():
            media = kind.partition(";")[0].strip().casefold()
            if media == "application/json" or media.endswith("+json") or media in ("*/*", "application/*", _FORM):
                self._body(part.get("schema"), bool(body.get("required")), "form" if media == _FORM else "body")
                if media.endswith("+json"):
                    self.request.setdefault("headers", {})["Content-Type"] = media
                return
        raise LeftOutError(f"its body is {', '.join(kinds) or 'of no kind'}, and only JSON and forms can be sent")

    def _body(self, schema: Any, must: bool, part: str) -> None:
        given = self._property("body", self.schemas.translated(schema or {}), must)
        whole = f"${{input.{given}}}"
        self.request[part] = {"...": whole} if part == "form" else whole

    def _property(self, name: str, schema: Any, must: bool) -> str:
        """Add a property to the input under a name that a placeholder can say; its name."""
        given = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "parameter"
        given = given if given[0].isalpha() and given[0].islower() else f"{given[0].lower()}{given[1:]}"
        given = free_name(given, set(self.properties)) if given in self.properties or not given[0].isalpha() else given
        self.properties[given] = schema
        if must:
            self.required.append(given)
        return given

    def _close_path(self) -> None:
        """A part of the path that no parameter describes is a text that must be given."""
        for name in re.findall(r"(?<!\$)\{([^{}]+)\}", self.request["path"]):
            given = self._property(name, {"type": "string"}, True)
            self.request["path"] = self.request["path"].replace(f"{{{name}}}", f"${{input.{given}}}")
        if any(part.get("type") == "file" for part in self.properties.values() if isinstance(part, Mapping)):
            raise LeftOutError("it sends a file")
