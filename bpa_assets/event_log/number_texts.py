"""Numbers as people write them: decimal commas and separators of thousands, settled by the whole column.

`1.234,56` can be read in one way only, `1,234` in two: then the column stays text, unless `source.decimal` says which.
Add a style here; what counts as a number without separators is in `attributes.fits`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from bpa_assets.event_log.absent_texts import is_absent
from bpa_assets.event_log.attributes import AttributeType, fits
from bpa_assets.event_log.column_groups import Rows, in_groups

NumberStyle = Literal["decimal commas", "commas between thousands"]
_PATTERNS: dict[NumberStyle, str] = {
    "decimal commas": r"-?(0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(\.[0-9]{3}){1,4})(,[0-9]{1,17})?",
    "commas between thousands": r"-?(0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(,[0-9]{3}){1,4})(\.[0-9]{1,17})?",
}
_COLUMN = "$column"
_TEXT: AttributeType = "VARCHAR"
DECIMAL_SIGN: dict[NumberStyle, str] = {"decimal commas": ",", "commas between thousands": "."}
_OF_DECIMAL: dict[str, NumberStyle] = {sign: style for style, sign in DECIMAL_SIGN.items()}


@dataclass(frozen=True)
class NumberTexts:
    """The columns of numbers with separators, by index: how they are written; and those that leave a doubt."""

    styles: Mapping[int, NumberStyle]
    types: Mapping[int, AttributeType]
    doubtful: tuple[int, ...]


def number(column: str, style: NumberStyle | None) -> str:
    """SQL: the text of a column (a generated name) as SQL writes the number; null where it is not of the style."""
    if style is None:
        return column
    plain = f"replace({column}, ',', '')"
    if style == "decimal commas":
        plain = f"replace(replace({column}, '.', ''), ',', '.')"
    return f"case when {_is(style, column)} then {plain} end"


def number_texts(rows: Rows, texts: Collection[int], plain: Collection[int], *, decimal: str | None) -> NumberTexts:
    """How the numbers in columns of text are written. `plain`: columns that are numbers as they stand.

    `decimal`: the sign that the user says stands before fractions.
    """
    told = _OF_DECIMAL.get(decimal or "")
    has_comma = f"bool_or(contains({_COLUMN}, ','))"  # without one, `12.345.678` is a code as likely as a number
    fitting = {style: _columns(rows, texts, f"bool_and({_may_be(style)}) and {has_comma}") for style in _PATTERNS}
    possible = {index: [style for style in _PATTERNS if index in fitting[style]] for index in texts}
    styles: dict[int, NumberStyle] = {index: found[0] for index, found in possible.items() if len(found) == 1}
    doubtful = [index for index, found in possible.items() if len(found) > 1]
    if "decimal commas" in (told, *styles.values()):
        # `1.234` beside decimal commas: a thousand as likely as a number with three decimals.
        doubtful += _columns(
            rows, plain, f"bool_and({_may_be('decimal commas')}) and bool_or(contains({_COLUMN}, '.'))"
        )
    if told:
        styles |= dict.fromkeys(doubtful, told)
        doubtful = []
    return NumberTexts(styles, _types(rows, styles), tuple(doubtful))


def fitting_types(rows: Rows, styles: Mapping[int, NumberStyle]) -> dict[int, AttributeType]:
    """The types of such columns by all of these rows: text where one of the values is not of the style."""
    kept = {index: style for index, style in styles.items() if _columns(rows, [index], f"bool_and({_may_be(style)})")}
    return dict.fromkeys(styles, _TEXT) | _types(rows, kept)


def _types(rows: Rows, styles: Mapping[int, NumberStyle]) -> dict[int, AttributeType]:
    """Whole numbers, or any."""
    whole: dict[int, AttributeType] = {}
    for index, style in styles.items():
        is_whole = _columns(rows, [index], f"bool_and({fits(number(_COLUMN, style), 'BIGINT')})")
        whole[index] = "BIGINT" if is_whole else "DOUBLE"
    return whole


def _is(style: NumberStyle, column: str = _COLUMN) -> str:
    return f"regexp_full_match({column}, '{_PATTERNS[style]}')"


def _may_be(style: NumberStyle) -> str:
    """A number of the style, or a text that stands for none."""
    return f"({_is(style)} or {is_absent(_COLUMN, 'numbers')})"


def _columns(rows: Rows, indexes: Collection[int], condition: str) -> list[int]:
    """The columns for which an aggregate holds."""
    from duckdb import SQLExpression

    held: list[int] = []
    for part, group in in_groups(rows, indexes):
        asked = [SQLExpression(f"coalesce({condition.replace(_COLUMN, f'c{index}')}, false)") for index in group]
        held += [index for index, holds in zip(group, part.aggregate(asked).fetchall()[0], strict=True) if holds]
    return held
