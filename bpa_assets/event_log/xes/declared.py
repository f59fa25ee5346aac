"""What is made of what a XES log declares: defaults for attributes that events lack, classifiers as columns.

Add here what another declaration means for the columns; which texts are no value is in `placeholders`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bpa_assets.event_log.xes.columns import SEPARATOR, Kind, Level, column_name, read_texts, text_array
from bpa_assets.event_log.xes.head import Head
from bpa_assets.event_log.xes.placeholders import is_placeholder
from bpa_assets.event_log.xes.reader import XesColumn, XesFile

Value = str | int | float | bool
# Of one thing only, so no default of it can be true of all that lack one.
_IDENTITIES: Final = {("case", "concept:name"), ("event", "concept:instance")}
_WORDS: Final = re.compile(r"'([^']+)'(?!\S)|(\S+)")
_MOST_WORDS: Final = 10  # of a key with blanks that is not in quotes


@dataclass(frozen=True)
class Default:
    """A declared default that is a value: the column it is of (None: no element has one), and its text as declared."""

    name: str
    level: Level
    column: int | None
    kind: Kind
    text: str

    def value(self, stored: str) -> Value | None:
        """The default as a value of the column (`stored`: its DuckDB type); None if it is not of that type."""
        kinds: dict[str, Kind] = {"BIGINT": "int", "DOUBLE": "float", "BOOLEAN": "boolean"}
        if stored == "VARCHAR":
            return self.text
        read = read_texts(text_array([self.text]), kind=kinds[stored]) if stored in kinds else None
        value: Value | None = None if read is None else read[0].as_py()
        return value


def usable_defaults(file: XesFile) -> Iterator[Default]:
    """The declared defaults that are values: no placeholders, times, ids or names of cases."""
    columns = {(column.name, column.is_nested): at for at, column in enumerate(file.columns)}
    for (level, key), (kind, text) in file.head.defaults.items():
        own = key.rpartition(SEPARATOR)[2]
        if (level, key) in _IDENTITIES or is_placeholder(own, kind, text):
            continue
        name = column_name(level, key)
        column = columns.get((name, SEPARATOR in key))
        if column is not None and file.columns[column].type in ("date", "id", "list", "container"):
            continue
        if column is None and (level, key) == ("event", "concept:name"):
            continue  # an activity that no event has: the log names its events by another key
        yield Default(name, level, column, kind, text)


def filled_in(default: Default, *, rows: int) -> str:
    """Say that a default was filled in."""
    events = "1 event has" if rows == 1 else f"{rows:,} events have"
    get = "gets" if rows == 1 else "get"
    return f"{events} no '{default.name}' and {get} {_shown(default.text)}, the default that the log declares"


def not_of_type(default: Default) -> str:
    """Say that a default was not filled in, as it is no value of its column."""
    return f"the default {_shown(default.text)} that the log declares for '{default.name}' is no value of its type"


def _shown(text: str) -> str:
    return f"'{text if len(text) <= 60 else text[:59] + '…'}'"


def classifier_columns(head: Head, columns: tuple[XesColumn, ...]) -> Iterator[tuple[str, list[int], list[str]]]:
    """Of each classifier of events its name, the columns of its keys, and the keys that no event has."""
    known = {one.name: at for at, one in enumerate(columns) if one.level == "event" and not one.is_nested}
    for classifier in head.classifiers:
        if classifier.level == "event":
            keys = classifier_keys(classifier.keys, known)
            yield classifier.name, [known[key] for key in keys if key in known], [k for k in keys if k not in known]


def classifier_keys(text: str, known: Mapping[str, object]) -> list[str]:
    """The keys of a classifier, blanks between them; keys with blanks in quotes or, as tools write them, without.

    >>> classifier_keys("concept:name 'resource country' impact", {})
    ['concept:name', 'resource country', 'impact']
    """
    keys: list[str] = []
    words = _WORDS.findall(text)
    while words:
        quoted, word = words[0]
        longest = next((n for n in range(_MOST_WORDS, 1, -1) if _joined(words[:n]) in known), 1)
        keys.append(quoted or (_joined(words[:longest]) if longest > 1 else word))
        words = words[1 if quoted else longest :]
    return list(dict.fromkeys(keys))


def _joined(words: list[tuple[str, str]]) -> str:
    return " ".join(quoted or word for quoted, word in words)


def told(file: XesFile) -> Iterator[str]:
    """What a person should know of how nested attributes, lists and the bounds of the reader were dealt with."""
    nested = [column.name for column in file.columns if column.is_nested]
    if nested:
        yield f"attributes in attributes have columns of their own: {_names(nested)}"
    texts = [column.name for column in file.columns if column.type in ("list", "container")]
    if texts:
        yield f"lists and containers are kept as JSON text: {_names(texts)}"
    if file.left_out:
        what = "attribute or declaration is" if file.left_out == 1 else "attributes or declarations are"
        yield f"{file.left_out:,} {what} left out: nested too deep, too many or too long"


def _names(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
