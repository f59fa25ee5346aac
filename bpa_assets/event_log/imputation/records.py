"""Records without an activity, or without any time: what they most likely were, told from their neighbours in the case.

It happens before records are paired and ordered. A time is only put between two known neighbours in the order of the
source, and moves no other record. Absent values of the rows that come of it are `values.py`.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.imputation.columns import LIKELY, ColumnModel, learn_column
from bpa_assets.event_log.imputation.values import SAMPLE, Outcome
from bpa_assets.event_log.waits import Integers

Mask = npt.NDArray[np.bool_]
NO_TIME = np.iinfo(np.int64).min
_NO_RECORD = "\x02"
"""The neighbour of a first or last record: not unknown, but none."""
_NONE, _UNKNOWN = -2, -1
_TIME_CONTEXTS = (("step", "before", "after"), ("step", "before"), ("step", "after"), ("step",))
_ACTIVITY_CONTEXTS = (
    *(("before", "after"), ("before",), ("after",), ("before 2", "before"), ("after", "after 2")),
    *(("before", "after", "resource"), ("resource",), ("role",), ("before", "role"), ("after", "role")),
)


@dataclass(frozen=True)
class Repaired:
    """A bucket's records with what could be told filled in; `lost`: source_file index and row of those without.

    `activity`, `time`: which of the records have a guess there.
    """

    records: pa.Table
    lost: pa.Table
    activity: Mask
    time: Mask


@dataclass
class Records:
    """Fills absent activities and times of records, a bucket of whole cases at a time. Made by `learn_records`.

    `backwards`: the source lists the records of a case from the latest to the first. `level_accuracy`: share of records
    between two equal times that have it too.
    """

    activity: ColumnModel
    time: ColumnModel
    backwards: bool
    level_accuracy: float
    time_column: str
    with_lifecycle: bool
    outcomes: dict[str, Outcome] = field(default_factory=lambda: {"activity": Outcome(), "time": Outcome()})

    def repair(self, records: pa.Table) -> Repaired:
        """`records`: columns of `records.spill_records`, in the order of the source."""
        bucket = _Bucket(records, with_lifecycle=self.with_lifecycle)
        no_activity, no_time = ~bucket.has_activity, bucket.time == NO_TIME
        self.outcomes["activity"].absent += int(no_activity.sum())
        self.outcomes["time"].absent += int(no_time.sum())
        if not (no_activity | no_time).any():
            nothing = np.zeros(records.num_rows, dtype=np.bool_)
            return Repaired(records, _names(records, nothing), nothing, nothing)
        timed = self._with_times(bucket, no_time & ~no_activity)
        named, activities = self._with_activities(bucket, no_activity & ~no_time)
        whole = (~no_activity | named) & (~no_time | timed)
        records = _replace(_replace(records, self.time_column, timed, bucket.time), "activity", named, activities)
        kept = records.filter(pa.array(whole)).combine_chunks()
        for name in ("case_id", "activity"):  # no code for a text that no record has any more
            plain = kept[name].cast(pa.string()).combine_chunks()
            kept = kept.set_column(kept.schema.get_field_index(name), name, plain.dictionary_encode())
        return Repaired(kept, _names(records, ~whole), named[whole], timed[whole])

    def _with_times(self, bucket: "_Bucket", holes: Mask) -> Mask:
        """Fill `bucket.time`; returns where."""
        filled = np.zeros_like(holes)
        if not holes.any():
            return filled
        low, high, rows = bucket.spans(backwards=self.backwards)
        asked = holes & (low != NO_TIME) & (high != NO_TIME) & (low <= high)
        level = low == high  # there is only one time it can have
        if self.level_accuracy < LIKELY:
            asked &= ~level
        if self.time.abstains_because:
            asked &= level
        if not asked.any():
            return filled
        guesses = self.time.guesses(rows.filter(pl.Series(asked)))
        at = np.flatnonzero(asked)
        sure = level[at]
        share = np.where(sure, 0.0, guesses["guess"].cast(pl.Float64).fill_null(np.nan).clip(0.0, 1.0).to_numpy())
        kept = ~np.isnan(share)
        at, share = at[kept], share[kept]
        bucket.time[at] = low[at] + (share * (high[at] - low[at])).astype(np.int64)
        filled[at] = True
        right = {
            name: np.where(sure, self.level_accuracy, guesses[name].fill_null(0.0).to_numpy())[kept].sum()
            for name in _MEASURED
        }
        outcome = self.outcomes["time"]
        outcome.filled += len(at)
        outcome.accuracy += float(right["accuracy"])
        outcome.plain += float(right["plain"])
        return filled

    def _with_activities(self, bucket: "_Bucket", holes: Mask) -> tuple[Mask, pa.Array]:
        """Where an activity could be told, and which, in the order of the rows."""
        filled = np.zeros_like(holes)
        if self.activity.abstains_because or not holes.any():
            return filled, pa.array([], pa.string())
        guesses = self.activity.guesses(bucket.neighbours().filter(pl.Series(holes)))
        filled[np.flatnonzero(holes)[guesses["guess"].is_not_null().to_numpy()]] = True
        found = guesses.drop_nulls("guess")
        outcome = self.outcomes["activity"]
        outcome.filled += found.height
        outcome.accuracy += float(found["accuracy"].sum())
        outcome.plain += float(found["plain"].sum())
        outcome.known_values.update(bucket.activities())
        outcome.filled_values.update(found["guess"].to_list())
        return filled, found["guess"].to_arrow().cast(pa.string())


_MEASURED = ("accuracy", "plain")


def learn_records(records: pa.Table) -> Records:
    """Learn from a bucket of records (as `Records.repair` gets them), where activity and time are known."""
    with_lifecycle = records["lifecycle"].null_count < records.num_rows
    bucket = _Bucket(_sample(records), with_lifecycle=with_lifecycle)
    backwards = bucket.runs_backwards()
    low, high, spans = bucket.spans(backwards=backwards)
    between = (low != NO_TIME) & (high != NO_TIME) & (bucket.time != NO_TIME)
    apart, level = between & (low < high), between & (low == high)
    # Where work overlaps a time may lie outside its neighbours' span. An error is compared with the span.
    share = np.clip((bucket.time - low)[apart] / (high - low)[apart], -1.0, 2.0)
    known_times = spans.filter(pl.Series(apart)).with_columns(value=pl.Series(share), reach=1.0)
    own = ("lifecycle",) if with_lifecycle else ()
    known = bucket.neighbours().filter(pl.Series(bucket.has_activity & (bucket.time != NO_TIME)))
    contexts = [(*context, *own) for context in _ACTIVITY_CONTEXTS]
    return Records(
        learn_column(known.with_columns(value=pl.col("activity")), kind="category", contexts=contexts),
        learn_column(known_times.drop_nulls("step"), kind="number", contexts=_TIME_CONTEXTS),
        backwards=backwards,
        level_accuracy=float((bucket.time == low)[level].mean()) if level.any() else 0.0,
        time_column="end_time" if records["end_time"].null_count < records.num_rows else "start_time",
        with_lifecycle=with_lifecycle,
    )


class _Bucket:
    """The records of a bucket, in source order, and each one's neighbours in its case."""

    def __init__(self, records: pa.Table, *, with_lifecycle: bool) -> None:
        self._records = records
        self._with_lifecycle = with_lifecycle
        self._start, self._end = _micros(records["start_time"]), _micros(records["end_time"])
        self.time: Integers = np.where(self._start == NO_TIME, self._end, self._start)
        self._case = _codes(records["case_id"])
        self._names: list[str | None] = []
        self.has_activity: Mask = records["activity"].combine_chunks().is_valid().to_numpy(zero_copy_only=False)

    def activities(self) -> dict[str, int]:
        """How often each activity occurs."""
        counts = self._records["activity"].combine_chunks().drop_null().value_counts().to_pylist()
        return {pair["values"]: pair["counts"] for pair in counts}

    def runs_backwards(self) -> bool:
        """Whether in the source most records of a case come before their predecessors in time."""
        order = np.argsort(self._case, kind="stable")
        case, time = self._case[order], self.time[order]
        known = (case[1:] == case[:-1]) & (time[1:] != NO_TIME) & (time[:-1] != NO_TIME)
        return bool((time[1:] < time[:-1])[known].sum() > (time[1:] > time[:-1])[known].sum())

    def spans(self, *, backwards: bool) -> tuple[Integers, Integers, pl.DataFrame]:
        """Of each record the known times around it in source order, and as texts its step and its neighbours'.

        Times are µs, NO_TIME where the direct neighbour has none. Columns: step, before, after.
        """
        order = np.argsort(self._case, kind="stable")
        order = order[::-1] if backwards else order
        ended = np.where(self._end == NO_TIME, self.time, self._end)
        before, after = self._time_beside(order, ended), self._time_beside(order[::-1], self.time)
        overlap = (before > after) & (after != NO_TIME)
        low = np.where(overlap, self._time_beside(order, self.time), before)
        step = self._steps()
        return (
            low,
            after,
            self._texts(step=step, before=self._beside(order, step), after=self._beside(order[::-1], step)),
        )

    def neighbours(self) -> pl.DataFrame:
        """Of each record, as texts: activity, lifecycle, resource, role; the steps of two records before and after it.

        By time; a record without activity is an unknown step, one without time is left out of the order.
        """
        step = self._steps()
        order = np.lexsort((np.arange(len(step)), self.time, self._case))
        order = order[self.time[order] != NO_TIME]
        before, after = self._beside(order, step), self._beside(order[::-1], step)
        steps = self._texts(before=before, after=after).with_columns(
            self._texts(before=self._beside(order, before)).to_series().alias("before 2"),
            self._texts(after=self._beside(order[::-1], after)).to_series().alias("after 2"),
        )
        own = {name: _texts(self._records[name]) for name in ("activity", "lifecycle", "resource", "role")}
        return steps.with_columns(**own)

    def _steps(self) -> Integers:
        """A number for each activity (and transition, if the log has any); _UNKNOWN without an activity."""
        step = _texts(self._records["activity"])
        if self._with_lifecycle:
            transition = _texts(self._records["lifecycle"]).str.to_lowercase().fill_null("")
            step = pl.select(pl.concat_str(step, transition, separator="\x1f")).to_series()
        encoded = step.to_arrow().cast(pa.string()).dictionary_encode()
        self._names = [_NO_RECORD, None, *encoded.dictionary.to_pylist()]
        return np.asarray(encoded.indices.cast(pa.int64()).fill_null(_UNKNOWN).to_numpy())

    def _texts(self, **steps: Integers) -> pl.DataFrame:
        names = pl.Series(self._names, dtype=pl.String)
        return pl.DataFrame({name: names.gather(codes - _NONE) for name, codes in steps.items()})

    def _beside(self, order: Integers, step: Integers) -> Integers:
        """Of each record the step of the one before it in this order of whole cases; _NONE for the first."""
        beside, same = np.full(len(step), _UNKNOWN), self._same_case(order)
        beside[order] = _NONE
        beside[order[1:][same]] = step[order[:-1][same]]
        return beside

    def _time_beside(self, order: Integers, time: Integers) -> Integers:
        beside, same = np.full(len(time), NO_TIME), self._same_case(order)
        beside[order[1:][same]] = time[order[:-1][same]]
        return beside

    def _same_case(self, order: Integers) -> Mask:
        case = self._case[order]
        return np.asarray(case[1:] == case[:-1])


