"""XES documents as no tool would write them, though the standard allows them, and what a reader has to make of them.

The expectation is computed from what was drawn, with no code of the readers: values come from a list that says what
each text means. Add here what else may legally stand in a log.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

BAD = object()  # not a value of the declared type: the column stays text


def _time(*parts: int, minutes_east: int = 0, microsecond: int = 0) -> int:
    moment = datetime(*parts, microsecond=microsecond, tzinfo=UTC) - timedelta(minutes=minutes_east)  # type: ignore[misc]
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


VALUES: dict[str, list[tuple[str, Any]]] = {
    "int": [("5", 5), ("+7", 7), ("007", 7), ("-0", 0), ("-12", -12), ("9223372036854775807", 2**63 - 1), ("", None)],
    "float": [
        ("1.5", 1.5), ("+2", 2.0), ("-.5", -0.5), ("3.", 3.0), ("1e3", 1000.0), ("1E-2", 0.01), ("0.1", 0.1),
        ("0.30000000000000004", 0.30000000000000004), ("INF", float("inf")), ("-INF", -float("inf")), ("NaN", None),
        ("nan", None), ("1e999", float("inf")), ("", None),
    ],
    "boolean": [
        ("true", True), ("false", False), ("True", True), ("FALSE", False), ("1", True), ("0", False), ("", None),
    ],
    "date": [
        ("2020-02-29T23:59:59Z", _time(2020, 2, 29, 23, 59, 59)),
        ("2020-02-29T23:59:59.5+02:00", _time(2020, 2, 29, 23, 59, 59, microsecond=500_000, minutes_east=120)),
        ("2020-01-01 00:00:00.123456789-0530", _time(2020, 1, 1, microsecond=123_456, minutes_east=-330)),
        ("1969-12-31T23:59:59.999+00:00", _time(1969, 12, 31, 23, 59, 59, microsecond=999_000)),
        ("2000-02-29T12:00+01", _time(2000, 2, 29, 12, minutes_east=60)),
        ("0001-01-02T00:00:00,25Z", _time(1, 1, 2, microsecond=250_000)),
        ("9999-12-31T00:00:00Z", _time(9999, 12, 31)),
        ("", None),
    ],
}  # fmt: skip
BAD_VALUES = {
    "int": ["5.0", " 5", "5 ", "9223372036854775808", "0x1F", "1_000", "five", "٣"],
    "float": ["1,5", "0x1p3", "1e", "e5", "inf", "infinity", "1_0.0", ".", "- 1", "１"],
    "boolean": ["yes", "2", " true", "t"],
    "date": [
        "2020-02-29T23:59:59", "2021-02-29T00:00:00Z", "2020-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "soon",
        "2020-13-01T00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T00:60:00Z", "2020-01-01T00:00:60Z", "2020-01-01",
        "2020-01-01T00:00:00.Z", "0000-01-01T00:00:00Z", "2020-01-01T00:00:00+24:00", "2020-01-01T00:00:00+1:00",
        "2020-01-01T00:00:00ZZ", "2020-01-01T00:00Z ", "2020-04-31T00:00Z", "2020-01-01T00:00:+01:00",
        "2020-1-01T00:00:00Z", "2020-01-01t00:00:00Z",
    ],
}  # fmt: skip

_ALPHABET = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="￾￿") | st.sampled_from(
    list("&<>\"';é€😀 x\u200b\x7f]\x85")
)
TEXTS = st.text(_ALPHABET, max_size=24) | st.sampled_from(["", "a", "b", "COMPLETE", "</trace>", "-->", "]]>", "&amp;"])
KEYS = st.sampled_from(
    ["k", "concept:name", "time:timestamp", "k&<>\"'", "ключ", "key", "value", "longer than eight", "k/key"]
)
KINDS = ["string", "id", "date", "int", "float", "boolean"]


@dataclass
class Attribute:
    """An attribute, its text, what the text means, and the attributes in it; of a list its items."""

    kind: str
    key: str
    text: str
    meaning: Any
    inside: "list[Attribute]" = field(default_factory=list)


@dataclass
class Event:
    """An event."""

    attributes: list[Attribute]


@dataclass
class Trace:
    """A trace, its attributes and events in any order."""

    items: list[Attribute | Event]


@dataclass
class Global:
    """The defaults that a log declares for its events or its traces."""

    scope: str
    attributes: list[Attribute]


@dataclass
class ClassifierOf:
    """A classifier; a scope of None is not written."""

    name: str
    keys: str
    scope: str | None


Item = Trace | Event | Attribute | Global | ClassifierOf


@dataclass
class Expected:
    """Columns as (name, level, type, Arrow type of the file), the rows, and what the log declares beside them."""

    columns: list[tuple[str, str, str, str]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    nested: list[bool] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    defaults: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    classifiers: list[tuple[str, str, str]] = field(default_factory=list)


@st.composite
def attributes(draw: st.DrawFn, *, composites: bool, level: int = 0) -> Attribute:
    # Mostly the same type for a key, so that columns come out typed, too.
    key = draw(KEYS)
    kind = draw(st.sampled_from(KINDS)) if draw(st.integers(0, 9)) == 0 else KINDS[len(key) % len(KINDS)]
    few = st.lists(attributes(composites=composites, level=level + 1), max_size=3)
    inside = draw(few) if level < 3 and draw(st.integers(0, 5)) == 0 else []
    if composites and draw(st.integers(0, 9)) == 0:
        made = Attribute(draw(st.sampled_from(["list", "container"])), key, "", "", inside)
        made.text = made.meaning = as_json(made)
        return made
    if kind in ("string", "id"):
        text = draw(TEXTS)
        return Attribute(kind, key, text, text or None, inside)
    if draw(st.integers(0, 19)) == 0:
        return Attribute(kind, key, draw(st.sampled_from(BAD_VALUES[kind])), BAD, inside)
    text, meaning = draw(st.sampled_from(VALUES[kind]))
    return Attribute(kind, key, text, meaning, inside)


def as_json(made: Attribute) -> str:
    """The JSON of a list or container."""
    objects: list[dict[str, str]] = []
    for item in made.inside:
        if made.kind == "list" or not objects:
            objects.append({})
        _add_json(objects[-1], item, "")
    texts = ["{" + ",".join(f"{_quoted(key)}:{text}" for key, text in one.items()) + "}" for one in objects]
    return f"[{','.join(texts)}]" if made.kind == "list" else (texts or ["{}"])[0]


def _add_json(members: dict[str, str], item: Attribute, above: str) -> None:
    if item.kind in ("list", "container"):
        members[above + item.key] = item.text
        return
    members[above + item.key] = _json_value(item)
    for nested in item.inside:
        _add_json(members, nested, above + item.key + "/")


def _json_value(item: Attribute) -> str:
    if item.meaning is None:
        return "null"
    if item.kind == "boolean" and item.meaning is not BAD:
        return "true" if item.meaning else "false"
    if item.kind in ("int", "float"):
        try:
            number = json.loads(item.text, parse_constant=str)
        except ValueError:
            number = None
        if isinstance(number, int if item.kind == "int" else int | float) and item.text == item.text.strip():
            return item.text
    return _quoted(item.text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def logs(*, composites: bool) -> st.SearchStrategy[list[Item]]:
    """Logs whose attributes may be lists and containers, or not."""
    of_some = attributes(composites=composites)
    events = st.builds(Event, st.lists(of_some, max_size=6))
    traces = st.builds(Trace, st.lists(events | of_some, max_size=8))
    globals_ = st.builds(Global, st.sampled_from(["event", "trace", "other"]), st.lists(of_some, max_size=3))
    scopes = st.sampled_from([None, "event", "trace", "log"])
    classifiers = st.builds(ClassifierOf, TEXTS, st.sampled_from(["concept:name", "a 'b c'", " "]), scopes)
    # Those of the log itself may be lists for either reader.
    of_log = attributes(composites=True)
    return st.lists(traces | traces | events | of_log | globals_ | classifiers, max_size=8)


Cells = dict[tuple[str, str], Attribute]


@dataclass
class _Occurrences:
    """The columns in order of their first appearance, by level and key, and the attributes in each."""

    of: dict[tuple[str, str], list[Attribute]] = field(default_factory=dict)

    def cells(self, level: str, some: Iterable[Attribute], above: str = "") -> Cells:
        """Note attributes and those in them; the last of each column."""
        cells: Cells = {}
        for attribute in some:
            column = (level, above + attribute.key)
            self.of.setdefault(column, []).append(attribute)
            cells[column] = attribute
            if attribute.kind not in ("list", "container"):
                cells |= self.cells(level, attribute.inside, column[1] + "\0")
        return cells

    def rows(self, trace: Trace) -> list[Cells]:
        """The events of a trace."""
        of_trace: Cells = {}
        of_events = []
        for part in trace.items:
            if isinstance(part, Event):
                of_events.append(self.cells("event", part.attributes))
            else:
                of_trace |= self.cells("case", [part])
        return [{**of_trace, **of_event} for of_event in of_events]


_ARROW = {"int": "int64", "float": "double", "boolean": "bool", "date": "timestamp[us]"}


def expected(log: list[Item]) -> Expected:
    """Say what a reader has to make of the log."""
    occurrences = _Occurrences()
    rows: list[Cells] = []
    result = Expected()
    for item in log:
        if isinstance(item, Event):
            rows.append(occurrences.cells("event", item.attributes))
        elif isinstance(item, Trace):
            rows += occurrences.rows(item)
        else:
            _declare(result, item)
    typed = {}
    for (level, key), found in occurrences.of.items():
        kinds = {attribute.kind for attribute in found}
        kind = kinds.pop() if len(kinds) == 1 else "string"
        typed[level, key] = kind in _ARROW and all(attribute.meaning is not BAD for attribute in found)
        name = ("case:" if level == "case" else "") + key.replace("\0", "/")
        result.columns.append((name, level, kind, _ARROW[kind] if typed[level, key] else "string"))
        result.nested.append("\0" in key)
    result.rows = [[_value(cells.get(column), typed[column]) for column in occurrences.of] for cells in rows]
    return result


def _value(attribute: Attribute | None, typed: bool) -> Any:
    if attribute is None:
        return None
    return attribute.meaning if typed else attribute.text or None


def _declare(result: Expected, item: Attribute | Global | ClassifierOf) -> None:
    """What the log says of itself by this item."""
    levels = {"event": "event", "trace": "case"}
    if isinstance(item, Attribute):
        result.attributes[item.key] = item.text
    elif isinstance(item, ClassifierOf):
        level = levels.get(item.scope or "event")
        if level and item.keys.strip():
            result.classifiers.append((item.name, item.keys, level))
    elif item.scope in levels:
        for attribute in item.attributes:
            _default(result, levels[item.scope], attribute, "")


def _default(result: Expected, level: str, attribute: Attribute, above: str) -> None:
    if attribute.kind in ("list", "container"):
        return
    result.defaults[level, above + attribute.key] = (attribute.kind, attribute.text)
    for nested in attribute.inside:
        _default(result, level, nested, above + attribute.key + "\0")


class Writer:
    """Writes a log in a style drawn from `random`; `wild` also in ways that only expat reads."""

    def __init__(self, random: Random, *, wild: bool) -> None:
        self.random, self.wild = random, wild

    def log(self, log: list[Item]) -> bytes:
        one = self.random.choice
        head = one(
            ["", "\ufeff", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\r\n"]
        )
        self.prefix = one(["", "", "x:"]) if self.wild else ""
        parts = [head, one(["", "<!-- a & b < c -->\n"]), f'<{self.prefix}log xes.version="1.0" xmlns:x="urn:x">']
        parts += [self.junk(depth=0) for _ in range(self.random.randrange(4))]
        for item in log:
            parts += [self.item(item), self.between()]
            if self.random.random() < 0.1:
                parts.append(self.junk(depth=0))
        parts += [f"</{self.prefix}log{one(['', ' '])}>", one(["", "\n", "<!-- the end -->\n\n"])]
        return "".join(parts).encode()

    def item(self, item: Item) -> str:
        if isinstance(item, Event):
            return self.event(item)
        if isinstance(item, Trace):
            return self.trace(item)
        if isinstance(item, Attribute):
            return self.attribute(item)
        if isinstance(item, Global):
            inside = [self.attribute(attribute) for attribute in item.attributes]
            return self.element("global", [("scope", self.quoted(item.scope))], inside)
        pairs = [("name", item.name), ("keys", item.keys), *([("scope", item.scope)] if item.scope else [])]
        return self.element("classifier", [(name, self.quoted(text)) for name, text in pairs], [])

    def trace(self, trace: Trace) -> str:
        inside = [self.event(item) if isinstance(item, Event) else self.attribute(item) for item in trace.items]
        return self.element("trace", self.extras(), inside)

    def event(self, event: Event) -> str:
        return self.element("event", self.extras(), [self.attribute(attribute) for attribute in event.attributes])

    def attribute(self, attribute: Attribute) -> str:
        is_composite = attribute.kind in ("list", "container")
        value = [] if is_composite else [("value", self.quoted(attribute.text))]
        pairs = [("key", self.quoted(attribute.key)), *value, *self.extras()]
        if self.random.random() < 0.3:
            self.random.shuffle(pairs)
        inside = [self.attribute(nested) for nested in attribute.inside]
        if self.random.random() < 0.15:
            inside.insert(self.random.randrange(len(inside) + 1), self.junk(depth=1))
        if is_composite and inside and self.random.random() < 0.7:
            inside = [self.element("values", [], inside)]
        return self.element(attribute.kind, pairs, inside)

    def element(self, name: str, pairs: list[tuple[str, str]], inside: list[str]) -> str:
        tag = self.prefix + name + "".join(self.space(1) + key + self.equals() + value for key, value in pairs)
        if not inside and self.random.random() < 0.7:
            return f"<{tag}{self.space(0)}/>"
        content = "".join(self.between() + part for part in inside)
        return f"<{tag}{self.space(0)}>{content}{self.between()}</{self.prefix}{name}{self.space(0)}>"

    def junk(self, depth: int) -> str:
        """Return what a log may have beside what is read of it."""
        pairs = [("key", self.quoted("k")), ("value", self.quoted("not & to be read"))]
        name = self.random.choice(["string", "list", "container", "global", "extension", "trace", "odd-1"])
        if depth < 2 and name in ("list", "container", "trace"):
            pairs = pairs[1:]
        elif depth < 2 and name == "string":
            del pairs[self.random.randrange(2)]
        if depth == 0 and name in ("trace", "global"):
            name = "extension"
        inside = [self.junk(2) for _ in range(self.random.randrange(3 - depth))] if depth < 3 else []
        return self.element(name, pairs[: self.random.randrange(len(pairs) + 1)], inside)

    def extras(self) -> list[tuple[str, str]]:
        names = ["type", "Key", "values", "_a-b.c"] + (["xml:lang", "x:y"] if self.wild else [])
        return [(n, self.quoted("<&é")) for n in self.random.sample(names, self.random.choice([0, 0, 0, 1, 2]))]

    def quoted(self, text: str) -> str:
        quote = self.random.choice('"""\'')
        return quote + "".join(self.character(c, quote) for c in text) + quote

    def character(self, c: str, quote: str) -> str:
        names = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
        number = self.random.choice([f"&#{ord(c)};", f"&#x{ord(c):x};", f"&#x{ord(c):06X};"])
        if c in "&<" or c == quote:
            return self.random.choice([names[c], names[c], number])
        if c == " " and self.random.random() < 0.2:
            return self.random.choice(["\n", "\t", "\r\n", "&#32;"])
        return number if self.random.random() < 0.05 else names[c] if c in names and self.random.random() < 0.3 else c

    def equals(self) -> str:
        return self.random.choice(["=", "=", "=", " = ", "\n="])

    def space(self, least: int) -> str:
        return self.random.choice([" " * least] * 6 + [" ", "\n\t", "\r\n  "])

    def between(self) -> str:
        choices = ["", "\n\t", "\n\t", "\n\t", "\r\n", " ", "<!-- <event> &amp; - -->"]
        if self.wild:
            choices += ["text", "<![CDATA[<event/>]]>", "<?pi <event/>?>", "<!-- é -->", "&amp;"]
        return self.random.choice(choices)


@st.composite
def documents(draw: st.DrawFn, *, wild: bool) -> tuple[bytes, Expected]:
    """Draw a document with at least one event, and what it means."""
    log = draw(logs(composites=wild))
    events = st.builds(Event, st.lists(attributes(composites=wild), max_size=6))
    log.append(draw(st.builds(Trace, st.lists(events, min_size=1, max_size=3))))
    seed = draw(st.integers(0, 2**32))
    return Writer(Random(seed), wild=wild).log(log), expected(log)
