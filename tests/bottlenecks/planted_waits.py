"""Small logs with one planted reason to wait each, by simulation: who was busy with what is known, second by second.

Every case is registered by a bot and then handled; only the handling waits. Add a reason here; what is found of it is
in `test_planted_causes`.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.stored_logs import write_rows

MINUTE, HOUR, DAY = 60, 3600, 86400
MONDAY = datetime(2024, 1, 1)


@dataclass
class Job:
    """One handling, in seconds since MONDAY, and the seconds of its wait by cause."""

    enabled: int
    start: int = 0
    end: int = 0
    resource: str = "Ann"
    planted: dict[str, int] = field(default_factory=dict)


def batching(*, at_once: bool) -> list[Job]:
    """Six are collected, then done at once or one after the other."""
    jobs = list(_arrivals(40 * MINUTE, weeks=6))
    for first in range(0, len(jobs) - 5, 6):
        batch = jobs[first : first + 6]
        for place, job in enumerate(batch):
            behind = 0 if at_once else place * 5 * MINUTE
            _do(job, batch[-1].enabled + behind, 5 * MINUTE)
            job.planted = {"batching": batch[-1].enabled - job.enabled, "contention": behind}
    return [job for job in jobs if job.end]


def contention() -> list[Job]:
    """One person, too much work, first come first served, day and night."""
    free = 0
    jobs = list(_arrivals(30 * MINUTE, weeks=4))
    random = Random(2)
    for job in jobs:
        _do(job, max(free, job.enabled), round(random.uniform(10, 46) * MINUTE))
        free = job.end
        job.planted = {"contention": job.start - job.enabled}
    return jobs


def prioritization() -> list[Job]:
    """One person who always takes what came last."""
    jobs = list(_arrivals(30 * MINUTE, weeks=4))
    random, waiting, coming, now, done = Random(3), list[tuple[int, int]](), 0, 0, list[Job]()
    while len(done) < len(jobs):
        now = now if waiting else max(now, jobs[coming].enabled)
        while coming < len(jobs) and jobs[coming].enabled <= now:
            heapq.heappush(waiting, (-coming, coming))
            coming += 1
        job = jobs[heapq.heappop(waiting)[1]]
        _do(job, now, round(random.uniform(10, 44) * MINUTE))
        now = job.end
        done.append(job)
    for job in jobs:
        busy = [one for one in done if one.start < job.start and one.end > job.enabled]
        later = sum(one.end - one.start for one in busy if one.enabled > job.enabled)
        job.planted = {"prioritization": later, "contention": job.start - job.enabled - later}
    return jobs


def unavailability() -> list[Job]:
    """One person from Monday to Friday, 9 to 17, with little to do and a week off."""
    free = 0
    jobs = list(_arrivals(50 * MINUTE, weeks=10))
    for job in jobs:
        _do(job, _next_opening(max(free, job.enabled)), 2 * MINUTE)
        free = job.end
        closed = _closed(job.enabled, job.start)
        job.planted = {"unavailability": closed, "contention": job.start - job.enabled - closed}
    return jobs


def extraneous() -> list[Job]:
    """Four people, day and night, with hardly anything to do: the customer's answer is waited for."""
    random = Random(5)
    jobs = list(_arrivals(20 * MINUTE, weeks=4))
    for job in jobs:
        job.resource = random.choice(["Ann", "Bob", "Cid", "Dee"])
        _do(job, job.enabled + round(random.uniform(1, 30) * HOUR), 2 * MINUTE)
        job.planted = {"extraneous": job.start - job.enabled}
    return jobs


def write_log(path: Path, jobs: list[Job], *, with_enabled: bool) -> Path:
    """Write the jobs as a log; case i is job i."""
    registered = [
        (str(case), "Register", job.enabled - MINUTE, job.enabled, "Bot", job.enabled - MINUTE)
        for case, job in enumerate(jobs)
    ]
    handled = [(str(case), "Handle", job.start, job.end, job.resource, job.enabled) for case, job in enumerate(jobs)]
    case, activity, start, end, resource, enabled = zip(*registered, *handled, strict=True)
    times = {"start_time": start, "end_time": end} | ({"enabled_time": enabled} if with_enabled else {})
    moments = {name: [str(MONDAY + timedelta(seconds=one)) for one in values] for name, values in times.items()}
    return write_rows(path, case=case, activity=activity, resource=resource, **moments)


def _arrivals(mean: int, *, weeks: int) -> Iterator[Job]:
    random, now = Random(1), HOUR
    while (now := now + round(random.expovariate(1 / mean)) + 1) < weeks * 7 * DAY:
        yield Job(now)


def _do(job: Job, start: int, seconds: int) -> None:
    job.start, job.end = start, start + seconds


def _next_opening(now: int) -> int:
    day, clock = divmod(now, DAY)
    if _works(day) and clock < 17 * HOUR:
        return max(now, day * DAY + 9 * HOUR)
    return next(later for later in range(day + 1, day + 11) if _works(later)) * DAY + 9 * HOUR


def _works(day: int) -> bool:
    return day % 7 < 5 and not 28 <= day < 35


def _closed(since: int, until: int) -> int:
    """Seconds between two moments outside the hours."""
    seconds = 0
    while since < until:
        opening = min(_next_opening(since), until)
        seconds += opening - since
        since = opening // DAY * DAY + 17 * HOUR
    return seconds
