"""Ordered activity instances as the columns of `event_log`, written to Parquet.

Files hold up to about 20M rows; a row group is a bucket of cases. What the columns mean: docs/contracts.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.attributes import carried
from bpa_assets.event_log.imputed_names import Mask, guesses_of, names_of_imputed
from bpa_assets.event_log.instances import MOMENT, Instances, as_dictionary, order_instances
from bpa_assets.event_log.milestones import rows_of_file
from bpa_assets.event_log.waits import Integers

if TYPE_CHECKING:
    from bpa_assets.event_log.imputation.missing_events import MissingEvents
    from bpa_assets.event_log.imputation.values import Values

ROWS_A_FILE = 20_000_000
_TEXT = pa.dictionary(pa.int32(), pa.string())
PAUSE_COLUMNS = ("suspend_times", "resume_times")


@dataclass(frozen=True)
class Rates:
    """Cost of an hour of processing by role or resource, and of everybody else."""

    per_hour: Mapping[str, float] = field(default_factory=dict)
    default: float | None = None


@dataclass
class EventTable:
    """Writes `event_log`, a bucket at a time, and counts what a reader is told.

    `values` fills absent ones, `events` inserts missing ones. `constant`: attributes that have not changed within any
    case yet.
    """

    folder: Path
    files: Sequence[str]
    attributes: Sequence[str]
    paired: bool
    ends_known: bool
    rates: Rates
    with_pauses: bool = False
    records_a_row: int = 1
    values: "Values | None" = None
    events: "MissingEvents | None" = None
    rows: int = 0
    merged: int = 0
    reversed: int = 0
    duplicates: int = 0
    imputed: int = 0
    inserted: int = 0
    paths: list[Path] = field(default_factory=list)
    cases: int = 0
    activities: dict[str, int] = field(default_factory=dict)
    constant: set[str] = field(default_factory=set)
    _writer: Any = None
    _rows_in_file: int = 0

    def __post_init__(self) -> None:
        self.constant = set(self.attributes)

    def add(self, records: pa.Table, guessed: Mapping[str, Mask] | None = None) -> None:
        """Order, pair and write the records of one bucket. `guessed`: where its activity and its time are imputed."""
        case, activity = as_dictionary(records["case_id"]), as_dictionary(records["activity"])
        found = self._ordered(records, case, activity)
        table = self._table(records, found, case, activity, guessed or {})
        instances = table.num_rows
        self.merged += records.num_rows - instances
        self.reversed += int(found.reversed.sum())
        self.duplicates += _repeated(records, found, _indices(case), _indices(activity))
        if self.events is not None:
            table = self.events.insert(table, self.activities)
            self.inserted += table.num_rows - instances
        self._note_changes(table, table["case_code"].to_numpy())
        self._write(table)
        self.cases += len(case.dictionary)

    def values_of(self, records: pa.Table) -> tuple[dict[str, pa.Array], Integers]:
        """What the instances of a bucket hold, in their order: activity, resource, role, attributes; and their case."""
        case, activity = as_dictionary(records["case_id"]), as_dictionary(records["activity"])
        found = self._ordered(records, case, activity)
        return self._values(_Taken(records, found.rows, found.start_rows), activity.take(found.rows)), found.case

    def close(self) -> None:
        """Finish the last file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _ordered(self, records: pa.Table, case: pa.DictionaryArray, activity: pa.DictionaryArray) -> Instances:
        return order_instances(
            records, case=_indices(case), activity=_indices(activity), paired=self.paired, ends_known=self.ends_known
        )

    def _values(self, taken: "_Taken", activity: pa.DictionaryArray) -> dict[str, pa.Array]:
        values = {"activity": activity, "resource": taken.text("resource"), "role": taken.text("role")}
        return values | {name: taken.value(carried(name)) for name in self.attributes}

    def _table(
        self,
        records: pa.Table,
        found: Instances,
        case: pa.DictionaryArray,
        activity: pa.DictionaryArray,
        guessed: Mapping[str, Mask],
    ) -> pa.Table:
        taken = _Taken(records, found.rows, found.start_rows)
        order = found.rows
        local = [self.activities.setdefault(name, len(self.activities)) for name in activity.dictionary.to_pylist()]
        activity_code = np.array(local, dtype=np.int32)
        values = self._values(taken, activity.take(order))
        imputed = {"start_time": found.reversed} | guesses_of(found, guessed)
        if self.values is not None:
            changed, marks = self.values.fill(values, found.case)
            values, imputed = values | changed, imputed | marks
        resource, role = values["resource"], values["role"]
        self.imputed += sum(int(mark.sum()) for mark in imputed.values())
        processing = (found.end - found.start) / 1e6
        numbers = rows_of_file(records["source_row"].combine_chunks(), self.records_a_row)
        columns: dict[str, Any] = {
            "case_id": case.take(order),
            "event_index": pa.array(found.event_index.astype(np.int32)),
            "activity": values["activity"],
            "start_time": pa.array(found.start).cast(MOMENT),
            "end_time": pa.array(found.end).cast(MOMENT),
            "has_duration": pa.array(found.has_duration),
            "is_open": pa.array(found.is_open),
            "enabled_time": found.enabled,
            "waiting_seconds": pa.array(found.waiting / 1e6),
            "processing_seconds": pa.array(processing),
            "resource": resource,
            "role": role,
            "cost": self._cost(taken, role, resource, found.has_duration, processing),
            "imputed": names_of_imputed(imputed),
            "source_file": self._files(records["file_index"].combine_chunks().take(order)),
            "source_row": numbers.take(order),
            "start_source_row": numbers.take(found.start_rows),
            "case_code": pa.array((found.case + self.cases).astype(np.int32)),
            "activity_code": pa.array(activity_code[activity.indices.to_numpy()[order.to_numpy()]]),
        }
        columns |= {name: values[name] for name in self.attributes}
        if self.with_pauses:
            columns |= _pause_columns(records, found)
        return pa.table(columns)

    def _cost(
        self,
        taken: "_Taken",
        role: pa.DictionaryArray,
        resource: pa.DictionaryArray,
        has_duration: npt.NDArray[np.bool_],
        processing: npt.NDArray[np.float64],
    ) -> pa.Array:
        """The cost columns, else processing hours × the rate of the role, the resource, or everybody; else null."""
        written = taken.value("cost")
        if not written.null_count or not (self.rates.per_hour or self.rates.default is not None):
            return written
        nobody = np.nan if self.rates.default is None else self.rates.default
        rate = _rates(role, self.rates.per_hour)
        rate = np.where(np.isnan(rate), _rates(resource, self.rates.per_hour), rate)
        cost = np.where(np.isnan(rate), nobody, rate) * processing / 3600
        return pc.coalesce(written, pa.array(cost, mask=np.isnan(cost) | ~has_duration))

    def _files(self, file_index: pa.Array) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(file_index, pa.array(list(self.files)))

    def _note_changes(self, table: pa.Table, case: Integers) -> None:
        """Strike the attributes that change within a case."""
        same_case = pa.array(case[1:] == case[:-1])
        for name in sorted(self.constant):
            column = table[name].combine_chunks()
            if pa.types.is_dictionary(column.type):
                column = column.indices
            later, earlier = column.slice(1), column.slice(0, max(len(column) - 1, 0))
            differ = pc.fill_null(pc.not_equal(later, earlier), False)
            differ = pc.or_(differ, pc.xor(pc.is_null(later), pc.is_null(earlier)))
            if pc.any(pc.and_(differ, same_case)).as_py():
                self.constant.discard(name)

    def _write(self, table: pa.Table) -> None:
        import pyarrow.parquet

        if self._writer is not None and self._rows_in_file + table.num_rows > ROWS_A_FILE:
            self.close()
        if self._writer is None:
            self.paths.append(self.folder / f"event_log-{len(self.paths):03}.parquet")
            self._writer = pyarrow.parquet.ParquetWriter(self.paths[-1], table.schema, **_encodings(table.schema))
            self._rows_in_file = 0
        self._writer.write_table(table, row_group_size=table.num_rows)  # whole cases a row group: readers rely on it
        self._rows_in_file += table.num_rows
        self.rows += table.num_rows


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """How columns are stored: by default, 10M rows would cost twice the CPU to write and take a fifth less space."""
    repeating = ["activity_code", "event_index"]
    repeating += [field.name for field in schema if pa.types.is_dictionary(field.type)]
    rising = [
        field.name
        for field in schema
        if field.name not in repeating and (pa.types.is_integer(field.type) or pa.types.is_timestamp(field.type))
    ]
    seldom_repeating = ["waiting_seconds", "processing_seconds"]
    return {
        "compression": "lz4",
        "write_statistics": False,  # a row group is a bucket of cases by hash: no range of values could skip one
        "store_schema": False,
        "use_dictionary": repeating,
        "column_encoding": dict.fromkeys(rising, "DELTA_BINARY_PACKED")
        | dict.fromkeys(seldom_repeating, "BYTE_STREAM_SPLIT"),
    }


