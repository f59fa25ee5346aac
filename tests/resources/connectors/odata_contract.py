"""Whether what is sent to an OData V2 service fits its EDMX: names, lengths and the form of numbers and dates."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

EDM = "{http://schemas.microsoft.com/ado/2008/09/edm}"

# OData V2 JSON: decimals are texts. Dates may also be /Date(ms)/; ours are in the form that URLs take.
FORMS = {"Edm.Decimal": r"-?\d+(\.\d+)?", "Edm.DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"}


class Edmx:
    """The entity types of a service."""

    def __init__(self, path: Path) -> None:
        self._root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))

    def complaints(self, entity_set: str, body: dict[str, Any]) -> Iterator[str]:
        """What of `body` the entity type of a set does not know or cannot hold."""
        entity = self._entity(f"{EDM}EntitySet[@Name='{entity_set}']/@EntityType")
        for name, value in body.items():
            held = entity.find(f"{EDM}Property[@Name='{name}']")
            if held is not None:
                yield from self._value(name, value, held)
            elif entity.find(f"{EDM}NavigationProperty[@Name='{name}']") is not None:
                for item in value:
                    yield from self.complaints(f"{entity_set}Item", item)
            else:
                yield f"{entity_set} has no {name}"

    def names(self, entity_set: str) -> set[str]:
        """The properties of the set's entity type."""
        entity = self._entity(f"{EDM}EntitySet[@Name='{entity_set}']/@EntityType")
        return {held.get("Name") for held in entity.iter(f"{EDM}Property")}

    def _entity(self, path: str) -> Any:
        (full_name,) = self._root.xpath("//" + path.replace(EDM, "e:"), namespaces={"e": EDM[1:-1]})
        return self._root.find(f".//{EDM}EntityType[@Name='{full_name.rpartition('.')[2]}']")

    @staticmethod
    def _value(name: str, value: Any, held: Any) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{name} is {value!r} and no text"
        elif len(value) > int(held.get("MaxLength", len(value))):
            yield f"{name} is longer than {held.get('MaxLength')}"
        elif not re.fullmatch(FORMS.get(held.get("Type"), r"(?s:.*)"), value):
            yield f"{name} is {value!r} and no {held.get('Type')}"
