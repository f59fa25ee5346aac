"""What the process does: its cases, activities, transitions and variants, in one pass over the stored log.

Definitions: docs/contracts.md, "Definitions". A pass over chunks of whole cases collects; the tables are made at the
end. Which case is open is decided in `open_cases.py`, what breaches a limit in `service_level.py`.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.event_log.waits import waiting
from bpa_assets.process_model.case_parts import CasePart, first_values, handovers, known_cost, rows_where
from bpa_assets.process_model.event_chunks import Codes, EventChunk, Integers, Names, event_chunks
from bpa_assets.process_model.grouped_values import GroupedValues, distinct, sort_by_group, split
from bpa_assets.process_model.service_level import ActivityLimits, DueRows
from bpa_assets.process_model.variants import Variants
from bpa_assets.settings import ProcessConfig

Pair = tuple[int, int]
_SHORT = 1 << 16


@dataclass
class Behaviour:
    """All that one pass over the log collects. Activities are numbers here; `names` has their texts."""

    config: ProcessConfig
    case_attributes: Sequence[str]
    cases: deque[CasePart] = field(default_factory=deque)
    variants: Variants = field(default_factory=Variants)
    names: dict[int, str] = field(default_factory=dict)
    resources: Names = field(default_factory=Names)
    waiting: GroupedValues[int] = field(default_factory=GroupedValues)
    processing: GroupedValues[int] = field(default_factory=GroupedValues)
    transitions: GroupedValues[Pair] = field(default_factory=GroupedValues)
    with_duration: Counter[int] = field(default_factory=Counter)
    activity_cost: dict[int, float] = field(default_factory=dict)
    performed: set[Pair] = field(default_factory=set)
    due: DueRows = field(default_factory=DueRows)
    first_start: int = np.iinfo(np.int64).max
    last_end: int = np.iinfo(np.int64).min


@dataclass(frozen=True)
class _Durations:
    """Of each row, in µs: since the end of the row before (0 for the first of a case), waiting and processing."""

    gap: Integers
    wait: Integers
    work: Integers

    @classmethod
    def of(cls, chunk: EventChunk) -> "_Durations":
        gap, work = np.empty_like(chunk.start), chunk.end - chunk.start
        np.subtract(chunk.start[1:], chunk.end[:-1], out=gap[1:])
        gap[chunk.first] = 0
        if int(gap.min()) >= 0 and int(work.min()) >= 0:
            return cls(gap, gap, work)  # nothing overlaps, so rows wait for the one before: held once, a third less
        return cls(gap, waiting(chunk.case, chunk.start, chunk.end), work)

    @property
    def overlap(self) -> bool:
        """Whether rows of a case may overlap."""
        return self.wait is not self.gap


_COLUMNS = ("has_duration", "is_open", "cost")
_TEXTS = ("case_id", "resource")


def observe(files: Sequence[Path], *, config: ProcessConfig, case_attributes: Sequence[str]) -> Behaviour:
    """Collect the behaviour of a stored event log; `case_attributes`: columns that are constant within every case."""
    behaviour = Behaviour(config, case_attributes)
    limits = ActivityLimits.of(config)
    columns = [*_COLUMNS, *case_attributes, *(("enabled_time",) if limits else ())]
    for chunk in event_chunks(files, columns, _TEXTS):
        _collect(behaviour, chunk, limits)
    return behaviour


def _collect(behaviour: Behaviour, chunk: EventChunk, limits: ActivityLimits) -> None:
    durations = _Durations.of(chunk)
    resource = chunk.codes("resource", behaviour.resources)
    rows = _collect_durations(behaviour, chunk.activity, chunk.first, durations)
    chunk.note_names(list(rows), behaviour.names)
    _collect_activities(behaviour, chunk, rows, resource)
    behaviour.cases.append(_case_part(behaviour, chunk, durations, resource, limits))
    behaviour.first_start = min(behaviour.first_start, int(chunk.start.min()))
    behaviour.last_end = max(behaviour.last_end, int(chunk.end.max()))


def _collect_durations(behaviour: Behaviour, activity: Codes, first: Integers, durations: _Durations) -> dict[int, int]:
    """Collect by activity and by pair of activities; returns the number of rows of each activity.

    One sort by pair, the later activity above, serves all: the rows of an activity are then side by side too.
    """
    pairs, width = _pairs(activity, first)
    rows = sort_by_group(pairs)
    targets, sources = rows.groups // width, rows.groups % width - 1
    is_new = np.r_[True, targets[1:] != targets[:-1]]
    names, begins = targets[is_new].tolist(), rows.first[is_new]
    gaps = rows.sort(durations.gap)
    behaviour.processing.extend(names, split(rows.sort(durations.work), begins))
    behaviour.waiting.extend(names, split(rows.sort(durations.wait) if durations.overlap else gaps, begins))
    for source, target, part in zip(sources.tolist(), targets.tolist(), split(gaps, rows.first), strict=True):
        if source >= 0:
            behaviour.transitions.parts[source, target].append(part)
    return dict(zip(names, np.diff(begins, append=len(activity)).tolist(), strict=True))


def _pairs(activity: Codes, first: Integers) -> tuple[npt.NDArray[Any], int]:
    """Each row's activity × width + 1 + the activity before it in the case (−1: none), and the width."""
    width = int(activity.max()) + 2
    kind: type[Any] = np.uint16 if width * width <= _SHORT else np.int64
    codes = activity.astype(kind)
    pairs = codes * kind(width)
    alone = pairs[first]
    pairs[1:] += codes[:-1] + kind(1)
    pairs[first] = alone
    return pairs, width


