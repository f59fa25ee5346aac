"""Texts that tools write where there is no value, such as `(null)`, `NA`, `?` and `#N/A`.

The less a text can be a value, the more of them are none: any where a time is expected, some where numbers are, and of
names only those that nobody has. In texts without such a meaning they stay: a region may be called NA.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from bpa_assets.event_log.column_groups import Rows, in_groups

if TYPE_CHECKING:
    import duckdb

Among = Literal["names", "numbers", "times"]
_NO_NAMES: Final = ("(null)", "<null>", "[null]", "\\n", "#n/a", "#nv", "#null!", "__invalid__", "?")
_ABSENT: Final[Mapping[Among, tuple[str, ...]]] = {
    "names": _NO_NAMES,
    "numbers": (*_NO_NAMES, "na", "n/a", "null"),
    "times": (*_NO_NAMES, "na", "n/a", "null", "n.a.", "nan", "nat", "none", "nil", "-", "--"),
}


def is_absent(text: str, among: Among) -> str:
    """SQL: whether a text (a column with a generated name, or an expression of such) stands for no value."""
    listed = ", ".join(f"'{one}'" for one in _ABSENT[among])  # our own words
    return f"lower(trim({text})) in ({listed})"


def absent_texts(rows: Rows, texts: Collection[int], among: Among) -> dict[int, str]:
    """The columns of text with a text that stands for no value, and one such text of each."""
    found: dict[int, str | None] = {}
    for part, group in in_groups(rows, texts):
        found |= zip(group, part.aggregate([_one_absent(index, among) for index in group]).fetchall()[0], strict=True)
    return {index: text for index, text in found.items() if text is not None}


def told_absent(file: str, names: Sequence[str], absent: Mapping[int, str]) -> Iterator[str]:
    """What a reader is told of them."""
    for index, text in sorted(absent.items()):
        yield f"{file}: '{text}' in '{names[index]}' is read as no value"


def _one_absent(index: int, among: Among) -> "duckdb.Expression":
    from duckdb import SQLExpression

    return SQLExpression(f"min(trim(c{index})) filter ({is_absent(f'c{index}', among)})")
