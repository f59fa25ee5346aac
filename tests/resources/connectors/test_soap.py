"""The SOAP driver on a server of its own kind: it validates each message against the schemas of the WSDL."""

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.described import described_manifest
from bpa_resources.connectors.engine import Engine, open_connectors
from bpa_resources.connectors.input_schema import input_problems
from bpa_resources.errors import InputError
from tests.resources.connectors.orders_system import OneProcessState

DESCRIPTIONS = Path(__file__).parent / "descriptions"
NOW = datetime(2024, 5, 1, tzinfo=UTC)
SOAP_11, SOAP_12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
ORDER = {
    "reference": "r-1", "customer": "Ann & <Bob>", "amount": "12.10", "due": "2024-05-01", "urgent": True,
    "part": [{"name": "wheel", "count": 4, "colour": "red", "part": [{"name": "nut", "count": 16, "colour": "grey"}]}],
}  # fmt: skip
REPLY = (
    '<o:CreateOrderResponse xmlns:o="urn:example:orders"><o:id>7</o:id><o:amount>12.10</o:amount>'
    "</o:CreateOrderResponse>"
)


class _Service(BaseHTTPRequestHandler):
    """Answers with what `server.answers` holds, after it checked the message; `server.orders`: what came in."""

    def do_GET(self) -> None:
        self._say(405, b"")

    def do_POST(self) -> None:
        server: Any = self.server
        content = self.rfile.read(int(self.headers["Content-Length"]))
        envelope = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
        space = etree.QName(envelope).namespace or ""
        body = envelope.find(f"{{{space}}}Body")
        assert body is not None
        server.heard.append((self.headers["SOAPAction"], self.headers["Content-Type"], content.decode()))
        if not server.schema.validate(body[0]):
            self._say(500, _fault(space, "Client" if space == SOAP_11 else "Sender", str(server.schema.error_log[0])))
            return
        server.orders.append(body[0])
        status, answer = server.answers.pop(0) if server.answers else (200, REPLY)
        if status == 0:
            self.connection.close()
            return
        self._say(status, answer.encode() if answer.startswith("!") else _envelope(space, answer))

    def _say(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


def _envelope(space: str, body: str) -> bytes:
    return f'<s:Envelope xmlns:s="{space}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


def _fault(space: str, code: str, text: str) -> bytes:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    told = f"<faultcode>s:{code}</faultcode><faultstring>{escaped}</faultstring>"
    if space == SOAP_12:
        told = (
            f'<s:Code><s:Value>s:{code}</s:Value></s:Code><s:Reason><s:Text xml:lang="en">{escaped}</s:Text></s:Reason>'
        )
    return _envelope(space, f"<s:Fault>{told}</s:Fault>")


@pytest.fixture
def server() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        peer: Any = server
        peer.heard, peer.orders, peer.answers = [], [], []
        peer.schema = etree.XMLSchema(etree.parse(DESCRIPTIONS / "orders.xsd"))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield peer
        server.shutdown()
        thread.join()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("orders.wsdl", "orders.xsd"):
        shutil.copy(DESCRIPTIONS / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def engine(server: Any, home: Path) -> Iterator[Engine]:
    (home / "password").write_text("s3cret")
    (home / "overlay.yaml").write_text(
        "operations:\n  create_order_2: {idempotency: {strategy: client_id, marker: reference}, output: {id: id}}\n"
    )
    (home / "connections.yaml").write_text(
        f"orders: {{system: soap, base_url: 'http://127.0.0.1:{server.server_port}/soap', description: orders.wsdl, "
        "overlay: overlay.yaml, wsse_username: bot, wsse_password: {file: password}}"
    )
    engine = open_connectors(home, OneProcessState())
    yield engine
    engine.close()


def asked(engine: Engine, name: str, **given: Any) -> Outcome:
    return engine.send(Call("orders", name, given), key="a-1", now=NOW)


def manifest_of(home: Path) -> Any:
    return described_manifest("soap", {"base_url": "https://soap.example.com", "description": "orders.wsdl"}, home)


def test_every_operation_writes_with_high_risk_and_repeats_nothing(home: Path) -> None:
    manifest = manifest_of(home)
    assert list(manifest.operations) == ["reach", "create_order", "ping", "create_order_2"]
    assert {
        (one.effect, one.risk, one.idempotency.strategy) for name, one in manifest.operations.items() if name != "reach"
    } == {("write", "high", "none")}
    assert manifest.described_by == (
        "orders.wsdl (WSDL 1.1), 3 operations; plain is left out: its message is one value without a name"
    )


def test_a_message_fits_the_schemas_of_the_wsdl_and_its_answer_is_read(engine: Engine, server: Any) -> None:
    outcome = asked(engine, "create_order", **ORDER)
    assert (outcome.status, outcome.reason) == ("done", "")
    (order,) = server.orders
    texts = [element.text for element in order.iter() if element.text and element.text.strip()]
    assert texts == ["r-1", "Ann & <Bob>", "12.10", "2024-05-01", "true", "wheel", "4", "nut", "16"]
    action, kind, text = server.heard[0]
    assert (action, kind) == ('"urn:example:orders/CreateOrder"', "text/xml; charset=utf-8")
    assert "<wsse:Username>bot</wsse:Username>" in text
    assert ">s3cret<" in text
    assert asked(engine, "ping").status == "unknown"  # the answer is one of another operation
    assert engine.check("orders").status == "done"


def test_soap_1_2_carries_the_key_where_the_overlay_says(engine: Engine, server: Any) -> None:
    rest = {name: value for name, value in ORDER.items() if name != "reference"}
    outcome = asked(engine, "create_order_2", **rest)
    assert (outcome.status, outcome.result) == ("done", {"id": 7})
    assert len(server.orders[0][0].text) == 32
    assert server.heard[0][1].startswith("application/soap+xml")
    assert "has no 'reference'" in asked(engine, "create_order_2", **ORDER).reason


def test_a_fault_of_the_sender_is_surely_not_done_and_one_of_the_receiver_may_be(engine: Engine, server: Any) -> None:
    refused = asked(engine, "create_order", **{**ORDER, "part": [{"name": "x", "count": 0, "colour": "red"}]})
    assert (refused.status, refused.error_class, server.orders) == ("failed", "config", [])
    assert "count" in refused.reason
    server.answers.append(
        (500, _fault(SOAP_11, "Server", "no room").decode().partition("Body>")[2].partition("</s:Body")[0])
    )
    broken = asked(engine, "create_order", **ORDER)
    assert (broken.status, broken.attempts) == ("unknown", 1)
    assert "Server: no room" in broken.reason


@pytest.mark.parametrize("answer", [(200, "!no xml"), (200, "!<html/>"), (0, "")])
def test_an_answer_that_is_no_soap_leaves_it_open_whether_it_was_done(
    engine: Engine, server: Any, answer: tuple[int, str]
) -> None:
    server.answers.append(answer)
    assert asked(engine, "create_order", **ORDER).status == "unknown"
    assert len(server.orders) == 1
    server.answers.append(answer)
    again = asked(engine, "create_order_2", **{name: value for name, value in ORDER.items() if name != "reference"})
    assert (again.status, again.attempts) == ("done", 2)  # the key makes a second try safe


def test_an_answer_cannot_bring_entities(engine: Engine, server: Any, home: Path) -> None:
    (home / "secret.txt").write_text("hidden")
    bomb = f'!<!DOCTYPE a [<!ENTITY x SYSTEM "file://{home}/secret.txt">]><s:Envelope xmlns:s="{SOAP_11}"><s:Body>&x;'
    server.answers.append((200, f"{bomb}</s:Body></s:Envelope>"))
    outcome = asked(engine, "create_order", **ORDER)
    assert outcome.status == "unknown"
    assert "hidden" not in str(outcome)


def test_an_input_must_fit_the_types(home: Path) -> None:
    schema = manifest_of(home).operations["create_order"].input
    assert input_problems(schema, ORDER) == ()
    assert input_problems(schema, {"reference": "r", "amount": 1}) == ()  # customer may be nil
    assert input_problems(schema, {"amount": 1}) == ("reference is missing; add it",)
    for wrong in (
        {"urgent": "maybe"},
        {"part": {"name": "x"}},
        {"part": [{"name": "x", "count": 1}]},
        {"colour": "red"},
    ):
        assert input_problems(schema, {**ORDER, **wrong}) != ()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("</definitions>", "", "is no WSDL that can be used"),
        ("orders.xsd", "../orders.xsd", "outside its folder"),
        ("orders.xsd", "http://127.0.0.1:9/orders.xsd", "is no WSDL that can be used .ExternalReferenceForbidden"),
        ("orders.xsd", "file:///etc/passwd", "outside its folder"),
        ("orders.xsd", "gone.xsd", "'gone.xsd', which is not there"),
        ("<definitions", '<!DOCTYPE d [<!ENTITY x "y">]><definitions', "DTDForbidden"),
        ("soap/http", "soap/smtp", "describes no operation"),
    ],
)
def test_a_wsdl_that_reaches_out_or_is_none_is_refused(home: Path, old: str, new: str, why: str) -> None:
    file = home / "orders.wsdl"
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(InputError, match=why):
        manifest_of(home)
