"""What one log may hold: bounds that no honest log meets, so that a broken or hostile one ends in a sentence.

Each is in docs/contracts.md. Add a bound here; where it is looked at is for who reads.
"""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bpa_resources.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

MOST_COLUMNS = 1_000
LONGEST_NAME = 1_000
LONGEST_VALUE = 16 << 20
"""Characters, or bytes where they are what is counted; a longer one is a quote that is never closed, or no value."""
LONGEST_ELEMENT = 2 * LONGEST_VALUE
"""Bytes between two ends of XML tags."""
MOST_TIMES = 200
"""How many times its packed size a log may have: real ones have 5 to 50 times."""
FREELY = 256 << 20
"""Bytes up to which a packed file may have any size unpacked."""
_SHARE_OF_FREE = 2
_SHOWN_NAMES = 40


def shown(text: str, *, most: int = 100) -> str:
    """The text as a message shows it: its beginning, if it is long."""
    return text if len(text) <= most else f"{text[:most]}…"


def shown_names(names: Sequence[str]) -> str:
    """The names of columns as a message shows them: the first of many."""
    listed = ", ".join(f"'{shown(name)}'" for name in names[:_SHOWN_NAMES])
    return f"{listed} and {len(names) - _SHOWN_NAMES:,} more" if len(names) > _SHOWN_NAMES else listed


def check_column_count(count: int, *, name: str) -> None:
    """Errors: InputError for more columns than a log may have."""
    if count > MOST_COLUMNS:
        raise InputError(
            f"{name} has {count:,} columns, and at most {MOST_COLUMNS:,} are read: "
            "leave out those that say nothing about the events, and run it again"
        )


def check_columns(names: Sequence[str], *, name: str) -> None:
    """Errors: InputError for too many columns, or for one with a name that is none."""
    check_column_count(len(names), name=name)
    place = next((place for place, one in enumerate(names, start=1) if len(one) > LONGEST_NAME), None)
    if place is not None:
        long = names[place - 1]
        raise InputError(
            f"column {place} of {name} has a name of {len(long):,} characters ('{shown(long, most=40)}'), and at most "
            f"{LONGEST_NAME:,} are read: shorten it, or look whether the line end after the header is missing"
        )


def too_long_value(length: int, *, column: str, name: str) -> InputError:
    """What is said of a value that is too long."""
    return InputError(
        f"{name} has a value of {length:,} bytes in column '{shown(column)}', and at most {LONGEST_VALUE:,} are read: "
        "shorten it, or leave the column out"
    )


def too_long_element(*, name: str) -> InputError:
    """What is said of XML that goes on without the end of a tag."""
    return InputError(
        f"{name} has a value, a comment or blanks of more than {LONGEST_VALUE:,} bytes: shorten it, or export it again"
    )


def check_values(batch: "pa.RecordBatch", columns: Sequence[str], *, name: str) -> None:
    """Errors: InputError for a value that is too long, in the columns c0, c1, … of these names."""
    if batch.nbytes <= LONGEST_VALUE:
        return
    import pyarrow as pa
    import pyarrow.compute as pc

    for index, column in enumerate(columns):
        values = batch.column(f"c{index}")
        texts = values.dictionary if pa.types.is_dictionary(values.type) else values
        if pa.types.is_string(texts.type) and texts.nbytes > LONGEST_VALUE:
            length = pc.max(pc.binary_length(texts)).as_py() or 0
            if length > LONGEST_VALUE:
                raise too_long_value(length, column=column, name=name)


def check_ratio(plain: int, packed: int, *, name: str) -> None:
    """Errors: InputError if so many bytes have come out of so few that the file is made to fill disks."""
    if plain > max(FREELY, MOST_TIMES * packed):
        raise InputError(
            f"{name} unpacks to more than {MOST_TIMES} times its size, as no log does: look what is in it; "
            "if it is a log, unpack it and give the plain file"
        )


def room_for_copy(folder: Path) -> int:
    """How many bytes a plain copy in a folder may have: half of what is free, as what is made of it needs as much."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free // _SHARE_OF_FREE


def bounded(blocks: Iterable[bytes], *, room: int, name: str) -> Iterable[bytes]:
    """The blocks as long as there is room for them. Errors: InputError."""
    written = 0
    for block in blocks:
        written += len(block)
        if written > room:
            raise InputError(
                f"{name} unpacks to more than {room >> 20:,} MB, half of what is free on the disk of the home: "
                "make room, or name a home on a larger disk with --home"
            )
        yield block
