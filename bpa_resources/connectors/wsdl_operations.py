"""The operations of a WSDL file: of each service, those of its first SOAP port, with the JSON Schema of their input.

The input has the parts of the message by their names; what repeats is a list, attributes stand beside elements.
Nothing in a WSDL says whether an operation reads, how much harm it does or how it is repeated safely: each one writes,
with high risk and no idempotency, until an overlay says better. Add here what schemas say of messages.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bpa_resources.connectors.described_operations import DescribedOperations, LeftOutError, free_name
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.wsdl_documents import wsdl_client
from bpa_resources.errors import InputError, one_line

_INTEGERS = ("integer", "long", "int", "short", "byte", "Integer", "unsigned")
_NUMBERS = ("decimal", "float", "double")


def wsdl_operations(path: Path) -> DescribedOperations:
    """All operations of a WSDL file. Raises InputError for what is no WSDL, or has none over SOAP."""
    operations: dict[str, Operation] = {}
    left_out: dict[str, str] = {}
    for service, port, node in _each(path):
        name = free_name(node.name, {*operations, *left_out})
        try:
            operations[name] = _operation(path, service, port, node)
        except LeftOutError as error:
            left_out[name] = str(error)
    if not operations:
        raise InputError(f"{path.name}: it describes no operation that can be asked for; name another file")
    return DescribedOperations(path.stem, "WSDL 1.1", operations, left_out)


def _each(path: Path) -> Iterator[tuple[str, str, Any]]:
    from zeep.wsdl.bindings.soap import SoapBinding

    for service in wsdl_client(path).wsdl.services.values():
        port = next((one for one in service.ports.values() if isinstance(one.binding, SoapBinding)), None)
        if port is not None:
            for node in port.binding.all().values():
                yield service.name, port.name, node


def _operation(path: Path, service: str, port: str, node: Any) -> Operation:
    from zeep.xsd import ComplexType

    body = node.input.body
    kind = getattr(body, "type", None)
    if body is not None and not isinstance(kind, ComplexType):
        raise LeftOutError("its message is one value without a name")
    schema = _object(kind, ()) if kind is not None else {"properties": {}, "required": []}
    if node.input.header is not None and getattr(node.input.header.type, "elements", None):
        schema["properties"]["soap_headers"] = {"type": "object"}
    request = {"wsdl": str(path), "service": service, "port": port, "operation": node.name, "values": "${input}"}
    told = node.abstract.documentation if isinstance(getattr(node.abstract, "documentation", None), str) else ""
    return Operation(
        meaning=one_line(told)[:200] or f"{node.name} of {service}",
        effect="write",
        risk="high",
        request=request,
        input=schema,
        spec_operation=node.name,
    )


def _object(kind: Any, above: tuple[Any, ...]) -> dict[str, Any]:
    """The schema of a complex type: its elements and attributes. A type within itself is not looked into again."""
    from zeep.xsd import Any as AnyElement
    from zeep.xsd import AnyAttribute
    from zeep.xsd.elements.indicators import Choice

    if kind in above:
        return {"type": "object"}
    has_choice = any(isinstance(part, Choice) for _, part in kind.elements_nested)
    schema: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    for name, element in [*kind.elements, *kind.attributes]:
        if isinstance(element, AnyElement | AnyAttribute):
            schema["additionalProperties"] = True
            continue
        schema["properties"][name] = _element(element, (*above, kind))
        if _must_be_given(element) and not has_choice:
            schema["required"].append(name)
    return schema


def _must_be_given(element: Any) -> bool:
    if getattr(element, "required", None) is not None:  # an attribute
        return bool(element.required) and element.default is None
    return not element.is_optional and not element.nillable and element.default is None


def _element(element: Any, above: tuple[Any, ...]) -> dict[str, Any]:
    from zeep.xsd import ComplexType

    kind = element.type
    schema = _object(kind, above) if isinstance(kind, ComplexType) else _simple(kind)
    if getattr(element, "accepts_multiple", False):
        return {"type": "array", "items": schema}
    return {"anyOf": [schema, {"type": "null"}]} if getattr(element, "nillable", False) else schema


def _simple(kind: Any) -> dict[str, Any]:
    """The JSON type of a simple type, by the name of the built-in one that it restricts."""
    names = [str(getattr(one, "_default_qname", "") or "").rpartition("}")[2] for one in type(kind).__mro__]
    name = next((name for name in names if name), "string")
    if name == "boolean":
        return {"type": "boolean"}
    if any(part in name for part in _INTEGERS):
        return {"type": "integer"}
    if name in _NUMBERS:
        return {"type": ["number", "string"], "format": name}
    return {"type": "string", "format": name} if name in ("date", "time") else {"type": "string"}
