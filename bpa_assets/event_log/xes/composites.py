"""Lists and containers of a XES log as JSON: an array of one object an attribute, and one object.

`<list key="items"><values><string key="item" value="a"/>…` is `[{"item":"a"},…]`, which keeps the order and keys that
come twice; `<container key="address"><string key="city" value="b"/>…` is `{"city":"b",…}`. What is nested in an
attribute stands beside it as `key/nested`. Add here what JSON should say of a value; which column it belongs to is
for the readers.
"""

import json
import re
from dataclasses import dataclass
from typing import Final

from bpa_assets.event_log.xes.columns import ATOMIC, COMPOSITE

# Bounds for files that are made to be hard to read; what is beyond them is left out and counted.
MOST_OPEN: Final = 16
MOST_JSON: Final = 1 << 20
MOST_KEY: Final = 256

_NUMBER: Final = {
    "int": re.compile(r"-?(0|[1-9][0-9]*)"),
    "float": re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"),
}
_BOOLEANS: Final = {"true": "true", "1": "true", "false": "false", "0": "false"}


@dataclass
class _Open:
    """An open element. Attributes in it go to `members`, with `prefix`; of a list, to a new object in `items` each.

    `place`: where the JSON of a list or container goes when it ends.
    """

    members: dict[str, str]
    prefix: str = ""
    items: list[dict[str, str]] | None = None
    place: tuple[dict[str, str], str] | None = None


class CompositeReader:
    """Reads one list or container, given the elements in it."""

    def __init__(self, name: str) -> None:
        self.kind = COMPOSITE[name]
        self.left_out = 0
        self._whole: dict[str, str] = {}
        self._open = [_Open({}, items=[] if name == "list" else None, place=(self._whole, ""))]
        self._ignored = 0
        self._room = MOST_JSON

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element (its name without prefix)."""
        within = self._open[-1]
        key, value = attributes.get("key"), attributes.get("value")
        if self._ignored:
            self._ignored += 1
        elif name == "values" and len(self._open) < MOST_OPEN:
            self._open.append(within)
        elif not key or (name not in COMPOSITE and (name not in ATOMIC or value is None)):
            self._ignored = 1
        else:
            text = "" if value is None or name in COMPOSITE else literal(name, value)
            path = within.prefix + key
            self._room -= len(path) + len(text) + 8
            if self._room < 0 or len(path) > MOST_KEY or len(self._open) == MOST_OPEN:
                self.left_out += 1
                self._ignored = 1
            else:
                self._begin(name, within, path, text)

    def _begin(self, name: str, within: _Open, path: str, text: str) -> None:
        members = within.members
        if within.items is not None:
            members = {}
            within.items.append(members)
        members[path] = text
        if name in ATOMIC:
            self._open.append(_Open(members, prefix=path + "/"))
        else:
            self._open.append(_Open({}, items=[] if name == "list" else None, place=(members, path)))

    def end(self) -> str | None:
        """Take the end of an element; the JSON text if it was that of the list or container itself."""
        if self._ignored:
            self._ignored -= 1
            return None
        closed = self._open.pop()
        if self._open and closed is self._open[-1]:  # <values>
            return None
        if closed.place is not None:
            members, key = closed.place
            items = closed.items
            members[key] = _object(closed.members) if items is None else f"[{','.join(map(_object, items))}]"
        return None if self._open else self._whole[""]


def literal(kind: str, text: str) -> str:
    """The JSON value that the text of an attribute stands for; a text where it is not of its declared type."""
    if not text or (kind == "float" and text in ("NaN", "nan")):
        return "null"
    if kind == "boolean" and text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    if kind in _NUMBER and _NUMBER[kind].fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _object(members: dict[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{text}" for key, text in members.items()) + "}"
