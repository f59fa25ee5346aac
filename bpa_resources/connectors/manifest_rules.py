"""What has to fit together within one manifest, beyond the type of each key: what is named exists and may stand there.

Add a rule here when two parts of a manifest could contradict each other and a request would show it only at a customer.
Each rule gives the path of the key and the rest of a sentence about it; who wrote the file reads it with the line.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from bpa_resources.connectors.manifest import AUTH_PARAMETERS, Manifest, Operation
from bpa_resources.connectors.request_template import EACH, FORMS, placeholders
from bpa_resources.yaml_lines import KeyPath, did_you_mean

Found: TypeAlias = tuple[KeyPath, str]

TEMPLATE_DRIVERS = ("rest", "odata")
_WITHOUT_HEADERS = ("sql", "mongo", "mail")
_REQUEST_KEYS = frozenset({"method", "path", "query", "headers", "body", "form", "content"})
_METHODS = {"read": {"GET", "POST"}, "write": {"POST", "PUT", "PATCH"}, "delete": {"DELETE", "POST"}}


def contradictions(manifest: Manifest) -> Iterator[Found]:
    """What does not fit, in the order of the file's parts; nothing where all does."""
    yield from _settings(manifest)
    yield from _auth(manifest)
    yield from _verify(manifest)
    for name, operation in manifest.operations.items():
        path: KeyPath = ("operations", name)
        yield from _schema(path, operation)
        yield from _idempotency(path, operation, manifest)
        if operation.undo is not None and operation.undo not in manifest.operations:
            yield (*path, "undo"), f"names no operation{did_you_mean(operation.undo, manifest.operations)}"
        if manifest.driver in TEMPLATE_DRIVERS:
            yield from _request(path, operation, manifest)


def _settings(manifest: Manifest) -> Iterator[Found]:
    texts = {"base_url": manifest.base_url or "", "hosts": list(manifest.hosts)}
    for key, template in texts.items():
        yield from _names((key,), template, _setting_names(manifest, secrets=False))
    yield from _names(("headers",), manifest.headers, _setting_names(manifest))
    base = manifest.base_url or ""
    if manifest.driver in TEMPLATE_DRIVERS and not base.startswith(("https://", "${connection.")):
        yield ("base_url",), "does not begin with https://"
    if manifest.driver in TEMPLATE_DRIVERS and not manifest.hosts and not base.startswith("${connection."):
        yield ("system",), "has no hosts; list those that requests may go to"


def _setting_names(manifest: Manifest, *, secrets: bool = True) -> set[str]:
    kinds = {name: "secret" if setting.secret else "connection" for name, setting in manifest.connection.items()}
    return {f"{kind}.{name}" for name, kind in kinds.items() if secrets or kind == "connection"}


def _auth(manifest: Manifest) -> Iterator[Found]:
    required, optional = AUTH_PARAMETERS[manifest.auth.type]
    given = set(manifest.auth.parameters)
    for name in sorted(required - given):
        yield ("auth",), f"of type {manifest.auth.type} lacks the parameter {name}"
    for name in sorted(given - required - optional):
        yield ("auth", "parameters", name), f"is no parameter of {manifest.auth.type}"
    yield from _names(("auth", "parameters"), manifest.auth.parameters, _setting_names(manifest))


def _verify(manifest: Manifest) -> Iterator[Found]:
    operation = manifest.operations.get(manifest.verify)
    if operation is None:
        yield ("verify",), f"names no operation{did_you_mean(manifest.verify, manifest.operations)}"
    elif operation.effect != "read" or operation.input.get("required") or operation.pagination:
        yield ("verify",), "has to name an operation that reads, needs no input, and has no pages"


def _schema(path: KeyPath, operation: Operation) -> Iterator[Found]:
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(operation.input)
    except SchemaError as error:
        yield (*path, "input"), f"is no JSON Schema: {error.message}"
        return
    missing = set(operation.input.get("required", ())) - set(operation.input.get("properties", {}))
    for name in sorted(missing):
        yield (*path, "input", "required"), f"names {name}, which is not among the properties"


