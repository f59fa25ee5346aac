"""The stored event log as the steps that a simulation model is calibrated from, and what each step waited for.

All times are seconds of the local wall clock since a Monday 00:00. What is concurrent is decided in
`bottlenecks.concurrency`; what the numbers mean for the model stays out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from bpa_assets.bottlenecks.calendars import DAY, local_times
from bpa_assets.bottlenecks.concurrency import concurrent_activities
from bpa_assets.event_log.waits import Integers
from bpa_assets.optimized_plan.calibration.case_classes import CaseClass, case_classes
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, Ints
from bpa_assets.process_model.event_chunks import EventChunk, Names, event_chunks

LOOK_BACK = 25
"""Rows of a case that are compared with each row: what lies farther back is enabled by what lies between."""

_COLUMNS = ("has_duration", "is_open", "enabled_time")
_MICROS = 1e6
_EPOCH = datetime(1970, 1, 1)
_MONDAY = 4
"""The first Monday after 1970 began, in days."""


@dataclass(frozen=True)
class ObservedSteps:
    """Rows of whole cases, sorted by case and start: codes from 0, −1 where nothing is known; cases from 0 in a row.

    `start` ≤ `end`, seconds since `origin`; `enabled`: when the step could begin (the greatest end of its
    predecessors, the arrival of its case, or what the log says); `timed`: the start is known, not only the end.
    `before`, `after`: row numbers, the pairs of the partial order (transitively reduced), by `after`.
    `open_case[c]`: c is not done. `automated`: resources that never rest. `classes`: what cases are when they arrive.
    """

    origin: datetime
    zone: str
    case: Ints
    activity: Ints
    resource: Ints
    team: Ints
    start: Floats
    end: Floats
    enabled: Floats
    timed: Flags
    before: Ints
    after: Ints
    open_case: Flags
    activities: tuple[str, ...]
    resources: tuple[str, ...]
    teams: tuple[str, ...]
    automated: tuple[str, ...]
    time_basis: str
    classes: tuple[CaseClass, ...] = ()

    @property
    def first(self) -> Ints:
        """The first row of each case."""
        return np.searchsorted(self.case, np.arange(len(self.open_case)))

    @property
    def arrived(self) -> Floats:
        """When each case arrived: the least enablement of its rows."""
        return np.minimum.reduceat(self.enabled, self.first) if len(self.case) else np.zeros(0)

    @property
    def finished(self) -> Floats:
        """The greatest end of each case."""
        return np.maximum.reduceat(self.end, self.first) if len(self.case) else np.zeros(0)

    def of_cases(self, chosen: Flags) -> "ObservedSteps":
        """Some of the cases, numbered anew."""
        rows = chosen[self.case]
        place = np.cumsum(rows) - 1
        pairs = rows[self.after]
        kept = {
            name: getattr(self, name)[rows]
            for name in ("activity", "resource", "team", "start", "end", "enabled", "timed")
        }
        return replace(
            self,
            **kept,
            case=(np.cumsum(chosen) - 1)[self.case[rows]],
            before=place[self.before[pairs]],
            after=place[self.after[pairs]],
            open_case=self.open_case[chosen],
            classes=tuple(one.of_cases(chosen) for one in self.classes),
        )


def observed_steps(
    files: Sequence[Path],
    *,
    activities: Sequence[str],
    open_cases: Flags,
    time_basis: str,
    zone: str = "UTC",
    automated: Collection[str] = (),
    attributes: Sequence[str] = (),
) -> ObservedSteps:
    """Read a stored event log; `open_cases` in its order, `zone`: whose clocks people work by, `attributes`: of cases.

    Raises ValueError where the log holds no event.
    """
    resources, teams = Names(), Names()
    parts = ((chunk.case, chunk.activity, chunk.start, chunk.end) for chunk in event_chunks(files))
    concurrent = concurrent_activities(parts, len(activities))
    found = [_columns(chunk, resources, teams) for chunk in event_chunks(files, _COLUMNS, texts=("resource", "role"))]
    if not found:
        raise ValueError("the log has no events, so there is nothing to simulate")
    rows = {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    rows["case"] = np.cumsum(np.append(0, rows["case"][1:] != rows["case"][:-1]))
    local = {name: local_times(rows[name], zone) for name in ("start", "end")}
    origin_day = int((local["start"].min() // DAY - _MONDAY) // 7 * 7 + _MONDAY)
    seconds = {name: (times - origin_day * DAY) / _MICROS for name, times in local.items()}
    seconds["end"] = np.maximum(seconds["end"], seconds["start"])  # clocks that are set back
    before, after = partial_order(rows["case"], rows["activity"], seconds["start"], seconds["end"], concurrent)
    logged = np.where(rows["has_enabled"], local_times(rows["enabled"], zone) - origin_day * DAY, 0) / _MICROS
    return ObservedSteps(
        origin=_EPOCH + timedelta(days=origin_day),
        zone=zone,
        case=rows["case"],
        activity=rows["activity"],
        resource=rows["resource"],
        team=rows["team"],
        **seconds,
        enabled=_enabled(rows["case"], seconds, (before, after), np.where(rows["has_enabled"], logged, np.nan)),
        timed=rows["timed"],
        before=before,
        after=after,
        open_case=open_cases,
        activities=tuple(activities),
        resources=tuple(resources.texts),
        teams=tuple(teams.texts),
        automated=tuple(automated),
        time_basis=time_basis,
        classes=case_classes(files, attributes),
    )


def partial_order(
    case: Ints, activity: Ints, start: Floats, end: Floats, concurrent: Flags
) -> tuple[Ints, Ints]:  # fmt: skip
    """Pairs (before, after) of rows of a case: the one enables the other, and no third row lies between the two.

    A row precedes a later one if it is done when that starts and they are not concurrent. Rows are sorted by case and
    start; `concurrent` as `Orders.concurrent` gives it.
    """
    width = round(len(concurrent) ** 0.5)
    rows = np.arange(len(case))

    def precedes(back: int) -> Flags:
        """Whether row − back precedes each row."""
        found = np.zeros(len(case), np.bool_)
        later, earlier = rows[back:], rows[:-back]
        found[back:] = (case[earlier] == case[later]) & (end[earlier] <= start[later])
        if width:
            found[back:] &= ~concurrent[activity[earlier] * width + activity[later]]
        return found

    pairs: list[tuple[Ints, Ints]] = []
    order = {back: precedes(back) for back in range(1, min(LOOK_BACK, len(case) - 1) + 1)}
    for back, direct in order.items():
        later = np.flatnonzero(direct)
        for between in range(1, back):  # row − between lies between the two
            later = later[~(order[between][later] & order[back - between][later - between])]
        pairs.append((later - back, later))
    before, after = (np.concatenate(column) for column in zip(*pairs, strict=True)) if pairs else (rows[:0], rows[:0])
    by_after = np.lexsort((before, after))
    return before[by_after], after[by_after]


def _enabled(case: Ints, seconds: dict[str, Floats], order: tuple[Ints, Ints], logged: Floats) -> Floats:
    """When each row could begin; where the log says it, that (never after its start)."""
    before, after = order
    first = np.searchsorted(case, case)
    arrival = np.fmin(seconds["start"], logged)[first]
    enabled = np.full(len(case), -np.inf)
    np.maximum.at(enabled, after, seconds["end"][before])
    enabled = np.where(np.isfinite(enabled), enabled, arrival)
    return np.minimum(np.where(np.isnan(logged), enabled, logged), seconds["start"])


def _columns(chunk: EventChunk, resources: Names, teams: Names) -> dict[str, Integers]:
    enabled = chunk.columns["enabled_time"]
    return {
        "case": chunk.case.astype(np.int64),
        "activity": chunk.activity.astype(np.int64),
        "resource": chunk.codes("resource", resources).astype(np.int64),
        "team": chunk.codes("role", teams).astype(np.int64),
        "start": chunk.start,
        "end": chunk.end,
        "enabled": enabled.cast(pa.timestamp("us")).view(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False),
        "has_enabled": enabled.is_valid().to_numpy(zero_copy_only=False),
        "timed": _flags(chunk, "has_duration"),
    }


def _flags(chunk: EventChunk, column: str) -> Flags:
    return np.asarray(chunk.columns[column].to_numpy(zero_copy_only=False), np.bool_)
