"""An XML file as a tree of elements with their lines, read by expat: no entities, bounded in size and depth."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from pyexpat import ErrorString, ExpatError, ParserCreate, XMLParserType

from bpa_resources.errors import InputError

LARGEST_BYTES = 20_000_000
"""A BPMN file of a thousand nodes has 1 MB."""

_DEEPEST = 200
_APART = " "


@dataclass(frozen=True)
class Element:
    """An element: its local name, namespace, attributes without a namespace, line (1-based), children and text."""

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    children: list["Element"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly in it."""
        return "".join(self.texts)

    def all(self, *names: str) -> list["Element"]:
        """Its children of these names, in its own namespace."""
        return [child for child in self.children if child.name in names and child.namespace == self.namespace]

    def descendants(self) -> Iterator["Element"]:
        """All elements in it."""
        for child in self.children:
            yield child
            yield from child.descendants()


def read_elements(file: Path, *, name: str) -> Element:
    """The root of an XML file; `name` is what a sentence calls the file. Errors: InputError, one sentence."""
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{name}: it cannot be read ({error.strerror}); check its permissions") from error
    if len(data) > LARGEST_BYTES:
        raise InputError(f"{name}: it is larger than {LARGEST_BYTES // 1_000_000} MB; is it a BPMN file?")
    if not data.strip():
        raise InputError(f"{name}: it is empty; export the model as BPMN 2.0 again")
    return _Reader(name).read(data)


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[Element] = []
        self._root: Element | None = None
        self._parser: XMLParserType = ParserCreate(namespace_separator=_APART)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, data: bytes) -> Element:
        try:
            self._parser.Parse(data, True)
        except ExpatError as error:
            raise InputError(
                f"{self._name}: line {error.lineno} is not valid XML ({ErrorString(error.code)}); "
                "export the model as BPMN 2.0 again"
            ) from error
        except (ValueError, LookupError) as error:  # an encoding that Python does not know
            raise InputError(f"{self._name}: its encoding is not known; save it as UTF-8") from error
        if self._root is None:
            raise InputError(f"{self._name}: it is empty; export the model as BPMN 2.0 again")
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise InputError(f"{self._name}: it is nested too deep (line {self._parser.CurrentLineNumber})")
        namespace, _, local = name.rpartition(_APART)
        own = {key: value for key, value in attributes.items() if _APART not in key}
        element = Element(local, namespace, own, self._parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def _doctype(self, *_: object) -> None:
        raise InputError(
            f"{self._name}: it has a document type (line {self._parser.CurrentLineNumber}), which may define "
            "entities; no BPMN file needs one: remove it"
        )
