"""Conditions as trees find them: conjunctions of limits of numbers and of sets of texts, over columns of numbers.

A conjunction is evaluated here on the columns that rules are learned from, and written in the language of conditions;
everything else about that language is in `condition.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.process_model.event_chunks import Integers
from bpa_assets.rule_set.conditions.tree import duration_literal
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.mining.round_numbers import number_text, roundest

MOST_NAMED = 10

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """A feature over some rows: codes of `texts` (−1: absent), or numbers (nan: absent; true is 1)."""

    feature: Feature
    values: Floats | Integers
    texts: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether `values` are codes."""
        return self.feature.kind == "text"

    @cached_property
    def absent(self) -> Flags:
        """Where there is no value."""
        return self.values < 0 if self.is_text else np.isnan(self.values)

    def take(self, rows: Integers | Flags) -> "Column":
        """Some of the rows."""
        return Column(self.feature, self.values[rows], self.texts)


def columns_of(table: pa.Table, features: Sequence[Feature]) -> list[Column]:
    """These features as columns to learn from; times are left out: a date of the past does not come again."""
    found = []
    for feature in features:
        if feature.kind == "time":
            continue
        values = table[feature.name]
        if feature.kind == "text":
            coded = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
            codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
            found.append(Column(feature, codes, tuple(coded.dictionary.to_pylist())))
        else:
            found.append(Column(feature, values.cast(pa.float64()).to_numpy(zero_copy_only=False)))
    return found


@dataclass(frozen=True)
class Limit:
    """A number above `low` (where `above`) or up to it, the data having no value between `low` and `high`.

    `or_absent`: also where there is no value.
    """

    column: int
    above: bool
    low: float
    high: float
    or_absent: bool = False

    def holds(self, columns: Sequence[Column]) -> Flags:
        """Where it is true."""
        column = columns[self.column]
        limit = self.limit(column.feature)
        found = column.values > limit if self.above else column.values <= limit
        return np.asarray(found | columns[self.column].absent if self.or_absent else found)

    def limit(self, feature: Feature) -> float:
        """The number it is written with, which rows that nothing was learned from may lie on either side of."""
        if feature.kind == "boolean" or self._is_lowest(feature):
            return self.low
        return roundest(self.low, self.high, duration=feature.kind == "duration")

    def _is_lowest(self, feature: Feature) -> bool:
        return not self.above and self.low == feature.low  # of a count 0 is clearer than up to 0

    def text(self, columns: Sequence[Column]) -> str:
        """In the language of conditions, with the roundest number of the gap."""
        feature = columns[self.column].feature
        name = written_name(feature.name)
        if feature.kind == "boolean":
            found = f"{name} = {'true' if self.above else 'false'}"
        else:
            limit, lowest = self.limit(feature), self._is_lowest(feature)
            written = duration_literal(limit) if feature.kind == "duration" else number_text(limit)
            found = f"{name} {'>' if self.above else '=' if lowest else '<='} {written}"
        return f"({found} or {name} is null)" if self.or_absent else found


@dataclass(frozen=True)
class Among:
    """A text that is one of some (codes), or with `none_of` known and none of them; `or_absent`: also where absent."""

    column: int
    codes: frozenset[int]
    or_absent: bool = False
    none_of: bool = False

    def holds(self, columns: Sequence[Column]) -> Flags:
        """Where it is true."""
        found = np.isin(columns[self.column].values, sorted(self.codes))
        if self.none_of:
            found = ~found & ~columns[self.column].absent
        return np.asarray(found | columns[self.column].absent if self.or_absent else found)

    def text(self, columns: Sequence[Column]) -> str:
        """In the language of conditions."""
        column = columns[self.column]
        name = written_name(column.feature.name)
        texts = sorted("'" + column.texts[code].replace("'", "''") + "'" for code in self.codes)
        if not texts:
            return f"{name} is null"
        if len(texts) == 1:
            found = f"{name} {'<>' if self.none_of else '='} {texts[0]}"
        else:
            found = f"{name} {'not in' if self.none_of else 'in'} ({', '.join(texts)})"
        return f"({found} or {name} is null)" if self.or_absent else found


Part = Limit | Among


@dataclass(frozen=True)
class Conjunction:
    """Parts that must all be true; none: always."""

    parts: tuple[Part, ...]

    def holds(self, columns: Sequence[Column]) -> Flags:
        """Where all parts are true."""
        found = np.ones(len(columns[0].values), np.bool_)
        for part in self.parts:
            found &= part.holds(columns)
        return found

    def text(self, columns: Sequence[Column]) -> str:
        """In the language of conditions, the parts in order of their names."""
        ordered = sorted(self.parts, key=lambda part: (columns[part.column].feature.name, not _is_lower(part)))
        return " and ".join(part.text(columns) for part in ordered) or "true"

    @property
    def is_readable(self) -> bool:
        """Whether no set of it names more texts than a person takes in."""
        return all(len(part.codes) <= MOST_NAMED for part in self.parts if isinstance(part, Among))

    def without(self, place: int) -> "Conjunction":
        """Without one of its parts."""
        return Conjunction(self.parts[:place] + self.parts[place + 1 :])

    def replaced(self, place: int, part: Part) -> "Conjunction":
        """With another part in the place of one."""
        return Conjunction((*self.parts[:place], part, *self.parts[place + 1 :]))


def _is_lower(part: Part) -> bool:
    return isinstance(part, Limit) and part.above


def conjunction(parts: Sequence[Part]) -> Conjunction:
    """The parts of a path through a tree as few: the closest of several limits, what several sets share."""
    limits: dict[tuple[int, bool], Limit] = {}
    sets: dict[int, Among] = {}
    for part in parts:
        if isinstance(part, Among):
            known = sets.get(part.column)
            sets[part.column] = part if known is None else Among(
                part.column, part.codes & known.codes, part.or_absent and known.or_absent
            )  # fmt: skip
        else:
            key = (part.column, part.above)
            other = limits.get(key)
            closer = other is None or (part.low > other.low if part.above else part.low < other.low)
            chosen = part if closer or other is None else other
            both = part.or_absent and (other is None or other.or_absent)
            limits[key] = Limit(chosen.column, chosen.above, chosen.low, chosen.high, both)
    return Conjunction((*limits.values(), *sets.values()))


def written_name(name: str) -> str:
    """A name in the language: in double quotes where it is not plain."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit() and name == name.lower()
    return name if plain and name not in _WORDS else '"' + name.replace('"', '""') + '"'


_WORDS = frozenset(("and", "or", "not", "in", "between", "is", "null", "true", "false", "date", "like"))
