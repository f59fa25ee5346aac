"""Texts that stand in a XES log where tools write something because they must: no value, and no name of a process.

`<global>` needs a value for every attribute, so most declared defaults are such. Add a text here when a tool writes it;
contract: docs/contracts.md, "XES".
"""

import re
from math import isfinite
from typing import Final

# As `_bare`: lower case, without the signs around it.
_PLACEHOLDERS: Final = frozenset(
    (
        *("", "invalid", "unknown", "default", "undefined", "unspecified", "unassigned", "unset", "not set", "not_set"),
        *("not specified", "not available", "not applicable", "not defined", "no value", "none", "null", "nil", "nan"),
        *("n/a", "na", "n.a", "n.d", "nd", "nv", "empty", "missing", "blank", "void", "dummy", "placeholder", "tbd"),
        *("todo", "value", "name", "text", "string", "literal", "date", "timestamp", "int", "integer", "float"),
        *("double", "number", "boolean", "activity", "event", "case", "trace", "unbekannt", "keine angabe", "k.a"),
        *("onbekend", "inconnu", "desconocido", "desconhecido", "sconosciuto"),
    )
)
# What templates hold where a number has to be: 0 and −1 in any writing, the ends of the types.
_NUMBERS: Final = frozenset((0.0, -1.0, 2.0**31 - 1, -(2.0**31), 2.0**63 - 1, -(2.0**63)))
_NAMES: Final = frozenset(
    (
        *("log", "event log", "eventlog", "xes", "xes log", "xes event log", "process", "process log", "my log"),
        *("my process", "unnamed", "untitled", "noname", "no name", "unnamed log", "new log", "csv", "export", "data"),
        "dataset",
    )
)
_FILE: Final = re.compile(
    r"\\|://|^([~.]?/|file:|[a-z]:)|/[^ ]*/|\.(xes|mxml|xml|csv|tsv|txt|xlsx?|parquet|json|gz|zip)$", re.IGNORECASE
)
_TIME: Final = re.compile(r"\s*\d{4}-\d\d-\d\d([T ].*)?\s*", re.DOTALL)


def is_placeholder(key: str, kind: str, value: str) -> bool:
    """Whether the declared default of an attribute (its own key, without those above it) is none.

    Times and ids are never one: an epoch would be a lie, and an id belongs to one thing.
    """
    if kind in ("date", "id") or _TIME.fullmatch(value):
        return True
    bare = _bare(value)
    if bare in _PLACEHOLDERS or bare in (_bare(key), _bare(key.rpartition(":")[2])):
        return True
    return kind != "boolean" and _is_no_number(value, is_number=kind in ("int", "float"))


def names_a_process(text: str) -> bool:
    """Whether the `concept:name` of a log is a name for people: no placeholder, no file, one short line."""
    bare = _bare(text)
    is_word = any(letter.isalpha() for letter in text)
    return (
        is_word
        and len(text) <= 200
        and text.isprintable()
        and bare not in _PLACEHOLDERS | _NAMES
        and not _FILE.search(text.strip())
    )


def _is_no_number(value: str, *, is_number: bool) -> bool:
    try:
        number = float(value)
    except ValueError:
        return is_number
    return number in _NUMBERS or not isfinite(number)


def _bare(text: str) -> str:
    return text.strip().casefold().strip("_-.?*<>()[]{}#'\" ")
