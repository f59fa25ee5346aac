"""A bucket of records becomes ordered activity instances: paired, sorted, with what each row waited and took.

Definitions: docs/contracts.md, "The event log" and "Definitions". Whole columns of one bucket of cases at a time;
where records come from is `records.py`, where instances go is `event_table.py`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.lifecycles import transition
from bpa_assets.event_log.pairing import OTHER, RUN, START, STEPS, Pairing, pair
from bpa_assets.event_log.waits import Integers, waiting

_NONE = np.iinfo(np.int64).min
MOMENT = pa.timestamp("us")


@dataclass(frozen=True)
class Instances:
    """The rows of a bucket in their final order. Times in µs UTC; −1 or `_NONE` never leave this module.

    `rows`: index of each instance's (completing) record in the bucket; `start_rows`: of the record that started it,
    null if that is the same one. Sorted by case, start, end, source order.
    """

    rows: pa.Array
    start_rows: pa.Array
    case: Integers
    event_index: Integers
    start: Integers
    end: Integers
    enabled: pa.Array
    has_duration: npt.NDArray[np.bool_]
    is_open: npt.NDArray[np.bool_]
    waiting: Integers
    reversed: npt.NDArray[np.bool_]
    pauses: dict[int, list[int]]
    resumes: dict[int, list[int]]


def order_instances(
    records: pa.Table, *, case: Integers, activity: Integers, paired: bool, ends_known: bool
) -> Instances:
    """The activity instances of a bucket in order.

    `records`: columns of `records.spill_records`; `case`, `activity`: their codes; `paired`: the log pairs start and
    complete records; `ends_known`: the log has an end column, so that a row without one is still running.
    """
    start, end = _micros(records["start_time"]), _micros(records["end_time"])
    enabled = None if records["enabled_time"].null_count == records.num_rows else _micros(records["enabled_time"])
    has_both = (start != _NONE) & (end != _NONE)
    only = np.where(start == _NONE, end, start)
    pairing = _pairing(records, case, activity, only) if paired else None
    if pairing is not None:
        has_both = pairing.start_of >= 0
        running = ~pairing.merged & np.isin(_steps(records), (START, RUN))
        start = np.where(has_both, only[pairing.start_of], only)
        end = only
        enabled = _enabled(pairing, only, enabled)
    else:
        running = (end == _NONE) & ends_known
        start, end = only, np.where(end == _NONE, start, end)
    backwards = end < start
    start = np.where(backwards, end, start)
    kept = None if pairing is None else np.flatnonzero(~pairing.merged)
    order, case, start, end = _ordered(kept, case, start, end)
    start_of = None if pairing is None else pairing.start_of[order]
    return Instances(
        rows=pa.array(order),
        start_rows=pa.nulls(len(order), pa.int64()) if start_of is None else pa.array(start_of, mask=start_of < 0),
        case=case,
        event_index=_position(case),
        start=start,
        end=end,
        enabled=_moments(enabled, order),
        has_duration=(has_both & ~backwards)[order],
        is_open=running[order],
        waiting=waiting(case, start, end),
        reversed=backwards[order],
        pauses=pairing.pauses if pairing else {},
        resumes=pairing.resumes if pairing else {},
    )


def _enabled(pairing: Pairing, only: Integers, written: Integers | None) -> Integers:
    """When each record's instance was enabled: by its assignment or scheduling, else as its start or itself says."""
    begin = np.where(pairing.start_of >= 0, pairing.start_of, np.arange(len(only)))
    by = pairing.enabled_by[begin]
    if written is None:
        return np.where(by >= 0, only[by], _NONE)
    return np.where(by >= 0, only[by], np.where(written != _NONE, written, written[begin]))


def _moments(time: Integers | None, order: Integers) -> pa.Array:
    if time is None:
        return pa.nulls(len(order), MOMENT)
    return pa.array(time[order], mask=time[order] == _NONE).cast(MOMENT)


def _ordered(
    kept: Integers | None, case: Integers, start: Integers, end: Integers
) -> tuple[Integers, Integers, Integers, Integers]:
    """The rows `kept` (None: all) by case, start, end and, of equal ones, as they are; then their columns."""
    if kept is not None:
        case, start, end = case[kept], start[kept], end[kept]
    few = case.astype(np.uint16) if len(case) and case.max() < 1 << 16 else case  # numpy sorts 16 bits by radix
    order = np.argsort(few, kind="stable")
    case, start, end = case[order], start[order], end[order]
    same = case[1:] == case[:-1]
    later = (start[1:] > start[:-1]) | ((start[1:] == start[:-1]) & (end[1:] >= end[:-1]))
    if not np.all(later | ~same):  # most exports are in order within each case
        again = np.lexsort((end, start, case))
        order, case, start, end = order[again], case[again], start[again], end[again]
    return order if kept is None else kept[order], case, start, end


def _position(case: Integers) -> Integers:
    first = np.flatnonzero(np.r_[True, case[1:] != case[:-1]]) if len(case) else case
    return np.arange(len(case)) - np.repeat(first, np.diff(np.r_[first, len(case)]))


def _micros(column: pa.ChunkedArray) -> Integers:
    return np.asarray(pc.fill_null(column.cast(MOMENT).cast(pa.int64()), _NONE).to_numpy())


def _pairing(records: pa.Table, case: Integers, activity: Integers, time: Integers) -> Pairing:
    instance, resource = _codes(records["instance"]), _codes(records["resource"])
    together = (case * (activity.max() + 1) + activity) * (instance.max() + 2) + instance + 1
    key = np.unique(together, return_inverse=True)[1]
    return pair(key=key, step=_steps(records), resource=resource, time=time)


def _steps(records: pa.Table) -> Integers:
    encoded = pc.dictionary_encode(records["lifecycle"].combine_chunks())
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    known = [STEPS.get(transition(name), OTHER) if name else OTHER for name in encoded.dictionary.to_pylist()]
    table = np.array([*known, OTHER], dtype=np.int64)
    return table[_indices(encoded)]


def _codes(column: pa.ChunkedArray) -> Integers:
    """A number for each distinct text; −1 for none."""
    return _indices(as_dictionary(column))


def as_dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A text column of a bucket as one dictionary array, in order of first appearance."""
    array = column.combine_chunks()
    array = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
    return array.chunk(0) if isinstance(array, pa.ChunkedArray) else array


def _indices(array: pa.DictionaryArray) -> Integers:
    return np.asarray(array.indices.cast(pa.int64()).fill_null(-1).to_numpy())
