"""The attributes of a log: their names as columns, and their types by content.

A type is inferred only if every value of the column, over all files, fits it exactly: `007` stays text.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from bpa_resources.tables.event_log import EVENT_LOG

AttributeType = Literal["BIGINT", "DOUBLE", "BOOLEAN", "TIMESTAMP", "VARCHAR"]

# The fixed columns, what the published views put beside them, and what DuckDB calls the place of a row in files.
RESERVED = {*EVENT_LOG.column_names, "process", "run_id", "attributes", "suspend_times", "resume_times"}
RESERVED |= {"file_row_number", "file_index"}


def column_names(source_names: Sequence[str]) -> list[str]:
    """Source names as lower snake_case column names, each once, none a fixed column's.

    One that collides, whatever the case, with a fixed column or an earlier attribute gets the prefix `attr_` and, if
    needed, a number.
    """
    taken = set(RESERVED)
    names = []
    for position, source_name in enumerate(source_names, start=1):
        name = snake_case(source_name) or f"column_{position}"
        if name in taken or name[0].isdigit():
            name = f"attr_{name}"
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name}_{number}", number + 1
        taken.add(unique)
        names.append(unique)
    return names


def carried(name: str) -> str:
    """The name of an attribute among the columns of a bucket: no role and no column of a source is called so."""
    return f"attribute:{name}"


def names_in_files(files: Sequence[Sequence[str]]) -> list[list[str]]:
    """Column names for the attributes of several files, given by their source names.

    Files share a column when their names differ in nothing but case, blanks and signs; other letters are another
    attribute, even where `column_names` would write both alike.
    """
    keys = [_keys(names) for names in files]
    source_names = {
        key: name for some, names in zip(keys, files, strict=True) for key, name in zip(some, names, strict=True)
    }
    chosen = dict(zip(source_names, column_names(list(source_names.values())), strict=True))
    return [[chosen[key] for key in some] for some in keys]


def _keys(names: Sequence[str]) -> list[tuple[str, int]]:
    """What each name of a file is known by in other files: its letters and digits, and which of such it is."""
    seen: Counter[str] = Counter()
    keys = []
    for name in names:
        letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold()) or name
        keys.append((letters, seen[letters]))
        seen[letters] += 1
    return keys


def snake_case(name: str) -> str:
    """`Order Value`, `orderValue` and `case:Order-Value` in lower snake_case; letters without accents; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", plain)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:63].strip("_")


def fits(column: str, attribute_type: AttributeType) -> str:
    """SQL condition over a text column (a generated name): its value is exactly of this type."""
    conditions: dict[AttributeType, str] = {
        "BIGINT": f"try_cast({column} as bigint)::varchar = {column}",
        "DOUBLE": f"regexp_full_match({column}, '-?(0|[1-9][0-9]{{0,14}})(\\.[0-9]{{1,17}})?([eE][-+]?[0-9]{{1,2}})?')",
        "BOOLEAN": f"lower({column}) in ('true', 'false')",
        "TIMESTAMP": f"regexp_full_match({column}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T].*)?')"
        # What is no time to the reader of times, or could be pushed out of Python's reach by a zone, stays text.
        f" and try_cast({column} as timestamptz) between '1000-01-02'::timestamptz and '9999-12-30'::timestamptz",
        "VARCHAR": "true",
    }
    return conditions[attribute_type]


def common_type(types: Iterable[str]) -> AttributeType:
    """The type that holds the values of a column that several files have."""
    found = set(types)
    if len(found) == 1:
        (only,) = found
        return next((known for known in get_args(AttributeType) if known == only), "VARCHAR")
    return "DOUBLE" if found == {"BIGINT", "DOUBLE"} else "VARCHAR"
