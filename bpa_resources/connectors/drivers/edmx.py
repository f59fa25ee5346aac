"""The types of an OData service, from its metadata (EDMX, V2 to V4), and whether a body fits them.

Names, lengths and required keys only: what the service itself would refuse after the request. Add here what else of
CSDL a body can be wrong in. The XML is read without entities, without a network and with a bound.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import did_you_mean

LONGEST_BYTES = 32 << 20

_SET = re.compile(r"/(\w+)")
_NUMBERS = {"Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Boolean"}


@dataclass(frozen=True)
class Property:
    """A property: its type, and its longest text (0: no bound)."""

    type: str
    longest: int = 0


@dataclass(frozen=True)
class EntityType:
    """Properties and where navigation leads to, by name."""

    properties: Mapping[str, Property] = field(default_factory=dict)
    navigation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Service:
    """Entity types by full name, and the type of each entity set."""

    types: Mapping[str, EntityType]
    sets: Mapping[str, str]

    def problems(self, path: str, body: Mapping[str, Any]) -> tuple[str, ...]:
        """What a body sent to a path of the service is wrong in, one sentence each."""
        found = _SET.match(path)
        name = found[1] if found else path
        if name not in self.sets:
            return (f"the service has no {name!r}{did_you_mean(name, self.sets)}",)
        return tuple(self._wrong(self.sets[name], body, ""))

    def _wrong(self, type_name: str, body: Mapping[str, Any], place: str) -> Iterator[str]:
        entity = self.types.get(type_name, EntityType())
        for key, value in body.items():
            if key.startswith("@") or "@odata." in key:
                continue
            if key in entity.navigation:
                for part in value if isinstance(value, list) else value.get("results", [value]):
                    yield from self._wrong(entity.navigation[key], part, f"{place}{key}.")
            elif key not in entity.properties:
                known = (*entity.properties, *entity.navigation)
                yield f"{place}{key} is no property of {type_name.rpartition('.')[2]}{did_you_mean(key, known)}"
            elif problem := _problem(entity.properties[key], value):
                yield f"{place}{key} {problem}"


def _problem(property_: Property, value: Any) -> str:
    if property_.type in _NUMBERS and isinstance(value, str):
        return f"is a text and should be {property_.type}"
    if property_.type == "Edm.String" and value is not None and not isinstance(value, str):
        return "is no text"
    if property_.longest and isinstance(value, str) and len(value) > property_.longest:
        return f"is longer than {property_.longest}"
    return ""


def read_service(content: bytes) -> Service:
    """The service that an EDMX document describes. Raises InputError for what is none."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        if len(content) > LONGEST_BYTES:
            raise InputError(f"the metadata is longer than {LONGEST_BYTES >> 20} MB")
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise InputError("the metadata is no XML; save $metadata of the service again") from None
    if root.getroottree().docinfo.doctype:
        raise InputError("the metadata holds a document type, which EDMX never does")
    schemas = list(root.iterfind(".//{*}Schema"))
    if not schemas:
        raise InputError("the metadata holds no schema; save $metadata of the service again")
    ends = _association_ends(schemas)
    types = {
        f"{schema.get('Namespace')}.{entity.get('Name')}": _entity(entity, ends)
        for schema in schemas
        for entity in (*schema.iterfind("{*}EntityType"), *schema.iterfind("{*}ComplexType"))
    }
    sets = {one.get("Name"): one.get("EntityType") for one in root.iterfind(".//{*}EntityContainer/{*}EntitySet")}
    return Service(types, sets)


def _entity(element: Any, ends: Mapping[tuple[str, str], str]) -> EntityType:
    properties = {
        one.get("Name"): Property(one.get("Type", ""), _length(one.get("MaxLength")))
        for one in element.iterfind("{*}Property")
    }
    navigation = {
        one.get("Name"): _target(one, ends) for one in element.iterfind("{*}NavigationProperty") if one.get("Name")
    }
    return EntityType(properties, navigation)


def _target(navigation: Any, ends: Mapping[tuple[str, str], str]) -> str:
    """V4 names the type, `Collection(x)` of it or not; V2 names an association and a role in it."""
    if named := navigation.get("Type"):
        return str(named).removeprefix("Collection(").removesuffix(")")
    return ends.get((str(navigation.get("Relationship")), str(navigation.get("ToRole"))), "")


def _association_ends(schemas: list[Any]) -> dict[tuple[str, str], str]:
    return {
        (f"{schema.get('Namespace')}.{one.get('Name')}", end.get("Role")): end.get("Type")
        for schema in schemas
        for one in schema.iterfind("{*}Association")
        for end in one.iterfind("{*}End")
    }


def _length(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
