"""Systems that an OpenAPI file describes: what becomes of it, and requests to a real server."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.described import described_manifest
from bpa_resources.connectors.engine import Engine, open_connectors
from bpa_resources.connectors.input_schema import input_problems
from bpa_resources.connectors.manifest_rules import contradictions
from bpa_resources.errors import InputError
from tests.conftest import REPOSITORY
from tests.resources.connectors.orders_system import OneProcessState

NOW = datetime(2024, 5, 1, tzinfo=UTC)

ORDERS: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "security": [{"key": []}],
    "paths": {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "parameters": [
                    {"name": "state", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "ids", "in": "query", "explode": False, "schema": {"type": "array", "items": {}}},
                    {"name": "page[size]", "in": "query", "schema": {"type": "integer"}},
                ],
            },
            "post": {
                "operationId": "createOrder",
                "summary": "Make an\norder",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                },
            },
        },
        "/orders/{orderId}/notes": {
            "parameters": [{"$ref": "#/components/parameters/OrderId"}],
            "post": {
                "operationId": "addNote",
                "requestBody": {
                    "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
                },
            },
        },
        "/orders/{id}/file": {
            "put": {"operationId": "sendFile", "requestBody": {"content": {"application/pdf": {}}}},
            "delete": {"operationId": "sendFile", "parameters": []},
        },
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "token": {"type": "http", "scheme": "bearer"},
        },
        "parameters": {"OrderId": {"name": "orderId", "in": "path", "required": True, "schema": {"type": "string"}}},
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["id", "customer", "key"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "customer": {"type": "string", "nullable": True},
                    "amount": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
                    "key": {"type": "string"},
                },
            }
        },
    },
}  # fmt: skip

_DOCUMENT = (REPOSITORY / "docs" / "connectors.md").read_text(encoding="utf-8")
OVERLAY = next(block for block in re.findall(r"```yaml\n(.*?)```", _DOCUMENT, re.S) if "overlay.yaml\nverify" in block)


class _Orders(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.heard.append((self.command, self.path, self.headers.get("X-Key"), content))  # type: ignore[attr-defined]
        body = json.dumps({"id": 7}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Orders) as server:
        server.heard = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def manifest_of(home: Path, content: Any, overlay: str | None = None) -> Any:
    text = content if isinstance(content, str) else json.dumps(content)
    (home / "orders.json").write_text(text)
    settings = {"base_url": "https://orders.example.com", "description": "orders.json"}
    if overlay is not None:
        (home / "overlay.yaml").write_text(overlay)
        settings["overlay"] = "overlay.yaml"
    return described_manifest("rest", settings, home)


def engine_at(server: Any, home: Path) -> Engine:
    (home / "orders.json").write_text(json.dumps(ORDERS))
    (home / "overlay.yaml").write_text(OVERLAY)
    (home / "key").write_text("s3cret")
    (home / "connections.yaml").write_text(
        f"orders: {{system: rest, base_url: 'http://127.0.0.1:{server.server_port}/v1', description: orders.json, "
        "overlay: overlay.yaml, api_key: {file: key}}"
    )
    return open_connectors(home, OneProcessState())


def asked(engine: Engine, name: str, **given: Any) -> Outcome:
    return engine.send(Call("orders", name, given), key="a-1", now=NOW)


def test_every_operation_is_of_high_risk_and_repeats_nothing_until_an_overlay_says_better(tmp_path: Path) -> None:
    plain = manifest_of(tmp_path, ORDERS)
    assert list(plain.operations) == ["reach", "list_orders", "create_order", "add_note", "send_file_2"]
    described = [one for name, one in plain.operations.items() if name != "reach"]
    assert {(one.risk, one.idempotency.strategy) for one in described} == {("high", "none")}
    assert [one.effect for one in described] == ["read", "write", "write", "delete"]
    assert (plain.title, plain.verify, plain.operations["create_order"].meaning) == (
        "Orders",
        "list_orders",
        "Make an order",
    )
    assert plain.described_by == (
        "orders.json (3.0.3), 4 operations; send_file is left out: its body is application/pdf, and only JSON and "
        "forms can be sent"
    )
    better = manifest_of(tmp_path, ORDERS, OVERLAY).operations["create_order"]
    assert (better.risk, better.idempotency.strategy, better.output) == ("low", "client_id", {"id": "id"})
    assert "key" not in better.input["properties"]["body"]["properties"]  # nobody has to give it
    assert list(contradictions(plain)) == []


def test_requests_arrive_as_described(server: Any, tmp_path: Path) -> None:
    engine = engine_at(server, tmp_path)
    made = asked(engine, "create_order", body={"customer": "Ann"})
    asked(engine, "list_orders", state=["open", "late"], ids="1,2", page_size=5)
    asked(engine, "add_note", orderId="A 1/2", body={"text": "late & open"})
    asked(engine, "send_file_2", id="7")
    assert (made.status, made.result) == ("done", {"id": 7})
    key = sha256(b"a-1").digest()[:16].hex()
    assert server.heard == [
        ("POST", "/v1/orders", "s3cret", f'{{"customer":"Ann","key":"{key}"}}'),
        ("GET", "/v1/orders?state=open&state=late&ids=1%2C2&page%5Bsize%5D=5", "s3cret", ""),
        ("POST", "/v1/orders/A%201%2F2/notes", "s3cret", "text=late+%26+open"),
        ("DELETE", "/v1/orders/7/file", "s3cret", ""),
    ]
    assert engine.check("orders").status == "done"
    assert engine.risk("orders", "create_order") == "low"
    engine.close()


def test_an_input_must_fit_the_schema_of_the_document(tmp_path: Path) -> None:
    schema = manifest_of(tmp_path, ORDERS).operations["create_order"].input
    order = {"customer": None, "key": "k"}
    assert input_problems(schema, {"body": {**order, "amount": 0.1, "parts": [order]}}) == ()
    assert input_problems(schema, {"body": {**order, "id": 1}}) == (
        "body has no 'id'; there are customer, amount, parts, key",
    )
    for wrong in ({}, {"body": {}}, {"body": {**order, "amount": 0}}, {"body": {**order, "parts": [{}]}}):
        assert input_problems(schema, wrong) != ()


def test_openapi_2_says_the_same(tmp_path: Path) -> None:
    content = {
        "swagger": "2.0",
        "info": {"title": "Old orders"},
        "securityDefinitions": {"login": {"type": "basic"}},
        "paths": {
            "/orders/{id}": {
                "put": {
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "type": "integer"},
                        {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}},
                        {"name": "order", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Order"}},
                    ]
                },
                "post": {"parameters": [{"name": "f", "in": "formData", "required": True, "type": "file"}]},
            }
        },
        "definitions": {"Order": {"type": "object", "required": ["text"]}},
    }
    manifest = manifest_of(tmp_path, content)
    operation = manifest.operations["put_orders_id"]
    assert operation.request == {
        "method": "PUT",
        "path": "/orders/${input.id}",
        "query": {"tags": "${input.tags}"},
        "body": "${input.body}",
    }
    assert input_problems(operation.input, {"id": 1, "tags": "a,b", "body": {"text": "x"}}) == ()
    assert len(input_problems(operation.input, {"tags": ["a"], "body": {}})) == 3
    assert manifest.auth.type == "basic"
    assert {"username", "password"} <= set(manifest.connection)
    assert "post_orders_id is left out: its parameter 'f' cannot be given" in manifest.described_by


def test_a_description_may_be_yaml(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\ninfo: {title: Small, version: '1'}\npaths:\n  /a:\n    get: {responses: {200: {}}}\n"
    assert list(manifest_of(tmp_path, text).operations) == ["reach", "get_a"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is no description of a web service"),
        ({"openapi": "4.0", "paths": {}}, "is no OpenAPI 2 or 3 description"),
        ({"openapi": "3.0.0", "paths": {}}, "describes no operation"),
        ({"openapi": "3.0.0", "paths": {"/a": {"$ref": "other.json#/a"}}}, "is in another file"),
        ({"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/b"}}}, "refers to nothing"),
        ({"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/b"}}, "b": {"$ref": "#/b"}}, "round in circles"),
        ({"openapi": "3.0.0", "paths": {"/a": {"get": []}}}, "is no mapping"),
        ("a: &a [1]\nb: *a", "aliases and anchors"),
    ],
)
def test_a_file_that_is_no_description_is_refused(tmp_path: Path, content: Any, why: str) -> None:
    with pytest.raises(InputError, match=why):
        manifest_of(tmp_path, content)


@pytest.mark.parametrize(
    ("overlay", "why"),
    [
        (
            "operations: {create_ordr: {risk: low}}",
            r"no operation 'create_ordr' \(line 1\); did you mean 'create_order'",
        ),
        ("operations:\n  create_order: {risky: low}", r"unknown key 'risky' .*line 2"),
        ("operations: {create_order: {idempotency: {strategy: client_id}}}", r"the request holds no \$\{key\}"),
        ("verify: create_order", "has to name an operation that reads"),
    ],
)
def test_an_overlay_that_does_not_fit_is_refused(tmp_path: Path, overlay: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        manifest_of(tmp_path, ORDERS, overlay)


def test_a_description_outside_the_home_is_not_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "orders.json").write_text(json.dumps(ORDERS))
    for name in ("../orders.json", str(tmp_path / "orders.json")):
        with pytest.raises(InputError, match="outside the home"):
            described_manifest("rest", {"description": name}, home)
    with pytest.raises(InputError, match=r"there is no file 'orders\.json'"):
        described_manifest("rest", {"description": "orders.json"}, home)


def test_the_vendors_descriptions_can_be_asked_as_they_are(shared_specs: Path) -> None:
    for name in ("asana.json", "notion.json", "trello.json"):  # OpenAPI 3.0 and 3.1, bodies and parameters
        manifest = described_manifest("rest", {"description": name}, shared_specs)
        assert len(manifest.operations) > 10, name
        assert list(contradictions(manifest)) == [], name


@pytest.fixture
def shared_specs(shared_logs: Path) -> Path:
    folder = shared_logs.parent / "specs"
    if not folder.is_dir():
        pytest.skip("the vendors' descriptions are not here (BPA_SHARED)")
    return folder
