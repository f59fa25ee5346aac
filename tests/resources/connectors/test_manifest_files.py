"""Reading manifests: those that come with us hold together, and what a file says wrongly is said with its line."""

import json
from typing import Any

import pytest
import yaml

from bpa_resources.connectors.manifest_files import FOLDER, load_manifest, manifest_schema, read_manifest, systems
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import read_yaml_lines

SCHEMA = FOLDER / "manifest.schema.json"

EXAMPLE = """
system: desk
title: Desk
driver: rest
described_by: this test
connection:
  site: {meaning: host, type: host}
  token: {meaning: token, secret: true}
base_url: https://${connection.site}
hosts: ["${connection.site}"]
auth: {type: bearer, parameters: {token: "${secret.token}"}}
verify: me
operations:
  me: {meaning: who, effect: read, risk: low, request: {method: GET, path: /me}, input: {}}
  find:
    meaning: finds
    effect: read
    risk: low
    request: {method: GET, path: /tasks, query: {q: "${input.text | double_quoted}"}}
    input: {properties: {text: {type: string}}, required: [text]}
  create:
    meaning: creates
    effect: write
    risk: low
    request: {method: POST, path: /tasks, body: {title: "${input.title}", mark: "${key}", priority: 2, hot: true}}
    input: {properties: {title: {type: string}}, required: [title]}
    idempotency: {strategy: search_then_create, search: find, search_input: {text: "${key}"}, found: items}
"""


def changed(old: str, new: str) -> str:
    assert EXAMPLE.count(old) == 1, old
    return EXAMPLE.replace(old, new)


@pytest.mark.parametrize("system", systems())
def test_every_manifest_that_comes_with_us_holds_together(system: str) -> None:
    manifest = load_manifest(system)
    assert manifest.system == system
    assert len(manifest.described_by) > 20


@pytest.mark.parametrize("system", systems())
def test_a_manifest_fits_the_schema_that_editors_read(system: str) -> None:
    from jsonschema import Draft202012Validator

    text = (FOLDER / f"{system}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=manifest.schema.json\n")
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(yaml.safe_load(text))


def test_the_schema_file_is_what_the_model_says() -> None:
    written = json.dumps(manifest_schema(), indent=2, sort_keys=True) + "\n"
    assert SCHEMA.read_text() == written, "write it anew: python scripts/manifest_schema.py"


def test_a_system_that_is_not_there_is_said_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"'jiira' is no system.*did you mean 'jira'"):
        load_manifest("jiira")


def test_values_keep_the_type_they_have_in_json_and_no_more() -> None:
    create = read_manifest(EXAMPLE, file="desk.yaml").operations["create"]
    assert create.request["body"] == {"title": "${input.title}", "mark": "${key}", "priority": 2, "hot": True}
    assert create.input["additionalProperties"] is False
    text = "{a: 01, b: no, c: 1.5, d: null, e: '7', f: -0, g: 2026-01-02, h: 1e999, i: 0x1F, j: True, k: 1e3, l: .5}"
    assert read_yaml_lines(text, file="x", typed=True).value == {
        "a": "01",
        "b": "no",
        "c": 1.5,
        "d": None,
        "e": "7",
        "f": 0,
        "g": "2026-01-02",
        "h": "1e999",
        "i": "0x1F",
        "j": "True",
        "k": 1000.0,
        "l": ".5",
    }


