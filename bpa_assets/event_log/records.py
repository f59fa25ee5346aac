"""The records of a source in one streaming pass: what can be read goes to its bucket of cases, the rest is kept apart.

What a column becomes is in `typed_columns.py`, where the rows go in `buckets.py` and `rejected_records.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.attributes import AttributeType, carried
from bpa_assets.event_log.buckets import Buckets
from bpa_assets.event_log.column_expressions import NO_ACTIVITY, NO_TIME
from bpa_assets.event_log.column_names import TIMES
from bpa_assets.event_log.limits import check_values
from bpa_assets.event_log.rejected_records import REJECTED, RejectedRecords
from bpa_assets.event_log.typed_columns import TEXTS, MappedSource, TypedColumns
from bpa_assets.event_log.zones import local_to_utc

if TYPE_CHECKING:
    import duckdb

# A text column whose head has fewer distinct values than this share of its rows travels as a dictionary.
_DICTIONARY_SHARE = 0.1
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


@dataclass
class Counts:
    """What happened to the records on the way.

    `misfits`: records with an attribute that is not of its expected type; `unreadable_costs`: with a cost that is no
    amount; `lost_times`: with an attribute that is a time out of range; `lacks_values`: a resource, role or attribute
    is absent somewhere; `lifecycle`: transitions in lower case.
    """

    read: int = 0
    ambiguous_times: int = 0
    nonexistent_times: int = 0
    misfits: int = 0
    unreadable_costs: int = 0
    lost_times: int = 0
    last_is_rejected: bool = False
    lacks_values: bool = False
    lifecycle: set[str] = field(default_factory=set)

    def add(self, other: "Counts") -> None:
        """Add what happened to the records of another file."""
        self.read += other.read
        self.ambiguous_times += other.ambiguous_times
        self.nonexistent_times += other.nonexistent_times
        self.misfits += other.misfits
        self.unreadable_costs += other.unreadable_costs
        self.lost_times += other.lost_times
        self.lacks_values |= other.lacks_values
        self.lifecycle |= other.lifecycle


def spill_records(
    mapped: MappedSource,
    *,
    file_index: int,
    attribute_types: Mapping[str, AttributeType],
    texts_as_dictionary: frozenset[str],
    timezone: str | None,
    repeated: npt.NDArray[np.int64],
    buckets: Buckets,
    rejects: RejectedRecords,
    pending: RejectedRecords | None,
    connection: "duckdb.DuckDBPyConnection",
) -> Counts:
    """Read every record of a source into its bucket, or into `rejects` with the reason.

    Bucket columns: case_id, activity, start_time, end_time, enabled_time, lifecycle, instance, resource, role, cost,
    source_row, file_index, then the attributes (as `carried`). `repeated`: source rows that an earlier file has.
    `pending`: takes a copy of the records whose activity or time is absent; these enter their buckets without it (None:
    they are refused).
    """
    columns = TypedColumns(mapped, attribute_types, mark_local=timezone is not None)
    counts = Counts()
    fillable = [name for name in ("resource", "role") if name in mapped.columns.roles] + [
        *map(carried, mapped.attributes)
    ]
    names = [column.name for column in mapped.source.columns]
    for raw in mapped.source.batches(connection):
        check_values(raw, names, name=mapped.source.name)
        batch = columns.of(raw, connection)
        counts.read += batch.num_rows
        refused = batch.column("reason").is_valid().to_numpy(zero_copy_only=False)
        again = np.isin(batch.column("source_row").to_numpy(), repeated) if len(repeated) else np.zeros_like(refused)
        counts.last_is_rejected = bool(batch.num_rows and refused[-1])
        if pending is not None and refused.any():
            absent = pc.is_in(batch.column("reason"), pa.array([NO_ACTIVITY, NO_TIME])).to_numpy(zero_copy_only=False)
            pending.keep(_rejected(batch.filter(pa.array(absent & ~again)), mapped.source.name))
            refused &= ~absent
        rejects.keep(_rejected(batch.filter(pa.array(refused & ~again)), mapped.source.name))
        counts.misfits += batch.column("misfit").true_count
        counts.unreadable_costs += batch.column("no_amount").true_count
        counts.lost_times += batch.column("no_time").true_count
        kept = batch.filter(pa.array(~(refused | again))) if refused.any() or again.any() else batch
        counts.lacks_values |= any(kept.column(name).null_count for name in fillable)
        utc = _in_utc(kept.drop_columns(["reason", "record", "misfit", "no_amount", "no_time"]), timezone, counts)
        rows = _encoded(utc, texts_as_dictionary, file_index)
        counts.lifecycle |= {name.lower() for name in rows.column("lifecycle").dictionary.to_pylist() if name}
        buckets.add(rows)
    return counts


def _rejected(rows: pa.RecordBatch, file: str) -> pa.Table:
    files = pa.repeat(pa.scalar(file), rows.num_rows)
    columns = [rows.column("reason"), files, rows.column("source_row"), rows.column("record")]
    return pa.table(columns, schema=REJECTED)


def _in_utc(rows: pa.RecordBatch, timezone: str | None, counts: Counts) -> pa.RecordBatch:
    """Local times moved to UTC; the `…:local` marks are gone."""
    marks = [name for name in rows.schema.names if name.endswith(":local")]
    if timezone:
        for mark in marks:
            name = mark.removesuffix(":local")
            column = rows.column(name)
            marked = rows.column(mark).fill_null(False).to_numpy(zero_copy_only=False)
            local = marked & column.is_valid().to_numpy(zero_copy_only=False)
            micros = column.cast(pa.int64()).fill_null(0).to_numpy().copy()
            moved = local_to_utc(micros[local], timezone)
            micros[local] = moved.utc
            counts.ambiguous_times += moved.ambiguous
            counts.nonexistent_times += moved.nonexistent
            moved_column = pa.array(micros, mask=column.is_null().to_numpy(zero_copy_only=False))
            rows = rows.set_column(rows.schema.get_field_index(name), name, moved_column.cast(pa.timestamp("us")))
    return rows.drop_columns(marks)


def _encoded(rows: pa.RecordBatch, texts_as_dictionary: frozenset[str], file_index: int) -> pa.RecordBatch:
    """Texts that repeat as dictionaries of what occurs, the others as plain texts: a bucket then moves numbers."""
    columns = []
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        if name in texts_as_dictionary:
            columns.append(_compact(column) if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column))
        else:
            columns.append(column.dictionary_decode() if pa.types.is_dictionary(column.type) else column)
    names = [*rows.schema.names, "file_index"]
    return pa.RecordBatch.from_arrays([*columns, pa.repeat(pa.scalar(file_index, pa.int32()), rows.num_rows)], names)


def _compact(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same without the texts of its dictionary that no row has: those of the header and of refused records."""
    codes = column.indices.fill_null(0).to_numpy()
    is_used = np.zeros(max(len(column.dictionary), 1), dtype=np.bool_)
    is_used[codes if not column.null_count else codes[column.is_valid().to_numpy(zero_copy_only=False)]] = True
    if is_used.all():
        return column
    place = np.cumsum(is_used, dtype=np.int32) - 1
    indices = pa.array(place[codes], mask=column.is_null().to_numpy(zero_copy_only=False))
    return pa.DictionaryArray.from_arrays(indices, column.dictionary.take(pa.array(np.flatnonzero(is_used))))


