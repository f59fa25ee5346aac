"""SOAP 1.1 and 1.2: one message of an operation that a WSDL file describes, by our own transport.

An operation's `request` is `{wsdl, service, port, operation, values}`, as `wsdl_operations` makes it, or
`{reach: true}`. zeep writes and reads the messages; it never opens a connection. A fault of the sender (400) surely had
no effect; one of the receiver is a 500, after which an effect is possible. WS-Security: a user name token where the
connection has `wsse_username`. Add here what a SOAP message may need; what HTTP may do is the transport's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.drivers import DriverTools
from bpa_resources.connectors.drivers.json_values import json_value
from bpa_resources.connectors.drivers.rest import keyed
from bpa_resources.connectors.hosts import base_url_of
from bpa_resources.connectors.http_sessions import HttpSessions
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.request_template import Request, filled, values_of
from bpa_resources.connectors.wsdl_documents import wsdl_client
from bpa_resources.errors import InputError, one_line

if TYPE_CHECKING:
    from zeep import Client

# SOAP 1.1, 4.4.1 and SOAP 1.2 part 1, 5.4.6: what was sent is at fault, and was not processed.
_SENDERS = ("Client", "Sender", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown")


def make_driver(tools: DriverTools) -> "SoapDriver":
    """A driver of SOAP services."""
    return SoapDriver(tools.http)


@dataclass
class SoapDriver:
    """Keeps the WSDL files that were read; sockets are the sessions'."""

    http: HttpSessions
    _clients: dict[str, "Client"] = field(default_factory=dict)

    def problems(self, connection: Connection, operation: Operation, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Whether a message can be made of it."""
        try:
            if "reach" not in operation.request:
                self._message(connection, operation, given, "0")
        except InputError as error:
            return (str(error),)
        return ()

    def send(self, connection: Connection, operation: Operation, given: Mapping[str, Any], this: Try) -> Answer:
        """One message and its answer; `body`: the parts of the answer, or `fault`."""
        if "reach" in operation.request:
            return self._reached(connection, this.seconds)
        request = keyed(self._message(connection, operation, given, this.key), operation, this.key)
        answer = self.http.send(connection, request, seconds=this.seconds)
        if answer.kind == "no_answer" or not answer.sent:
            return answer
        return _read(self._client(operation), operation, answer)

    def close(self) -> None:
        """Forget the WSDL files."""
        self._clients.clear()

    def _reached(self, connection: Connection, seconds: float) -> Answer:
        """Whether anything answers at the address: what it says to a GET is not for us, but for who we are."""
        request = Request("GET", base_url_of(connection), query=(("wsdl", ""),), headers={"Accept": "*/*"})
        answer = self.http.send(connection, request, seconds=seconds)
        passed_on = answer.kind == "no_answer" or not answer.sent or answer.status in (401, 403, 404)
        return answer if passed_on else replace(answer, status=200, body={"answered": answer.status})

    def _client(self, operation: Operation) -> "Client":
        path = operation.request["wsdl"]
        if path not in self._clients:
            self._clients[path] = wsdl_client(Path(path))
        return self._clients[path]

    def _message(self, connection: Connection, operation: Operation, given: Mapping[str, Any], key: str) -> Request:
        """The request with the envelope. Raises InputError for values that do not make a message."""
        from lxml import etree
        from zeep.exceptions import Error

        client = self._client(operation)
        values = dict(filled(operation.request["values"], values_of(connection, operation, given, key=key), absent={}))
        headers = values.pop("soap_headers", None)
        try:
            envelope, http_headers = _binding(client, operation)._create(
                operation.request["operation"], (), {**values, "_soapheaders": headers}, client=client
            )
            if user := connection.settings.get("wsse_username"):
                envelope, http_headers = _with_user(envelope, http_headers, user, connection.secrets)
        except (Error, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            told = one_line(str(error))[:200]
            raise InputError(f"no message of {operation.request['operation']} can be made of it: {told}") from None
        content = etree.tostring(envelope, encoding="unicode")
        accepted = {"Accept": "text/xml, application/soap+xml"}
        return Request("POST", base_url_of(connection), headers={**accepted, **http_headers}, content=content)


def _binding(client: "Client", operation: Operation) -> Any:
    request = operation.request
    return client.wsdl.services[_named(client.wsdl.services, request["service"])].ports[request["port"]].binding


def _named(services: Mapping[Any, Any], name: str) -> Any:
    return next(key for key, service in services.items() if service.name == name)


def _with_user(envelope: Any, headers: Any, user: str, secrets: Mapping[str, str]) -> tuple[Any, Any]:
    from zeep.wsse import UsernameToken

    token: Any = UsernameToken(user, secrets.get("wsse_password", ""))  # type: ignore[no-untyped-call]
    envelope, headers = token.apply(envelope, headers)
    return envelope, headers


@dataclass(frozen=True)
class _Reply:
    """An answer as zeep reads one."""

    status_code: int
    content: bytes
    headers: Mapping[str, str]
    encoding: str = "utf-8"


def _read(client: "Client", operation: Operation, answer: Answer) -> Answer:
    """The answer with the parts of its message. What is no SOAP says nothing of the effect."""
    from lxml.etree import LxmlError
    from zeep.exceptions import Error, Fault

    content = answer.body.encode() if isinstance(answer.body, str) else answer.body or b""
    if not content and 200 <= answer.status < 300:
        return replace(answer, body={})
    if not isinstance(content, bytes) or not content:
        return replace(answer, body=None)
    binding = _binding(client, operation)
    node = binding.get(operation.request["operation"])
    reply = _Reply(answer.status, content, {"Content-Type": "text/xml"})
    try:
        result = binding.process_reply(client, node, reply)
        _refuse_another(client, node, content)
    except Fault as fault:
        return _of_fault(answer, fault)
    except (Error, LxmlError, ValueError, LookupError, TypeError, AttributeError) as error:
        if 200 <= answer.status < 300:
            why = f"the answer is no SOAP message of this operation ({type(error).__name__})"
            return Answer("no_answer", reason=why)
        return replace(answer, body=None)
    return replace(answer, body=_parts(result))


def _refuse_another(client: Any, node: Any, content: bytes) -> None:
    """Raises ValueError for the answer of another operation: zeep passes over what it does not know in it."""
    from zeep.loader import parse_xml

    expected = getattr(getattr(node.output, "body", None), "qname", None)
    envelope = parse_xml(content, client.transport, settings=client.settings)  # type: ignore[arg-type]
    body = next((part for part in envelope if str(part.tag).endswith("}Body")), ())
    if node.style == "document" and expected is not None and [str(part.tag) for part in body] != [str(expected)]:
        raise ValueError("another message")


def _parts(result: Any) -> dict[str, Any]:
    from zeep.helpers import serialize_object

    value = json_value(serialize_object(result, dict))  # type: ignore[no-untyped-call]
    return value if isinstance(value, dict) else {"value": value}


def _of_fault(answer: Answer, fault: Any) -> Answer:
    code = str(fault.code or "").rpartition(":")[2]
    text = one_line(str(fault.message or ""))[:300]
    detail = one_line(" ".join(fault.detail.itertext()))[:300] if hasattr(fault.detail, "itertext") else ""
    status = 400 if code.startswith(_SENDERS) else 500
    body = {"fault": {"code": code, "text": text, "detail": detail}}
    return replace(answer, status=status, body=body, reason=": ".join(part for part in (code, text, detail) if part))