@dataclass(frozen=True)
class _Taken:
    """Columns of the records in the order of the instances; of a pair the completing record's, else the start's."""

    records: pa.Table
    rows: pa.Array
    start_rows: pa.Array

    def value(self, name: str) -> pa.Array:
        column = self.records[name].combine_chunks()
        taken = column.take(self.rows)
        if self.start_rows.null_count == len(self.start_rows) or not taken.null_count:
            return taken
        if pa.types.is_dictionary(taken.type):
            codes = pc.coalesce(taken.indices, column.take(self.start_rows).indices)
            return pa.DictionaryArray.from_arrays(codes, column.dictionary)
        return pc.coalesce(taken, column.take(self.start_rows))

    def text(self, name: str) -> pa.DictionaryArray:
        value = self.value(name)
        return value if pa.types.is_dictionary(value.type) else pc.dictionary_encode(value)


def _indices(array: pa.DictionaryArray) -> Integers:
    return np.asarray(array.indices.to_numpy(), dtype=np.int64)


def _rates(who: pa.DictionaryArray, per_hour: Mapping[str, float]) -> npt.NDArray[np.float64]:
    known = np.array([per_hour.get(name, np.nan) for name in who.dictionary.to_pylist()] + [np.nan])
    return np.asarray(known[who.indices.cast(pa.int64()).fill_null(-1).to_numpy()])