def _collect_activities(behaviour: Behaviour, chunk: EventChunk, rows: dict[int, int], resource: Codes) -> None:
    timed = chunk.columns["has_duration"]
    if timed.true_count == len(timed):
        behaviour.with_duration.update(rows)
    elif timed.true_count:
        counts = np.bincount(chunk.activity[timed.to_numpy(zero_copy_only=False)])
        behaviour.with_duration.update(dict(enumerate(counts.tolist())))
    behaviour.performed |= _distinct_known(chunk.activity, resource)
    cost = chunk.columns["cost"]
    if cost.null_count < len(cost):
        known = cost.is_valid().to_numpy(zero_copy_only=False)
        totals = np.bincount(chunk.activity[known], weights=cost.drop_null().to_numpy())
        for code in np.unique(chunk.activity[known]).tolist():
            behaviour.activity_cost[code] = behaviour.activity_cost.get(code, 0.0) + float(totals[code])


def _distinct_known(activity: Codes, resource: Codes) -> set[Pair]:
    """The distinct pairs of activity and known resource (−1: unknown)."""
    width = int(resource.max()) + 2
    together = activity * np.int64(width)
    together += resource
    together += 1
    return {(pair // width, pair % width - 1) for pair in distinct(together).tolist() if pair % width}


def _case_part(
    behaviour: Behaviour, chunk: EventChunk, durations: _Durations, resource: Codes, limits: ActivityLimits
) -> CasePart:
    first, last_end = chunk.first, chunk.end[chunk.last]
    robots = behaviour.config.automation.resources
    known_robots = [behaviour.resources.codes.get(name, -2) for name in robots]
    return CasePart(
        case_id=chunk.columns["case_id"].take(pa.array(first)).cast(pa.string()),
        started=chunk.start[first],
        ended=np.maximum.reduceat(chunk.end, first) if durations.overlap else last_end,
        last_end=last_end,
        variant=behaviour.variants.add(chunk),
        waiting=np.add.reduceat(durations.wait, first),
        handovers=handovers(chunk, resource),
        automated=rows_where(chunk, np.isin(resource, known_robots)) if robots else None,
        cost=known_cost(chunk),
        running=chunk.columns["is_open"].to_numpy(zero_copy_only=False)[chunk.last],
        over_limit=limits.exceeded(chunk, behaviour.names, behaviour.due),
        attributes=first_values(chunk, behaviour.case_attributes),
    )
