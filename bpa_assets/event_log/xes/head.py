"""What a XES log says about itself: its attributes, the defaults it declares, its classifiers.

All of it stands directly in `<log>`, mostly before the first trace. Add here what else a log may declare; what is made
of it is in `declared`.
"""

from dataclasses import dataclass, field
from pyexpat import ExpatError, ParserCreate
from typing import Final, NoReturn, cast

from bpa_assets.event_log.xes.columns import ATOMIC, COMPOSITE, MOST_LEVELS, SEPARATOR, Kind, Level
from bpa_assets.event_log.xes.composites import CompositeReader

# So much of it is kept; what is beyond is left out and counted. The real logs that we know have 80 attributes.
MOST_DECLARED: Final = 1_000
MOST_TEXT: Final = 1 << 20
MOST_KEYS: Final = 4096
_READ_BYTES: Final = 1 << 18
_SCOPES: Final[dict[str, Level]] = {"event": "event", "trace": "case"}


@dataclass(frozen=True)
class Classifier:
    """A way to name events (or traces) by the values of some attributes; `keys` as written."""

    name: str
    keys: str
    level: Level


@dataclass
class Head:
    """What a log declares.

    Its own attributes (not those nested in them) as text, the defaults of `<global>` by level and key with their types,
    its classifiers; `left_out`: how many there was no room for.
    """

    attributes: dict[str, str] = field(default_factory=dict)
    defaults: dict[tuple[Level, str], tuple[Kind, str]] = field(default_factory=dict)
    classifiers: list[Classifier] = field(default_factory=list)
    left_out: int = 0


class HeadReader:
    """Reads the elements of a log that are neither traces nor events, given their starts and ends in order."""

    def __init__(self) -> None:
        self.head = Head()
        self.depth = 0
        self._scope: Level | None = None
        self._keys: list[str] = []  # of the open attributes of a <global>; "" where what is in them does not matter
        self._composite: CompositeReader | None = None
        self._key = ""
        self._room = MOST_TEXT

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element (its name without prefix)."""
        self.depth += 1
        if self._composite is not None:
            self._composite.start(name, attributes)
        elif self.depth > 1:
            if self._scope is not None:  # many logs have thousands of attributes in their own ones
                self._keys.append(self._default(name, attributes))
        elif name == "global":
            self._scope = _SCOPES.get(attributes.get("scope", ""))
        elif name == "classifier":
            self._classifier(attributes)
        elif attributes.get("key"):
            self._attribute(name, attributes["key"], attributes.get("value"))

    def end(self) -> None:
        """Take the end of an element."""
        self.depth -= 1
        if self._composite is not None:
            text = self._composite.end()
            if text is not None:
                self.head.left_out += self._composite.left_out
                self._composite = None
                self._keep(self._key, text)
        elif not self.depth:
            self._scope = None
        elif self._scope is not None:
            self._keys.pop()

    def _attribute(self, name: str, key: str, value: str | None) -> None:
        if name in COMPOSITE:
            self._key, self._composite = key, CompositeReader(name)
        elif name in ATOMIC and value is not None:
            self._keep(key, value)

    def _keep(self, key: str, value: str) -> None:
        if self._has_room(len(self.head.attributes), key, value):
            self.head.attributes[key] = value

    def _default(self, name: str, attributes: dict[str, str]) -> str:
        """Note a declared default; the key that those nested in it continue."""
        key, value = attributes.get("key"), attributes.get("value")
        before = self._keys[-1] if self._keys else None
        if not key or value is None or name not in ATOMIC or before == "" or self._scope is None:
            return ""
        path = key if before is None else before + SEPARATOR + key
        if not self._has_room(len(self.head.defaults), path, value) or self.depth - 1 > MOST_LEVELS:
            return ""
        self.head.defaults[self._scope, path] = ATOMIC[name], value
        return path

    def _classifier(self, attributes: dict[str, str]) -> None:
        name, keys = attributes.get("name", ""), attributes.get("keys", "")
        level = _SCOPES.get(attributes.get("scope", "event"))
        if level and len(keys) > MOST_KEYS:
            self.head.left_out += 1
        elif level and keys.strip() and self._has_room(len(self.head.classifiers), name, keys):
            self.head.classifiers.append(Classifier(name, keys, level))

    def _has_room(self, many: int, *texts: str) -> bool:
        self._room -= sum(map(len, texts))
        has_room = many < MOST_DECLARED and self._room >= 0
        self.head.left_out += not has_room
        return has_room


class _BodyFoundError(Exception):
    """Ends the parse of the beginning of a log, at this byte."""

    def __init__(self, at: int) -> None:
        self.at = at


class _Beginning:
    """Parses the beginning of a log up to its first trace or event; ValueError where the fast reader must not go on."""

    def __init__(self, head: HeadReader) -> None:
        self._head, self._in_log = head, False
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._stop
        self._parser.XmlDeclHandler = self._declaration

    def parse(self, start: memoryview) -> None:
        """Parse the first bytes of a log; ends with _BodyFoundError where the first trace or event is in them."""
        for at in range(0, len(start), _READ_BYTES):
            self._parser.Parse(cast(bytes, start[at : at + _READ_BYTES]), False)

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        name = local(element) if ":" in element else element
        if not self._in_log:
            self._in_log = True
            if element != "log":
                self._stop()
        elif not self._head.depth and name in ("trace", "event"):
            raise _BodyFoundError(self._parser.CurrentByteIndex)
        else:
            self._head.start(name, attributes)

    def _end(self, _: str) -> None:
        if self._head.depth:
            self._head.end()

    def _stop(self, *_: object) -> NoReturn:
        raise ValueError

    def _declaration(self, _: str, encoding: str | None, __: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            self._stop()


def find_body(start: memoryview, head: HeadReader) -> int | None:
    """Where the first trace or loose event begins in the first bytes of a log; None where only expat can tell more.

    Everything before it is checked, and given to `head`; that the log is UTF-8, has no DTD and its root no prefix, is
    checked too.
    """
    try:
        _Beginning(head).parse(start)
    except _BodyFoundError as found:
        body = found.at
        # With a prefix, or in another encoding, told by its first bytes, there would be others here.
        return body if bytes(start[body : body + 6]) in (b"<trace", b"<event") else None
    except (ExpatError, ValueError, LookupError):
        return None
    return None


class LaterParts:
    """Elements of the log that come after its first trace, as bytes of whole elements, to a head."""

    def __init__(self, head: HeadReader) -> None:
        self._parser = ParserCreate()
        self._parser.Parse(b"<log>", False)
        self._parser.StartElementHandler = lambda name, attributes: head.start(local(name), attributes)
        self._parser.EndElementHandler = lambda _: head.end()

    def add(self, element: bytes) -> None:
        """Read an element that is known to be well-formed."""
        self._parser.Parse(element, False)


def local(element: str) -> str:
    """The name of an element without its prefix."""
    return element.rpartition(":")[2]