def _pause_columns(records: pa.Table, found: Instances) -> dict[str, pa.Array]:
    """When an instance was suspended and resumed, as lists of times."""
    time = pc.coalesce(records["end_time"], records["start_time"]).to_pylist()
    begin = pc.coalesce(found.start_rows, found.rows).to_pylist()
    return {
        name: pa.array([[time[row] for row in rows.get(first, ())] or None for first in begin], pa.list_(MOMENT))
        for name, rows in zip(PAUSE_COLUMNS, (found.pauses, found.resumes), strict=True)
    }


def _repeated(records: pa.Table, found: Instances, case: Integers, activity: Integers) -> int:
    """Records equal in every column to an earlier one of the same file."""
    import polars as pl

    suspects = _same_moment(found) if len(found.rows) == records.num_rows else np.arange(records.num_rows)
    if not len(suspects):
        return 0
    keys = pl.DataFrame({"case": case[suspects], "activity": activity[suspects]})
    suspects = suspects[keys.is_duplicated().to_numpy()]
    rows = pl.DataFrame(records.drop_columns(["source_row"]).take(pa.array(suspects)))
    return int(rows.height - rows.unique().height)


def _same_moment(found: Instances) -> Integers:
    """Records that share case, start and end with another one: in their order they stand side by side."""
    if len(found.case) < 2:
        return found.case[:0]
    same = (
        (found.case[1:] == found.case[:-1]) & (found.start[1:] == found.start[:-1]) & (found.end[1:] == found.end[:-1])
    )
    either = np.r_[same, False] | np.r_[False, same]
    return np.asarray(found.rows.to_numpy()[either])
