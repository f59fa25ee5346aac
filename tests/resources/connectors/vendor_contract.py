"""Whether a request is one that a vendor's OpenAPI description allows: openapi-core, and stricter where it looks away.

openapi-core passes over query parameters that the description does not know, and properties of a body that it does not
name: a misspelt one would do nothing at the vendor, in silence. `overlooked` finds those. An overlay is our record of
where a description is wrong or short, each with the reason: `at` (keys from the top) with `put` or `remove`, or
`not_required`, a name that nothing requires.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from bpa_resources.connectors.request_template import Request

HERE = Path(__file__).parent


@dataclass(frozen=True)
class SentRequest:
    """A request of ours as openapi-core reads one."""

    host_url: str
    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None


def as_sent(request: Request) -> SentRequest:
    """What would go over the wire."""
    url = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    body, kind = None, ""
    if request.body is not None:
        body, kind = json.dumps(request.body).encode(), "application/json"
    elif request.form is not None:
        body, kind = urlencode(request.form).encode(), "application/x-www-form-urlencoded"
    elif request.content is not None:
        body, kind = request.content.encode(), "text/plain"
    return SentRequest(
        host_url=f"{url.scheme}://{url.netloc}",
        path=url.path,
        method=request.method.lower(),
        parameters=RequestParameters(query=ImmutableMultiDict(request.query), header=Headers(headers)),
        content_type=headers.get("content-type", kind),
        body=body,
    )


def described(slices: list[Path], overlay: Path, base_url: str) -> dict[str, Any]:
    """The description in `slices` (their paths together) with `overlay` applied, on the host of `base_url`."""
    description: dict[str, Any] = {}
    for path in slices:
        # Each file has its own components: their names are kept apart.
        text = path.read_text(encoding="utf-8").replace("#/components/", f"#/components/x-{path.stem}/")
        part = json.loads(text)
        components = part.pop("components", {})
        description = description or {**part, "paths": {}, "components": {}}
        description["paths"].update(part["paths"])
        description["components"][f"x-{path.stem}"] = components
    _simplified(description)
    url = urlsplit(base_url)
    vendor = urlsplit(description.get("servers", [{"url": ""}])[0]["url"])
    description["servers"] = [{"url": f"{url.scheme}://{url.netloc}{vendor.path}"}]
    if overlay.is_file():
        for change in yaml.safe_load(overlay.read_text(encoding="utf-8")):
            _apply(description, change)
    return description


def _simplified(description: dict[str, Any]) -> None:
    """Authentication is the engine's and tested there; answers, of which some are no OpenAPI, are kept apart."""
    description.pop("security", None)
    for item in description["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
                operation.pop("servers", None)
                operation["x-answers"] = operation.get("responses", {})
                operation["responses"] = {"200": {"description": ""}}


def _apply(description: dict[str, Any], change: Mapping[str, Any]) -> None:
    assert len(change["reason"]) > 10, change
    place: Any = description
    *parents, last = change.get("at", [None])
    for key in parents:
        place = place[key] if isinstance(place, list) or "put" not in change else place.setdefault(key, {})
    if "not_required" in change:
        _forget_required(description, change["not_required"])
    elif "put" in change and isinstance(place, list) and last == len(place):
        place.append(change["put"])
    elif "put" in change:
        place[last] = change["put"]
    else:
        del place[last]


def _forget_required(part: Any, name: str) -> None:
    """Everywhere: no property and no parameter of that name has to be there."""
    if isinstance(part, list):
        for item in part:
            _forget_required(item, name)
    if isinstance(part, dict):
        if isinstance(part.get("required"), list):
            part["required"] = [given for given in part["required"] if given != name]
        if part.get("name") == name and "in" in part:
            part["required"] = False
        for item in part.values():
            _forget_required(item, name)


def complaints(description: dict[str, Any], request: Request) -> list[str]:
    """What the description does not allow, one text each; an operation that it does not have is one."""
    checked = OpenAPI.from_dict(description, config=Config(spec_validator_cls=None))
    errors = [
        f"{type(error).__name__}: {error} {error.__cause__ or ''}"
        for error in checked.iter_request_errors(as_sent(request))
    ]
    return errors or list(overlooked(description, request))


def overlooked(description: dict[str, Any], request: Request) -> Iterator[str]:
    """Query parameters and body properties that the description does not name."""
    operation, shared = _operation(description, request)
    parameters = [_resolved(description, part) for part in [*operation.get("parameters", []), *shared]]
    known = {part["name"] for part in parameters if part["in"] == "query"}
    yield from (f"query parameter {name}" for name, _ in request.query if name not in known)
    content = _resolved(description, operation.get("requestBody", {})).get("content", {})
    if request.body is not None:
        schema = next((part.get("schema", {}) for kind, part in content.items() if "json" in kind), {})
        yield from _unnamed(description, schema, request.body, "body")
    if request.form is not None:
        schema = content["application/x-www-form-urlencoded"]["schema"]
        yield from _unnamed(description, schema, dict(request.form), "form")


def unread(description: dict[str, Any], request: Request, paths: Iterable[str]) -> list[str]:
    """Those of `paths` (answer_path.py) that the described answers to a request, when all is well, do not have.

    Where a description says nothing of an answer, or leaves a part of it open, every path may be there.
    """
    operation, _ = _operation(description, request)
    answers = operation.get("x-answers", {})
    well = [answer for status, answer in answers.items() if status[0] == "2"] or [answers.get("default", {})]
    contents = [_resolved(description, answer).get("content", {}) for answer in well]
    schemas = [part.get("schema", {}) for content in contents for kind, part in content.items() if "json" in kind]
    if not schemas:
        return []
    return [path for path in paths if not _reads(description, {"anyOf": schemas}, path)]


def _reads(description: dict[str, Any], schema: dict[str, Any], path: str) -> bool:
    if not path:
        return True
    parts = list(_alternatives(description, schema))
    told = [part for part in parts if part.get("properties") or "items" in part]
    if not told:
        return True  # nothing is said of it
    step, _, rest = path.partition(".")
    for part in told:
        properties = part.get("properties", {})
        if path in properties or (step in properties and _reads(description, properties[step], rest)):
            return True
        if step.isdecimal() and "items" in part and _reads(description, part["items"], rest):
            return True
    return False


def _operation(description: dict[str, Any], request: Request) -> tuple[dict[str, Any], list[Any]]:
    """The operation of the path that fits with the fewest gaps, and the parameters that the path's methods share."""
    paths = [request.url.removeprefix(server["url"]) for server in description["servers"]]
    fits = [name for name in description["paths"] if any(_pattern(name).fullmatch(path) for path in paths)]
    item = description["paths"][min(fits, key=lambda name: name.count("{"))]
    return item[request.method.lower()], item.get("parameters", [])


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]*\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def _resolved(description: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        place: Any = description
        for key in part["$ref"].removeprefix("#/").split("/"):
            place = place[key.replace("~1", "/").replace("~0", "~")]
        part = place
    return part


def _unnamed(description: dict[str, Any], schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    parts = list(_alternatives(description, schema))
    if isinstance(value, list):
        items = [part["items"] for part in parts if "items" in part]
        for index, item in enumerate(value):
            yield from _unnamed(description, {"anyOf": items}, item, f"{where}.{index}")
    if not isinstance(value, dict) or not any(part.get("properties") for part in parts):
        return  # nothing is said of it
    if any(part.get("additionalProperties") for part in parts if not part.get("properties")):
        return
    for name, item in value.items():
        named = [part["properties"][name] for part in parts if name in part.get("properties", {})]
        if not named:
            yield f"{where}.{name}"
        else:
            yield from _unnamed(description, {"anyOf": named}, item, f"{where}.{name}")


def _alternatives(description: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    schema = _resolved(description, schema)
    yield schema
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, ()):
            yield from _alternatives(description, part)
