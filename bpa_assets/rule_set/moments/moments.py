"""The table `moment`: every moment of a case at which a rule may be asked, what is known then, and what came of it.

Definitions: docs/contracts.md, "moment". A row a (case, at, passage), sorted by `at`, case and event_index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet

from bpa_assets.event_log.waits import greatest_end
from bpa_assets.process_model.event_chunks import EventChunk, Integers, activity_names, event_chunks
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.moments.feature_columns import FeatureColumns, Load, attributes_of, counted_activities
from bpa_assets.rule_set.moments.passages import Passages
from bpa_assets.rule_set.moments.targets import (
    TARGETS,
    OutcomeActivities,
    asked,
    bad_rows,
    breach_times,
    rework_rows,
)
from bpa_assets.settings import ProcessConfig

LATER = 0.3
"""Share of the cases, the last to begin, that are held out: rules are proven on them."""

MOST_CASES = 200_000
"""Of a larger log every k-th case is taken, so that at most so many are looked at."""

MOST_AFTER = 6
COMMON = 0.1
"""Targets are asked at the start and after so many activities, the most frequent that so large a share of cases has."""

AT_START = "start"


@dataclass(frozen=True)
class Moments:
    """The table and its features; `later_from`: when the first held-out case began (µs).

    By case_index: `variant`, whether it was `replayed`, and whether it was `looked_at`. `outcome`: what a bad one is.
    """

    table: pa.Table
    features: Mapping[str, Feature]
    slices: Mapping[str, slice]
    later_from: int | None
    variant: Integers
    replayed: npt.NDArray[np.bool_]
    looked_at: npt.NDArray[np.bool_]
    outcome: OutcomeActivities
    activities: tuple[str, ...]

    def at(self, at: str) -> pa.Table:
        """The rows of one moment."""
        rows = self.slices[at]
        return self.table.slice(rows.start, rows.stop - rows.start)


def moments(
    event_log: Sequence[Path],
    *,
    cases: pa.Table,
    variant_ids: Sequence[str],
    found: Passages,
    event_attribute: pa.Table,
    frequency: Mapping[str, int],
    last: Mapping[str, int],
    config: ProcessConfig,
    open_only: bool = False,
) -> Moments:
    """All moments of a stored log; `open_only`: of its open cases, all of them.

    `cases`: columns case_id, started_at, ended_at, is_open, variant_id of the lake's table, in the order of the log;
    `variant_ids`: in the order in which `found` has the variants; `frequency`, `last`: cases that have each
    activity, and that end with it.
    """
    known = _Cases.of(cases, variant_ids, open_only=open_only)
    activities = activity_names(event_log)
    columns = FeatureColumns(
        attributes_of(event_attribute),
        counted_activities(frequency, activities),
        Load.of(known.started, known.ended, known.is_open),
        config.calendar.timezone,
    )
    rows = _Rows(
        known,
        found,
        OutcomeActivities.of(config, activities, frequency, last),
        config,
        activities,
        _after(frequency, known),
    )
    plain, texts = columns.columns
    for chunk in event_chunks(event_log, [*plain, "enabled_time"], texts):
        at_rows = rows.add(chunk)
        rows.times.append(columns.add(chunk, at_rows))
    values, features = columns.table(activities)
    return _table(rows, values, features, activities)


@dataclass(frozen=True)
class _Cases:
    """The cases in the order of the log: times in µs; `index`: order by start; `step`: every how many-th counts."""

    case_id: pa.Array
    started: Integers
    ended: Integers
    is_open: npt.NDArray[np.bool_]
    variant: Integers
    index: Integers
    step: int
    open_only: bool

    @classmethod
    def of(cls, cases: pa.Table, variant_ids: Sequence[str], *, open_only: bool) -> "_Cases":
        started, ended = (
            cases[name].combine_chunks().cast(pa.int64()).to_numpy() for name in ("started_at", "ended_at")
        )
        index = np.empty(len(started), np.int64)
        index[np.argsort(started, kind="stable")] = np.arange(len(started))
        coded = cases["variant_id"].combine_chunks()
        if not pa.types.is_dictionary(coded.type):
            coded = coded.dictionary_encode()
        numbers = {variant: number for number, variant in enumerate(variant_ids)}
        local = np.array([numbers[one] for one in coded.dictionary.to_pylist()], np.int64)
        return cls(
            cases["case_id"].combine_chunks(),
            started,
            ended,
            cases["is_open"].combine_chunks().to_numpy(zero_copy_only=False),
            local[coded.indices.to_numpy()],
            index,
            -(-len(started) // MOST_CASES),
            open_only,
        )

    @property
    def looked_at(self) -> npt.NDArray[np.bool_]:
        return self.is_open if self.open_only else np.asarray(self.index % self.step == 0)


def _after(frequency: Mapping[str, int], known: _Cases) -> list[str]:
    """The activities after which targets are asked."""
    least = COMMON * len(known.started)
    return sorted((one for one in frequency if frequency[one] >= least), key=lambda one: (-frequency[one], one))[
        :MOST_AFTER
    ]


@dataclass
class _Rows:
    """Collects where moments are, and what came of them; `case`: of the log, in its order."""

    known: _Cases
    found: Passages
    outcome: OutcomeActivities
    config: ProcessConfig
    activities: Sequence[str]
    after: Sequence[str]
    cases: int = 0
    times: list[Integers] = field(default_factory=list)
    parts: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, chunk: EventChunk) -> Integers:
        """The moments of a chunk as rows of it."""
        known = self.known
        here = np.arange(self.cases, self.cases + len(chunk.first))
        self.cases += len(chunk.first)
        taken = known.looked_at[here]
        decisions = self._decisions(chunk, here, taken)
        targets = self._targets(chunk, here, taken)
        for name in ("case", "row", "at", "option", *TARGETS):
            self.parts.setdefault(name, []).extend((decisions[name], targets[name]))
        rows = np.concatenate([decisions["row"], targets["row"]])
        self.parts.setdefault("event_index", []).append(rows - np.repeat(chunk.first, chunk.lengths)[rows])
        return rows

    def _decisions(self, chunk: EventChunk, here: Integers, taken: npt.NDArray[np.bool_]) -> dict[str, Any]:
        case, passage = self.found.of_cases(self.known.variant[here])
        row = chunk.first[case] + self.found.row[passage]
        made = taken[case] & (self.found.told[passage] | ~self.known.is_open[here][case])
        case, passage, row = case[made], passage[made], row[made]
        unasked = np.full(len(row), -1, np.int8)
        return {
            "case": here[case],
            "row": row,
            "at": self.found.choice[passage],
            "option": self.found.option[passage],
            **dict.fromkeys(TARGETS, unasked),
        }

    def _targets(self, chunk: EventChunk, here: Integers, taken: npt.NDArray[np.bool_]) -> dict[str, Any]:
        closed = ~self.known.is_open[here]
        bad, known = bad_rows(chunk, self.outcome)
        times = breach_times(chunk, self.config, self.activities)
        moment, repeats = greatest_end(chunk.case, chunk.end), rework_rows(chunk)
        numbers = {name: code for code, name in enumerate(self.activities)}
        row_of = np.arange(len(chunk.case))
        case_of = np.repeat(np.arange(len(chunk.first)), chunk.lengths)
        places = [(AT_START, chunk.first, np.arange(len(chunk.first)))]
        for name in self.after:
            rows = row_of[chunk.activity == numbers[name]]
            case, first = np.unique(case_of[rows], return_index=True)
            places.append((f"after {name}", rows[first], case))
        found: dict[str, list[Any]] = {}
        for number, (_, rows, case) in enumerate(places):
            rows, case = rows[taken[case]], case[taken[case]]
            values = {
                "sla_breach": asked(times[case], moment[rows], closed[case] & self._has_sla),
                "bad_outcome": asked(bad[case], rows, closed[case] & known[case] & bool(self.outcome.bad)),
                "rework": asked(repeats[case], rows, closed[case]),
            }
            found.setdefault("case", []).append(here[case])
            found.setdefault("row", []).append(rows)
            found.setdefault("at", []).append(np.full(len(rows), len(self.found.choices) + number))
            found.setdefault("option", []).append(np.full(len(rows), -1))
            for target, (happens, told) in values.items():
                found.setdefault(target, []).append(np.where(told, happens, -1).astype(np.int8))
        return {name: np.concatenate(values) for name, values in found.items()}

    @property
    def _has_sla(self) -> bool:
        sla = self.config.sla
        return bool(sla.activities) or sla.cycle_time is not None or sla.waiting_time is not None


def _table(
    rows: _Rows, values: Mapping[str, pa.Array], features: Mapping[str, Feature], activities: Sequence[str]
) -> Moments:
    known = rows.known
    column = {name: np.concatenate(parts) for name, parts in rows.parts.items()}
    time = np.concatenate(rows.times)
    names = [*(one.name for one in rows.found.choices), AT_START, *(f"after {one}" for one in rows.after)]
    order = np.lexsort((column["event_index"], known.index[column["case"]], column["at"]))
    at = column["at"][order]
    case = column["case"][order]
    index = known.index[case]
    count = len(known.started)
    first_later = int(np.ceil((1 - LATER) * count))
    begun = np.sort(known.started)
    later_from = int(begun[first_later]) if first_later < count else None
    if later_from is not None:  # cases that begin at one moment are not parted
        first_later = int(np.searchsorted(begun, later_from))
    same = np.r_[False, (at[1:] == at[:-1]) & (case[1:] == case[:-1])] if len(at) else np.empty(0, np.bool_)
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(at)))) if len(at) else at
    option = column["option"][order]
    take = pa.array(order)
    structure = {
        "case_code": pa.array(case.astype(np.int32)),
        "case_id": known.case_id.take(pa.array(case)),
        "case_index": pa.array(index),
        "at": pa.DictionaryArray.from_arrays(pa.array(at.astype(np.int32)), pa.array(names, pa.string())),
        "passage": pa.array((np.arange(len(at)) - starts).astype(np.int32)),
        "event_index": pa.array(column["event_index"][order].astype(np.int32)),
        "moment_time": pa.array(time[order]).cast(pa.timestamp("us")),
        "later": pa.array(index >= first_later),
        "chosen": pa.DictionaryArray.from_arrays(
            pa.array(option.astype(np.int32), mask=option < 0), pa.array(rows.found.options, pa.string())
        ),
        **{name: pa.array(column[name][order] == 1, mask=column[name][order] < 0) for name in TARGETS},
    }
    bounds = np.searchsorted(at, np.arange(len(names) + 1)).tolist()
    slices = {name: slice(bounds[place], bounds[place + 1]) for place, name in enumerate(names)}
    table = pa.table({**structure, **{name: array.take(take) for name, array in values.items()}})
    by_index = np.argsort(known.index)
    variant = known.variant[by_index]
    replayed, looked_at = rows.found.aligned[variant], known.looked_at[by_index]
    return Moments(table, features, slices, later_from, variant, replayed, looked_at, rows.outcome, tuple(activities))
