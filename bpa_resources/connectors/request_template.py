"""The request of an operation, built from the manifest's template and what was given: pure, for `rest` and `odata`.

A template is `{method, path, query, headers, body, form, content}`; `body` is sent as JSON, `form` as a form, `content`
as the text it is. In every text of it stand placeholders: `${input.x}`, `${connection.x}`, `${secret.x}`, `${key}`.

- A text that is one placeholder keeps the type of the value; in a longer text the value is written into it.
- What was not given drops the key or list item it stands in, and a mapping or list that is left empty by it. In a path
  it is an error.
- `${input.x | odata}` writes the value so that it cannot leave the quotes it stands in: FORMS, a closed list. A value
  in a path is percent-encoded, whatever else is done to it.
- `"...": ${input.fields}` in a mapping takes in all entries of a given mapping; what the template itself writes wins.
- `{"*": "${input.to}", "address": "${item}"}` in a list stands once for each item of a given list.

Add here what a request can be made of. Sending, keys, authentication and which hosts are allowed are the engine's.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.manifest import Operation
from bpa_resources.errors import InputError

PLACEHOLDER: Final = re.compile(r"\$\{\s*(?P<name>[a-z]\w*(?:\.\w+)*)\s*(?:\|\s*(?P<form>\w+)\s*)?\}")

SPREAD: Final = "..."
EACH: Final = "*"

# What a host or a piece of one may be: a value never turns the base URL into one of another server.
_HOST_PIECE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")


def _encoded_query(text: str) -> str:
    return text.replace("^", "^^")


def _in_single_quotes(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _in_double_quotes(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _odata(text: str) -> str:
    return text.replace("'", "''")


FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "encoded_query": _encoded_query,  # ServiceNow: ^ parts conditions
    "single_quoted": _in_single_quotes,  # SOQL, JQL, Google Drive's q
    "double_quoted": _in_double_quotes,  # GitHub search, Bitbucket's q
    "odata": _odata,  # OData 4.01 part 2, 5.1.1.11.1: a quote in a literal is doubled
    "folders": str,  # in a path: the slashes stay, each part is encoded
}


class _Absent:
    """What was not given."""


_ABSENT: Final = _Absent()

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """What is sent, before authentication. `query`: a list becomes one pair an item. At most one of the last three.

    `body` is JSON (a JSON null is never sent: None is no body); `form` is for `application/x-www-form-urlencoded`.
    """

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # this and the rest may hold a secret
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    content: str | None = field(default=None, repr=False)


def build_request(connection: Connection, operation: Operation, given: Mapping[str, Any], *, key: str = "") -> Request:
    """The request of `operation` for `given`, an input that fits the operation's schema; its defaults are filled in.

    `key` is already in the form that the operation asks for. Raises InputError where a path lacks a value, or a value
    cannot stand where it should.
    """
    template = operation.request
    values = values_of(connection, operation, given, key=key)
    base = _filled_base(connection.manifest.base_url or "", values)
    headers = {**connection.manifest.headers, **template.get("headers", {})}
    body = filled(template["body"], values, absent={}) if "body" in template else None
    form = tuple(_pairs(template["form"], values)) if "form" in template else None
    content = filled(template["content"], values, absent="") if "content" in template else None
    return Request(
        method=str(template.get("method", "GET")).upper(),
        url=base.rstrip("/") + filled_path(str(template.get("path", "")), values),
        query=tuple(_pairs(template.get("query", {}), values)),
        headers=dict(_header(*pair) for pair in _pairs(headers, values)),
        body=body,
        form=form,
        content=None if content is None else _as_text(content, "content"),
    )


def values_of(connection: Connection, operation: Operation, given: Mapping[str, Any], *, key: str = "") -> Values:
    """What placeholders can name: the input with the schema's defaults, the settings, the secrets and the key."""
    properties = operation.input.get("properties", {})
    defaults = {name: schema["default"] for name, schema in properties.items() if "default" in schema}
    values: dict[str, Any] = {
        "input": {**defaults, **given},
        "connection": connection.settings,
        "secret": connection.secrets,
    }
    return {**values, "key": key} if key else values


def filled(template: Any, values: Values, *, absent: Any = None) -> Any:
    """`template`, any JSON value, with its placeholders replaced; `absent` where nothing of it was given."""
    result = _filled(template, values)
    return absent if result is _ABSENT else result