def _sample(records: pa.Table) -> pa.Table:
    step = -(-records.num_rows // SAMPLE)
    return records if step <= 1 else records.filter(pa.array(_codes(records["case_id"]) % step == 0)).combine_chunks()


def _codes(column: pa.ChunkedArray) -> Integers:
    array = column.combine_chunks()
    array = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) else array
    return np.asarray(array.indices.cast(pa.int64()).to_numpy())


def _micros(column: pa.ChunkedArray) -> Integers:
    return np.array(pc.fill_null(column.cast(pa.timestamp("us")).cast(pa.int64()), NO_TIME).to_numpy())


def _texts(column: pa.ChunkedArray) -> pl.Series:
    return pl.Series(column.cast(pa.string()).combine_chunks())


def _names(records: pa.Table, mask: Mask) -> pa.Table:
    return records.select(["file_index", "source_row"]).filter(pa.array(mask))


def _replace(records: pa.Table, name: str, mask: Mask, values: Integers | pa.Array) -> pa.Table:
    """The column with values where it is marked: of a full column of numbers those there, of texts the next ones."""
    if not mask.any():
        return records
    column = records[name].combine_chunks()
    if isinstance(values, np.ndarray):
        filled = pc.replace_with_mask(column, pa.array(mask), pa.array(values[mask]).cast(column.type))
    else:
        plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        filled = pc.replace_with_mask(plain, pa.array(mask), values)
        filled = pc.dictionary_encode(filled) if pa.types.is_dictionary(column.type) else filled
    return records.set_column(records.schema.get_field_index(name), name, filled)
