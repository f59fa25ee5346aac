"""What is planted is found: at least nine tenths of the seconds of each cause, row by row."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.bottlenecks.calendars import discover_calendars
from bpa_assets.bottlenecks.causes import CAUSES, split_waits
from bpa_assets.bottlenecks.waiting_rows import waiting_rows
from bpa_assets.event_log.demo.log_file import write_demo_log
from bpa_assets.event_log.demo.process import BOTS, DAY, HOLIDAYS, POOLS, START, Hours
from bpa_assets.process_model.event_chunks import Names, activity_names
from tests.bottlenecks import planted_waits
from tests.bottlenecks.planted_waits import Job, write_log
from tests.event_log.demo.demo_logs import DemoLog
from tests.stored_logs import read, stored

Parts = dict[tuple[str, str], list[dict[str, float]]]


def found_in(path: Path, *, automated: Collection[str] = ()) -> list[tuple[int, dict[str, float]]]:
    """Seconds by cause of each row, with its number in the source."""
    log = read([path])
    files, resources = log.event_log.files, Names()
    rows = waiting_rows(files, activities=len(activity_names(files)), resources=resources)
    known = rows.take(np.flatnonzero(rows.resource >= 0))
    always = [resources.codes[name] for name in automated]
    calendars = discover_calendars(known.resource, known.team, known.start, known.end, always=always)
    parts = split_waits(rows, calendars)
    assert (sum(parts.values()) == rows.start - rows.enabled).all()
    return [
        (row["source_row"], {cause: parts[cause][place] / 1e6 for cause in CAUSES})
        for place, row in enumerate(stored(log))
    ]


def shares_found(
    planted: Mapping[int, Mapping[str, float]], found: list[tuple[int, dict[str, float]]]
) -> dict[str, float]:
    """Of the planted seconds of each cause (those that make up 2 % of all) the share that is found in the same row."""
    total, right = Counter[str](), Counter[str]()
    for row, parts in found:
        for cause, seconds in planted.get(row, {}).items():
            total[cause] += seconds
            right[cause] += min(seconds, parts[cause])
    return {cause: right[cause] / total[cause] for cause in total if total[cause] >= 0.02 * total.total()}


@pytest.mark.parametrize("with_enabled", [True, False], ids=["enabled_given", "enabled_inferred"])
@pytest.mark.parametrize(
    ("jobs", "causes"),
    [
        (planted_waits.batching(at_once=True), {"batching"}),
        (planted_waits.batching(at_once=False), {"batching", "contention"}),
        (planted_waits.contention(), {"contention"}),
        (planted_waits.prioritization(), {"prioritization", "contention"}),
        (planted_waits.unavailability(), {"unavailability"}),
        (planted_waits.extraneous(), {"extraneous"}),
    ],
    ids=["batches_at_once", "batches_in_a_row", "contention", "prioritization", "unavailability", "extraneous"],
)
def test_a_single_planted_cause_is_found(jobs: list[Job], causes: set[str], with_enabled: bool, tmp_path: Path) -> None:
    path = write_log(tmp_path / "log.csv", jobs, with_enabled=with_enabled)
    planted = {len(jobs) + place + 1: job.planted for place, job in enumerate(jobs)}
    shares = shares_found(planted, found_in(path))
    assert causes <= set(shares)
    assert all(share >= 0.9 for share in shares.values()), shares


@pytest.mark.parametrize("with_enabled", [True, False], ids=["enabled_given", "enabled_inferred"])
def test_the_causes_planted_in_the_demo_are_found(with_enabled: bool, tmp_path: Path) -> None:
    path = tmp_path / "demo.parquet"
    write_demo_log(path, dirty=False)
    demo = DemoLog(path, 0)
    log = pq.read_table(path)
    if with_enabled:
        pq.write_table(log.append_column("enabled_time", demo.waits["enabled_time"]), path)
    begun = log["start_time"].to_numpy().astype("datetime64[s]")
    planted = _as_published(demo.waits, np.array(log["resource"].to_pylist()), begun)
    shares = shares_found(planted, found_in(path, automated=BOTS))
    assert {"batching", "contention", "unavailability", "extraneous"} <= set(shares)
    assert all(share >= 0.9 for share in shares.values()), shares


def _as_published(waits: pa.Table, person: Any, begun: Any) -> dict[int, dict[str, float]]:
    """The planted waits in the terms of the paper: who is off duty is not busy, and nothing else is waited for then.

    The demo counts what would have been gone without a cause, so that a night in a queue is contention there.
    """
    column = {name: waits[name].to_numpy() for name in waits.column_names if name.endswith("_seconds")}
    enabled = (waits["enabled_time"].to_numpy() - START).astype("timedelta64[s]").astype(int)
    start = (begun - START).astype("timedelta64[s]").astype(int)
    ready, staffed = enabled + column["extraneous_seconds"], start - column["contention_seconds"]
    extraneous, contention = np.zeros(len(start)), np.zeros(len(start))
    for pool, member in ((one, member) for one in POOLS for member in range(len(one.people))):
        rows, hours = np.flatnonzero(person == pool.people[member]), _on_duty(pool.hours, member)
        extraneous[rows] = _worked(hours, enabled[rows], ready[rows])
        contention[rows] = _worked(hours, staffed[rows], start[rows])
    idle = column["extraneous_seconds"] + column["contention_seconds"] - extraneous - contention
    planted = {
        "batching": column["batching_seconds"],
        "contention": contention,
        "unavailability": column["unavailability_seconds"] + idle,
        "extraneous": extraneous,
    }
    return {
        row: {cause: float(seconds[place]) for cause, seconds in planted.items()}
        for place, row in enumerate(waits["row"].to_pylist())
    }


def _on_duty(hours: Sequence[Hours], member: int) -> Any:
    """Seconds of its hours that a member of a pool has had before each minute since day 0."""
    minute = np.arange(400 * 1440) * 60
    day, clock = minute // DAY, minute % DAY
    works = np.full(len(minute), not hours)
    for number, one in enumerate(hours):
        turn = (day // 7 + member + number) % len(hours) == 0
        works |= turn & np.isin(day % 7, one.weekdays) & (one.opens <= clock) & (clock < one.closes)
    if hours:
        works &= ~np.isin(START + day, np.array(HOLIDAYS, "datetime64[D]"))
    return np.append(0, np.cumsum(works)) * 60


def _worked(on_duty: Any, since: Any, until: Any) -> Any:
    """Seconds of these hours between two moments in seconds since day 0."""
    minutes = np.arange(len(on_duty)) * 60
    return np.interp(until, minutes, on_duty) - np.interp(since, minutes, on_duty)