def filled_path(path: str, values: Values) -> str:
    """The path with every value percent-encoded. Raises InputError for a missing one, and for '', '.' and '..'."""

    def piece(match: re.Match[str]) -> str:
        value = _value(match, values)
        name = match["name"]
        if value is _ABSENT or value is None:
            raise InputError(f"{name} is missing, and the address needs it; give it")
        text = _as_text(value, name)
        parts = text.strip("/").split("/") if match["form"] == "folders" else [text]
        if any(part in ("", ".", "..") for part in parts):
            raise InputError(f"{name}: {text!r} cannot stand in an address; give a name or an id")
        return "/".join(quote(part, safe="") for part in parts)

    return PLACEHOLDER.sub(piece, path)


def placeholders(template: Any) -> Iterator[re.Match[str]]:
    """Every placeholder of a template, keys of mappings apart: groups `name` and `form`."""
    if isinstance(template, str):
        yield from PLACEHOLDER.finditer(template)
    elif isinstance(template, Mapping):
        for part in template.values():
            yield from placeholders(part)
    elif isinstance(template, Sequence):
        for part in template:
            yield from placeholders(part)


def _filled(template: Any, values: Values) -> Any:
    if isinstance(template, str):
        return _filled_text(template, values)
    if isinstance(template, Mapping):
        return _filled_mapping(template, values)
    if isinstance(template, list | tuple):
        return _filled_list(template, values)
    return template


def _filled_text(text: str, values: Values) -> Any:
    whole = PLACEHOLDER.fullmatch(text)
    if whole:
        return _value(whole, values)
    found = {match.start(): (match, _value(match, values)) for match in PLACEHOLDER.finditer(text)}
    if any(value is _ABSENT or value is None for _, value in found.values()):
        return _ABSENT
    return PLACEHOLDER.sub(lambda match: _as_text(found[match.start()][1], match["name"]), text)


def _filled_mapping(template: Mapping[str, Any], values: Values) -> Any:
    result: dict[str, Any] = {}
    if SPREAD in template:
        given = _filled(template[SPREAD], values)
        if not isinstance(given, Mapping | _Absent):
            raise InputError(f"{template[SPREAD]} is {given!r}; give a mapping (name: value)")
        result.update({} if isinstance(given, _Absent) else given)
    for key, part in template.items():
        value = _ABSENT if key == SPREAD else _filled(part, values)
        if value is not _ABSENT:
            result[key] = value
    return _ABSENT if template and not result else result


def _filled_list(template: Sequence[Any], values: Values) -> Any:
    result: list[Any] = []
    for part in template:
        result += (value for value in _each(part, values) if value is not _ABSENT)
    return _ABSENT if template and not result else result


def _each(part: Any, values: Values) -> Iterator[Any]:
    if not (isinstance(part, Mapping) and EACH in part):
        yield _filled(part, values)
        return
    items = _filled(part[EACH], values)
    if items is _ABSENT:
        return
    if not isinstance(items, list | tuple):
        raise InputError(f"{part[EACH]} is {items!r}; give a list")
    one = {key: value for key, value in part.items() if key != EACH}
    yield from (_filled(one, {**values, "item": item}) for item in items)


def _value(match: re.Match[str], values: Values) -> Any:
    value: Any = values
    for step in match["name"].split("."):
        if not isinstance(value, Mapping) or step not in value:
            return _ABSENT
        value = value[step]
    if match["form"] and value is not None:
        return FORMS[match["form"]](_as_text(value, match["name"]))
    return value


def _as_text(value: Any, name: str) -> str:
    """A text, a number or yes/no as it stands in a text: `true`, `12.5`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value, allow_nan=False)
    raise InputError(f"{name} stands within a text; give a text or a number, not {type(value).__name__}")


def _pairs(template: Mapping[str, Any], values: Values) -> Iterator[tuple[str, str]]:
    given = filled(template, values, absent={})
    for name, value in given.items():
        for item in value if isinstance(value, list | tuple) else [value]:
            if item is not None:
                yield name, _as_text(item, name)


def _header(name: str, value: str) -> tuple[str, str]:
    if not value.isprintable():
        raise InputError(f"header {name}: its value holds a line break or another character that headers cannot hold")
    return name, value


def _filled_base(template: str, values: Values) -> str:
    """The base URL: whole from a setting that is a URL, or with pieces of a host name filled in."""
    whole = PLACEHOLDER.fullmatch(template)

    def piece(match: re.Match[str]) -> str:
        value = _value(match, values)
        if not isinstance(value, str) or not (whole or _HOST_PIECE.fullmatch(value)):
            raise InputError(f"{match['name']}: {value!r} is no name of a host; write it as example.com")
        return value

    return PLACEHOLDER.sub(piece, template)
