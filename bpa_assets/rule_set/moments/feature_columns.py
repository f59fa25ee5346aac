"""The features of cases at moments, as columns: what is known of a case after a row, from rows up to that row only.

Add a computed feature here, and its line to docs/contracts.md, "feature". Nothing here may look at a later row of the
case: `tests/rule_set/test_feature_columns.py` changes the later rows and wants the same features.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from bpa_assets.event_log.waits import greatest_end, waiting
from bpa_assets.event_log.zones import utc_to_local
from bpa_assets.opening_hours import WEEKDAYS
from bpa_assets.process_model.event_chunks import EventChunk, Integers, Names
from bpa_assets.rule_set.feature import Feature

STRUCTURE = (
    *("case_code", "case_id", "case_index", "at", "passage", "event_index", "moment_time", "later", "chosen"),
    *("sla_breach", "bad_outcome", "rework"),
)
"""Columns of the table `moment` that are no features; an attribute of such a name gets the prefix `attr_`."""

MOST_COUNTED = 30
MOST_VALUES = 50
_DAY = 86_400_000_000
_HOUR = 3_600_000_000
_THURSDAY = 3
_KINDS = {
    **dict.fromkeys(("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "HUGEINT", "DOUBLE", "FLOAT"), "number"),
    **dict.fromkeys(("TIMESTAMP", "DATE"), "time"),
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
}

_COMPUTED = {
    "elapsed": ("duration", "time since the case began"),
    "waiting_so_far": ("duration", "time the case has waited so far"),
    "processing_so_far": ("duration", "time the case has been worked on so far"),
    "events_so_far": ("number", "rows of the case so far"),
    "rework_so_far": ("number", "rows so far that repeat an activity of the case"),
    "handovers_so_far": ("number", "times the case has passed from one resource to another so far"),
    "last_activity": ("text", "what was done last"),
    "last_resource": ("text", "who did what was done last"),
    "last_role": ("text", "the role of who did what was done last"),
    "weekday": ("text", "the day of the week"),
    "hour": ("number", "the hour of the day, 0 to 23"),
    "open_cases": ("number", "cases begun and not ended at that moment"),
    "cost_so_far": ("number", "what the case has cost so far"),
}


@dataclass(frozen=True)
class Attribute:
    """An attribute of the log: its column, the name of its feature, its kind."""

    column: str
    name: str
    kind: str


def attributes_of(event_attribute: pa.Table) -> list[Attribute]:
    """The attributes that conditions can name; lists and maps are none. `event_attribute`: the table of the lake."""
    found = []
    columns = set(event_attribute["column_name"].to_pylist())
    for row in event_attribute.to_pylist():
        kind = "number" if row["type"].startswith("DECIMAL") else _KINDS.get(row["type"])
        if kind is not None:
            column = name = row["column_name"]
            while name in STRUCTURE or (name != column and name in columns):
                name = f"attr_{name}"
            found.append(Attribute(column, name, kind))
    return found


@dataclass
class Load:
    """How many cases are open at a moment, from when they began and ended (µs; one that is open never ends)."""

    started: Integers
    ended: Integers

    @classmethod
    def of(cls, started: Integers, ended: Integers, is_open: npt.NDArray[np.bool_]) -> "Load":
        """From the columns of the table `cases`."""
        return cls(np.sort(started), np.sort(ended[~is_open]))

    def at(self, moments: Integers) -> Integers:
        """Cases that began by then, and had not ended before."""
        begun = np.searchsorted(self.started, moments, side="right")
        return np.asarray(begun - np.searchsorted(self.ended, moments, side="left"))


@dataclass
class FeatureColumns:
    """Collects the features of moments, chunk by chunk.

    `counted`: the activities (codes) that are counted, and their names; `zone`: whose clock weekday and hour are of.
    """

    attributes: Sequence[Attribute]
    counted: Mapping[int, str]
    load: Load
    zone: str
    _parts: dict[str, list[Any]] = field(default_factory=dict)
    _texts: dict[str, Names] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[list[str], list[str]]:
        """The columns of the log to be read besides the base: plain ones, and texts."""
        plain = ["cost", *(one.column for one in self.attributes if one.kind != "text")]
        return plain, ["resource", "role", *(one.column for one in self.attributes if one.kind == "text")]

    def add(self, chunk: EventChunk, rows: Integers) -> Integers:
        """Add the features after these rows of a chunk; returns the time of each moment (µs UTC)."""
        first = np.repeat(chunk.first, chunk.lengths)
        moment = greatest_end(chunk.case, chunk.end)[rows]
        filled = _Filled.of(chunk.row_group.column("imputed"))
        for name, values in self._computed(chunk, first, rows, moment, filled):
            self._parts.setdefault(name, []).append(values)
        for one in self.attributes:
            if one.kind == "text":
                values = _last_known(self._codes(chunk, one.column, one.name, filled), first)[rows]
            else:
                numbers = _numbers(chunk.columns[one.column], one.kind)
                numbers[filled.rows(one.column)] = np.nan
                values = _last_number(numbers, first)[rows]
            self._parts.setdefault(f"attribute {one.name}", []).append(values)
        return moment

    def _codes(self, chunk: EventChunk, column: str, name: str, filled: "_Filled") -> Integers:
        codes = chunk.codes(column, self._texts.setdefault(name, Names()))
        codes[filled.rows(column)] = -1
        return codes

    def _computed(
        self, chunk: EventChunk, first: Integers, rows: Integers, moment: Integers, filled: "_Filled"
    ) -> Iterable[tuple[str, Any]]:
        begin = first[rows]
        elapsed = moment - chunk.start[begin]
        waited = _since(np.cumsum(waiting(chunk.case, chunk.start, chunk.end)), rows, begin)
        yield "elapsed", elapsed / 1e6
        yield "waiting_so_far", waited / 1e6
        yield "processing_so_far", (elapsed - waited) / 1e6
        yield "events_so_far", (rows - begin + 1).astype(np.float64)
        yield "rework_so_far", _since(np.cumsum(repeated(chunk.case, chunk.activity)), rows, begin).astype(np.float64)
        resource = self._codes(chunk, "resource", "last_resource", filled)
        changes = np.zeros(len(resource), np.int64)
        changes[1:] = (resource[1:] != resource[:-1]) & (resource[1:] >= 0) & (resource[:-1] >= 0)
        changes[chunk.first] = 0
        yield "handovers_so_far", _since(np.cumsum(changes), rows, begin).astype(np.float64)
        yield "last_activity", chunk.activity[rows]
        yield "last_resource", _last_known(resource, first)[rows]
        yield "last_role", _last_known(self._codes(chunk, "role", "last_role", filled), first)[rows]
        local = utc_to_local(moment, self.zone)
        yield "weekday", (local // _DAY + _THURSDAY) % 7
        yield "hour", (local % _DAY // _HOUR).astype(np.float64)
        yield "open_cases", self.load.at(moment).astype(np.float64)
        cost = _numbers(chunk.columns["cost"], "number")
        spent = _since(np.cumsum(np.nan_to_num(cost)), rows, begin)
        known = _since(np.cumsum(~np.isnan(cost)), rows, begin)
        yield "cost_so_far", np.where(known > 0, np.round(spent, 6), np.nan)
        for code, name in self.counted.items():
            yield name, _since(np.cumsum(chunk.activity == code), rows, begin).astype(np.float64)

    def table(self, activities: Sequence[str]) -> tuple[dict[str, pa.Array], dict[str, Feature]]:
        """All columns in the order in which rows were added, and their features; what never has a value is left out.

        `activities`: by code. A computed feature that has the name of an attribute is called `case_<name>`.
        """
        taken = {one.name for one in self.attributes}
        columns: dict[str, pa.Array] = {}
        features: dict[str, Feature] = {}
        texts = {name: names.texts for name, names in self._texts.items()}
        texts |= {"last_activity": list(activities), "weekday": [day[:3].lower() for day in WEEKDAYS]}

        def put(name: str, key: str, kind: str, source: str, meaning: str) -> None:
            values = _array(self._parts[key], kind, texts.get(key.removeprefix("attribute ")))
            if values.null_count < len(values):
                columns[name] = values
                features[name] = _feature(name, kind, source, meaning, values)

        for one in self.attributes if self._parts else ():
            put(one.name, f"attribute {one.name}", one.kind, "attribute", f"{one.column} as last known")
        computed = {**_COMPUTED, **{name: ("number", f"times {activities[code]!r} was done so far")
                                    for code, name in self.counted.items()}}  # fmt: skip
        for key, (kind, meaning) in computed.items() if self._parts else ():
            put(_computed_name(key, taken), key, kind, "computed", meaning)
        return columns, features


def possible_features(attributes: Sequence[Attribute], counted: Iterable[str]) -> dict[str, Feature]:
    """All features that a log of these attributes can have, without what its values tell; `counted`: their names."""
    taken = {one.name for one in attributes}
    found = {one.name: Feature(one.name, one.kind, "attribute", one.column) for one in attributes}
    for key, (kind, meaning) in {**_COMPUTED, **dict.fromkeys(counted, ("number", ""))}.items():
        name = _computed_name(key, taken)
        found[name] = Feature(name, kind, "computed", meaning)
    return found


def _computed_name(key: str, taken: Collection[str]) -> str:
    """Of a computed feature, beside attributes of these names."""
    while key in taken:
        key = f"case_{key}"
    return key


def counted_activities(frequency: Mapping[str, int], activities: Sequence[str]) -> dict[int, str]:
    """By code the name of the feature that counts an activity, of the most frequent ones; `activities`: by code.

    Of activities whose names give the same word each has digits of its own behind it, made from its name alone: a rule
    never comes to count another activity because there are new ones, or others are more frequent.
    """
    words = [_word(name) for name in activities]
    alike = Counter(words)
    ordered = sorted(range(len(activities)), key=lambda code: (-frequency.get(activities[code], 0), activities[code]))
    return {
        code: f"times_{words[code]}" if words[code] and alike[words[code]] == 1 else _told_apart(activities[code])
        for code in ordered[:MOST_COUNTED]
    }


def _told_apart(activity: str) -> str:
    digits = hashlib.sha256(activity.encode("utf-8", "replace")).hexdigest()[:6]
    return f"times_{_word(activity) or 'activity'}_{digits}"


def repeated(case: Integers, activity: Integers) -> npt.NDArray[np.bool_]:
    """Whether each row repeats an activity of its case; rows are sorted by case."""
    order = np.lexsort((np.arange(len(case)), activity, case))
    same = np.zeros(len(case), np.bool_)
    same[order[1:]] = (case[order[1:]] == case[order[:-1]]) & (activity[order[1:]] == activity[order[:-1]])
    return same


def _word(text: str) -> str:
    """The letters and digits of a name, of any script, in lower case, with _ between them."""
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFC", text).lower()).strip("_")


def _since(total: Any, rows: Integers, begin: Integers) -> Any:
    """What a running total has grown by since the case began, its first row included."""
    return total[rows] - np.where(begin > 0, total[begin - 1], 0)


def _last_known(codes: Integers, first: Integers) -> Integers:
    """The last code ≥ 0 of the case up to each row; −1 if there is none."""
    latest = np.maximum.accumulate(np.where(codes >= 0, np.arange(len(codes)), -1))
    return np.asarray(np.where(latest >= first, codes[latest], -1))


def _numbers(column: Any, kind: str) -> npt.NDArray[np.float64]:
    """A column as numbers, nan where absent; times in µs, true is 1. A copy."""
    if kind == "time":
        column = column.cast(pa.timestamp("us")).cast(pa.int64())
    return np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))


def _last_number(values: npt.NDArray[np.float64], first: Integers) -> npt.NDArray[np.float64]:
    """The last known number of the case up to each row, nan if there is none."""
    latest = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), -1))
    return np.asarray(np.where(latest >= first, values[latest], np.nan))


@dataclass(frozen=True)
class _Filled:
    """Rows of a chunk whose value of a column was filled in, which may be from a later row."""

    row: Integers
    column: npt.NDArray[Any]

    @classmethod
    def of(cls, imputed: Any) -> "_Filled":
        lengths = pa.compute.list_value_length(imputed).fill_null(0).to_numpy(zero_copy_only=False)
        return cls(np.repeat(np.arange(len(lengths)), lengths), np.array(imputed.flatten().to_pylist(), object))

    def rows(self, column: str) -> Integers:
        return np.asarray(self.row[self.column == column])


def _array(parts: Sequence[Any], kind: str, texts: Sequence[str] | None) -> pa.Array:
    values = np.concatenate(parts)
    if kind == "text":
        codes = pa.array(values.astype(np.int32), mask=values < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(list(texts or ()), pa.string()))
    absent = np.isnan(values)
    if kind == "boolean":
        return pa.array(np.where(absent, 0, values).astype(np.bool_), mask=absent)
    if kind == "time":
        return pa.array(np.where(absent, 0, values).astype(np.int64), mask=absent).cast(pa.timestamp("us"))
    return pa.array(values, mask=absent)


def _feature(name: str, kind: str, source: str, meaning: str, values: pa.Array) -> Feature:
    if kind == "text":
        used = np.unique(values.indices.drop_null().to_numpy())
        few = sorted(values.dictionary.take(pa.array(used)).to_pylist()) if len(used) <= MOST_VALUES else []
        return Feature(name, kind, source, meaning, tuple(few))
    if kind in ("number", "duration"):
        ends = pa.compute.min_max(values).as_py()
        return Feature(name, kind, source, meaning, low=ends["min"], high=ends["max"])
    return Feature(name, kind, source, meaning)
