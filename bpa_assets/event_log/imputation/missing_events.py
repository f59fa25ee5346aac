"""Events that the log lacks: a step that nearly always stands between two others, in a case that never has it.

Only on request (`impute.events`). When such an event happened is not known: it gets the time at which the row before it
ended, so that it waits for nothing and nothing waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.imputation.values import Outcome
from bpa_assets.event_log.waits import Integers

_NEARLY_ALWAYS = 0.95
_FEWEST_TIMES = 20


@dataclass
class MissingEvents:
    """Inserts what is missing, a bucket of whole cases at a time.

    `steps`: before, after, activity (what belongs between them), share (how often it does stand there).
    """

    steps: pl.DataFrame
    outcome: Outcome = field(default_factory=Outcome)

    def insert(self, table: pa.Table, codes: Mapping[str, int]) -> pa.Table:
        """`event_log` rows of whole cases with the missing ones between them. `codes`: of the activities."""
        found = self._found(table)
        if not found.height:
            return table
        self.outcome.absent += found.height
        self.outcome.filled += found.height
        self.outcome.accuracy += float(found["share"].sum())
        rows = _new_rows(table, found, codes)
        place = np.r_[np.arange(table.num_rows), found["row"].to_numpy() + 0.5]
        both = pa.concat_tables([table, rows]).unify_dictionaries().combine_chunks()
        both = both.take(pa.array(np.argsort(place, kind="stable")))
        case = both["case_code"].to_numpy()
        first = np.flatnonzero(np.r_[True, case[1:] != case[:-1]])
        index = np.arange(len(case)) - np.repeat(first, np.diff(np.r_[first, len(case)]))
        return _set(both, "event_index", pa.array(index))

    def _found(self, table: pa.Table) -> pl.DataFrame:
        """After which `row` an `activity` is missing; `end` and `next_start` of the rows around it."""
        rows = pl.DataFrame(
            {
                "row": np.arange(table.num_rows),
                "case": pl.Series(table["case_code"]),
                "before": pl.Series(table["activity"].cast(pa.string())),
                "end": pl.Series(table["end_time"]),
                "start": pl.Series(table["start_time"]),
            }
        )
        beside = rows.with_columns(
            after=pl.col("before").shift(-1).over("case"), next_start=pl.col("start").shift(-1).over("case")
        )
        asked = beside.join(self.steps, on=["before", "after"], how="inner")
        present = rows.select("case", activity="before").unique()
        return asked.join(present, on=["case", "activity"], how="anti").sort("row")


def learn_missing_events(activity: pa.Array, case: Integers) -> MissingEvents | None:
    """Learn from instances in order which step belongs between which; None if none does and is missing anywhere."""
    rows = pl.DataFrame({"case": case, "before": pl.Series(activity.cast(pa.string()))})
    beside = rows.with_columns(
        after=pl.col("before").shift(-1).over("case"), last=pl.col("before").shift(-2).over("case")
    )
    distinct = (pl.col("after") != pl.col("before")) & (pl.col("after") != pl.col("last"))
    between = (
        beside.drop_nulls("last").filter(distinct)
        .group_by("before", activity="after", after="last").agg(times=pl.len())
        .filter(pl.col("times") >= _FEWEST_TIMES)
    )  # fmt: skip
    present = rows.select("case", activity="before").unique()
    without = (
        beside.join(between.drop("times"), on=["before", "after"], how="inner")
        .join(present, on=["case", "activity"], how="anti")
        .group_by("before", "after", "activity").agg(missing=pl.len())
    )  # fmt: skip
    share = pl.col("times") / (pl.col("times") + pl.col("missing"))
    steps = (
        between.join(without, on=["before", "after", "activity"])
        .with_columns(share=share)
        .filter(pl.col("share") >= _NEARLY_ALWAYS)
        .sort("times", "activity", descending=[True, False])
        .unique(["before", "after"], keep="first", maintain_order=True)
        .select("before", "after", "activity", "share")
    )
    return MissingEvents(steps) if steps.height else None


_OF_THE_ROW_BEFORE = frozenset({"case_id", "case_code"})


def _new_rows(table: pa.Table, found: pl.DataFrame, codes: Mapping[str, int]) -> pa.Table:
    """One row a missing event: what its neighbours agree on, and of its own only activity and time."""
    at = pa.array(found["row"].to_numpy())
    rows, following = table.take(at), table.take(pc.add(at, 1))
    time = found.select(pl.min_horizontal("end", "next_start")).to_series().to_arrow()
    activities = found["activity"].to_list()
    own = {
        "activity": pa.array(activities, pa.string()),
        "activity_code": pa.array([codes[name] for name in activities]),
        **dict.fromkeys(("start_time", "end_time"), time),
        **dict.fromkeys(("waiting_seconds", "processing_seconds"), pa.repeat(0.0, len(time))),
        **dict.fromkeys(("has_duration", "is_open"), pa.repeat(False, len(time))),
        "imputed": pa.array([["event"]] * len(time)),
    }
    for name in table.column_names:
        if name in own:
            rows = _set(rows, name, own[name])
        elif name not in _OF_THE_ROW_BEFORE:
            rows = _set(rows, name, _agreed(rows[name], following[name], is_attribute=name not in _FIXED))
    return rows


_FIXED = frozenset(
    {"event_index", "enabled_time", "resource", "role", "cost", "source_file", "source_row", "start_source_row"}
)


def _agreed(one: pa.ChunkedArray, other: pa.ChunkedArray, *, is_attribute: bool) -> pa.Array:
    """An attribute of the case, which both neighbours have alike; anything else of the event is not known."""
    nothing = pa.nulls(len(one), one.type)
    if not is_attribute or pa.types.is_nested(one.type):
        return nothing
    plain = one.type.value_type if pa.types.is_dictionary(one.type) else one.type
    same = pc.fill_null(pc.equal(one.cast(plain), other.cast(plain)), False)
    places = pc.if_else(same.combine_chunks(), pa.array(np.arange(len(one))), None)
    return one.combine_chunks().take(places)


def _set(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    place = table.schema.get_field_index(name)
    declared = table.schema.field(name)
    if pa.types.is_dictionary(declared.type) and not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    return table.set_column(place, declared, values.cast(declared.type))
