"""People at work: tasks wait for their pool, first in, first out, and for the hours in which it works.

A discrete-event simulation: one pass in time, a heap of the tasks that wait to be looked at. It is plain Python for the
small demo and the same function compiled for large logs, in whole seconds, so both give the same bytes. What a task is
and who exists stays out.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.demo.calendars import NEVER, Staff
from bpa_assets.event_log.demo.paths import Plan
from bpa_assets.event_log.demo.process import DAY

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Timetable:
    """When each task happened, in seconds since day 0, and who did it (number of the person at the site).

    enabled (its predecessors were done) ≤ ready (the world outside had answered) ≤ queued (its batch was released) ≤
    staffed (with nobody else in the queue it would have begun now) ≤ start ≤ end. The four steps from enabled to start
    are the extraneous, batching, unavailability and contention parts of its wait.
    """

    enabled: Integers
    ready: Integers
    queued: Integers
    staffed: Integers
    start: Integers
    end: Integers
    person: Integers


def timetable(plan: Plan, arrival: Integers, staff: Staff, pick_ups: Integers, *, compiled: bool) -> Timetable:
    """Let the staff do all tasks; `arrival`: of each case, ascending; `compiled` pays off from about 5,000 cases."""
    tasks = len(plan.case)
    columns = tuple(np.zeros(tasks, dtype=np.int64) for _ in Timetable.__dataclass_fields__)
    work = _compiled() if compiled else _simulate
    work(
        plan.pool, plan.work, plan.delay, plan.delay_days, plan.batched, plan.awaits.copy(), plan.first_edge,
        plan.edges, np.flatnonzero(plan.awaits == 0), arrival, staff.first_member, staff.first_shift, staff.opens,
        staff.closes, pick_ups, np.zeros(len(staff.first_shift) - 1, dtype=np.int64),
        np.zeros(len(staff.first_member), dtype=np.int64), *columns,
    )  # fmt: skip
    return Timetable(*columns)


@cache
def _compiled() -> Callable[..., Any]:
    from bpa_assets.event_log.compiled.kernel import allocating_kernel

    return allocating_kernel(_simulate)


def _simulate(
    pool_of: Integers, work_of: Integers, delay_of: Integers, days_of: Integers, batched: npt.NDArray[np.bool_],
    awaits: Integers, first_edge: Integers, edges: Integers, first_task: Integers, arrival: Integers,
    first_member: Integers, first_shift: Integers, opens: Integers, closes: Integers, pick_ups: Integers,
    free: Integers, last_start: Integers, enabled: Integers, ready: Integers, queued: Integers, staffed: Integers,
    start: Integers, end: Integers, person: Integers,
) -> None:  # fmt: skip
    """Fill the columns of the timetable. One function, so that it runs as it is and compiles as it is."""
    waiting = [(arrival[0], first_task[0])]
    for case in range(1, len(arrival)):
        waiting.append((arrival[case], first_task[case]))  # ascending, so it is a heap
    enabled[first_task] = arrival
    ready[first_task] = arrival
    while len(waiting) > 0:
        now, task = heapq.heappop(waiting)
        queued[task] = now
        work, pool = work_of[task], pool_of[task]
        # Nobody overtakes: a short task does not slip in before a long one that no longer fits into the day.
        turn = max(now, last_start[pool])
        best, alone, chosen = 4 * NEVER, 4 * NEVER, first_member[pool]
        for member in range(first_member[pool], first_member[pool + 1]):
            first, last = first_shift[member], first_shift[member + 1]
            shift = first + np.searchsorted(closes[first:last], now + work)
            alone = min(alone, max(now, opens[shift]))
            could = max(turn, free[member])
            shift += np.searchsorted(closes[shift:last], could + work)
            could = max(could, opens[shift])
            while could + work > closes[shift]:
                shift += 1
                could = max(could, opens[shift])
            if could < best or (could == best and free[member] < free[chosen]):
                best, chosen = could, member
        staffed[task], start[task], end[task], person[task] = alone, best, best + work, chosen
        free[chosen], last_start[pool] = best + work, best
        for edge in range(first_edge[task], first_edge[task + 1]):
            after = edges[edge]
            awaits[after] -= 1
            # Time runs forward here, but branches end in another order than they are popped: keep the latest.
            enabled[after] = max(enabled[after], best + work)
            if awaits[after] == 0:
                begins, days = enabled[after], days_of[after]
                midnight = begins - (begins % DAY) * (days > 0) + days * DAY
                ready[after] = midnight + delay_of[after]
                moment = ready[after]
                if batched[after]:
                    moment = pick_ups[np.searchsorted(pick_ups, moment)]
                heapq.heappush(waiting, (moment, after))