def absent_columns(mapped: Sequence[MappedSource]) -> dict[str, pa.DataType]:
    """The columns of a bucket that no source has, with their types."""
    present = {role for one in mapped for role in one.columns.roles}
    texts: dict[str, pa.DataType] = {role: pa.string() if role == "instance" else _DICTIONARY for role in TEXTS}
    costs: dict[str, pa.DataType] = {} if any(one.columns.cost for one in mapped) else {"cost": pa.float64()}
    absent: dict[str, pa.DataType] = {**texts, **dict.fromkeys(TIMES, pa.timestamp("us")), **costs}
    return {name: data_type for name, data_type in absent.items() if name not in present}


def repeating_texts(rows: "duckdb.DuckDBPyRelation", indexes: Mapping[str, int]) -> frozenset[str]:
    """The columns (name → index) whose texts repeat enough at the head of a scan to travel as a dictionary."""
    from duckdb import SQLExpression

    if not indexes:
        return frozenset()
    # Approximately: a set of the values of each of 200 columns would take gigabytes.
    counts = [SQLExpression(f"approx_count_distinct(c{index})") for index in indexes.values()]
    *distinct, total = rows.aggregate([*counts, SQLExpression("count(*)")]).fetchall()[0]
    few = max(1_000, total * _DICTIONARY_SHARE)
    return frozenset(name for name, values in zip(indexes, distinct, strict=True) if values <= few)