WRONG: dict[str, tuple[str, str, str]] = {
    "an unknown key": ("risk: low, request: {method: GET, path: /me}", "risc: low, request: {path: /me}", "risc"),
    "a verify that is not there": ("verify: me", "verify: mee", r"verify \(line 12\) names no operation.*'me'"),
    "a verify that needs input": ("verify: me", "verify: find", "reads, needs no input"),
    "a verify with pages": (
        "request: {method: GET, path: /me}, input: {}}",
        'request: {method: GET, path: /me}, input: {}, pagination: {type: link, items: ""}}',
        "has no pages",
    ),
    "plain http": ("base_url: https://", "base_url: http://", "does not begin with https"),
    "no hosts": ('hosts: ["${connection.site}"]', "hosts: []", "has no hosts"),
    "a secret in the address": ('hosts: ["${connection.site}"]', 'hosts: ["${secret.token}"]', r"names \$\{secret"),
    "a parameter that auth does not have": ("{token:", "{tokn:", "lacks the parameter token"),
    "an input that is not there": ("${input.title}", "${input.titel}", r"names \$\{input.titel\}.*input.title"),
    "a secret in a body": ("${input.title}", "${secret.token}", r"names \$\{secret.token\}, which there is not"),
    "an item outside a list": ("${input.title}", "${item.title}", r"names \$\{item.title\}"),
    "a form that is not there": ("double_quoted", "quoted", "asks for the form quoted"),
    "a placeholder that is none": ("${input.title}", "${Input.title}", "no placeholder"),
    "a part of a request that is not there": ("body:", "json:", "json .* is no part of a request"),
    "a path without a slash": ("path: /me", "path: me", "begins with /"),
    "a write that reads": ("method: POST", "method: GET", "is a GET, and the operation's effect is write"),
    "a schema that is none": ("{title: {type: string}}", "{title: {type: txt}}", "is no JSON Schema"),
    "a required name without a schema": ("required: [title]", "required: [titel]", "names titel"),
    "a search that is not there": ("search: find,", "search: finds,", "needs `search`"),
    "a search that writes": ("search: find,", "search: create,", "has to name an operation that reads"),
    "a search without its input": ('{text: "${key}"}', "{}", "does not give text, which find needs"),
    "a search with another input": (
        "search_input: {text:",
        "search_input: {texts:",
        "texts .* is not in the input of find",
    ),
    "a search for a key that is not sent": ('mark: "${key}"', "mark: x", r"the request holds no \$\{key\}"),
    "a header that no one named": ("{strategy: search_then_create", "{strategy: key_header", "lacks the header"),
    "a key for what only reads": (
        "input: {}}",
        "input: {}, idempotency: {strategy: natural_upsert}}",
        "and the operation reads",
    ),
    "an undo that is not there": (
        "risk: low, request: {method: GET, path: /me}",
        "undo: x, risk: low, request: {path: /me}",
        "undo",
    ),
    "an alias": ("title: Desk", "title: &x Desk", "aliases and anchors"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_a_manifest_says_wrongly_is_refused(what: str) -> None:
    old, new, sentence = WRONG[what]
    with pytest.raises(InputError, match=f"desk.yaml: .*{sentence}") as refused:
        read_manifest(changed(old, new), file="desk.yaml")
    assert "line " in str(refused.value)


def test_an_item_may_stand_in_a_mapping_for_each() -> None:
    each: dict[str, Any] = {"title": [{"*": "${input.title}", "name": "${item.name}"}]}
    text = changed('title: "${input.title}"', f"title: {json.dumps(each['title'])}")
    assert read_manifest(text, file="desk.yaml").operations["create"].request["body"]["title"] == each["title"]


def test_a_marker_sends_no_key_where_a_template_says_what_is_sent() -> None:
    text = changed('mark: "${key}"', "mark: x").replace("search_then_create,", "search_then_create, marker: body.mark,")
    with pytest.raises(InputError, match=r"the request holds no \$\{key\}"):
        read_manifest(text, file="desk.yaml")


def test_a_header_takes_the_key_only_where_there_are_headers() -> None:
    text = f"{EXAMPLE.replace('driver: rest', 'driver: sql')}".replace(
        "{strategy: search_then_create, search", "{strategy: key_header, header: X-Key, search"
    )
    with pytest.raises(InputError, match="is key_header, and sql has no headers"):
        read_manifest(text, file="desk.yaml")