def _idempotency(path: KeyPath, operation: Operation, manifest: Manifest) -> Iterator[Found]:
    how = operation.idempotency
    place = (*path, "idempotency")
    if operation.effect == "read" and how.strategy != "none":
        yield place, "says how a write is not repeated, and the operation reads"
    if how.strategy == "key_header" and how.header is None:
        yield place, "lacks the header that takes the key"
    if how.strategy == "key_header" and manifest.driver in _WITHOUT_HEADERS:
        yield place, f"is key_header, and {manifest.driver} has no headers"
    keyed = any(match["name"] == "key" for match in placeholders(operation.request))
    if how.strategy in ("client_id", "search_then_create") and not keyed:
        yield place, f"is {how.strategy}, and the request holds no ${{key}}"
    if how.strategy == "search_then_create":
        yield from _search(place, operation, manifest)


def _search(place: KeyPath, operation: Operation, manifest: Manifest) -> Iterator[Found]:
    how = operation.idempotency
    search = manifest.operations.get(how.search or "")
    if search is None or how.found is None:
        yield place, "needs `search`, an operation of this file, and `found`, where its records stand"
        return
    if search.effect != "read":
        yield (*place, "search"), "has to name an operation that reads"
    known = search.input.get("properties", {})
    for name in sorted(set(how.search_input) - set(known)):
        yield (*place, "search_input", name), f"is not in the input of {how.search}{did_you_mean(name, known)}"
    for name in sorted(set(search.input.get("required", ())) - set(how.search_input)):
        yield place, f"does not give {name}, which {how.search} needs"
    yield from _names((*place, "search_input"), how.search_input, _input_names(operation) | {"key"})


def _request(path: KeyPath, operation: Operation, manifest: Manifest) -> Iterator[Found]:
    request = operation.request
    place = (*path, "request")
    for name in sorted(set(request) - _REQUEST_KEYS):
        yield (*place, name), f"is no part of a request{did_you_mean(name, _REQUEST_KEYS)}"
    if not str(request.get("path", "")).startswith("/"):
        yield place, "needs a path that begins with /"
    method = str(request.get("method", "GET"))
    if method not in _METHODS[operation.effect]:
        yield place, f"is a {method}, and the operation's effect is {operation.effect}"
    if len({"body", "form", "content"} & set(request)) > 1:
        yield place, "has more than one of body, form and content"
    allowed = _input_names(operation) | _setting_names(manifest, secrets=False) | {"key"}
    yield from _names(place, {name: part for name, part in request.items() if name != "headers"}, allowed)
    yield from _names((*place, "headers"), request.get("headers", {}), allowed | _setting_names(manifest))


def _input_names(operation: Operation) -> set[str]:
    return {f"input.{name}" for name in operation.input.get("properties", {})}


def _names(path: KeyPath, template: Any, allowed: set[str]) -> Iterator[Found]:
    """Placeholders or forms that do not exist; `item` only in a mapping that stands once for each item."""
    if isinstance(template, dict):
        inner = allowed | {"item"} if EACH in template else allowed
        for key, part in template.items():
            yield from _names((*path, key), part, allowed if key == EACH else inner)
        return
    if isinstance(template, list):
        for index, part in enumerate(template):
            yield from _names((*path, index), part, allowed)
        return
    for match in placeholders(template):
        name = ".".join(match["name"].split(".")[:2])
        if not {name, name.split(".")[0]} & allowed:
            yield path, f"names ${{{match['name']}}}, which there is not{did_you_mean(name, allowed)}"
        if match["form"] and match["form"] not in FORMS:
            yield path, f"asks for the form {match['form']}, which there is not{did_you_mean(match['form'], FORMS)}"
    yield from _broken(path, template)


def _broken(path: KeyPath, template: Any) -> Iterator[Found]:
    """A `${` that is no placeholder would be sent as it stands."""
    if isinstance(template, str) and template.count("${") != sum(1 for _ in placeholders(template)):
        yield path, "holds a ${ that is no placeholder; write ${input.name}"
