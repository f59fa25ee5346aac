"""The heap of events and the queues of resources, compiled: parts of the engine.

After a change delete `__pycache__` beside this file (see `kernel`).
"""

from bpa_assets.event_log.compiled.kernel import inner
from bpa_assets.optimized_plan.process_simulation_model import Ints
from bpa_assets.optimized_plan.simulation.prepared import Records


@inner
def push(heap: Records, size: int, time: float, event: int) -> int:
    """Add an event to a heap of `size`; return its size."""
    at = size
    while at > 0:
        above = (at - 1) // 2
        if heap[above].time < time or (heap[above].time == time and heap[above].id < event):
            break
        heap[at].time, heap[at].id = heap[above].time, heap[above].id
        at = above
    heap[at].time, heap[at].id = time, event
    return size + 1


@inner
def pop(heap: Records, size: int) -> int:
    """Take the first event away; return the size that is left."""
    size -= 1
    time, event, at = heap[size].time, heap[size].id, 0
    while 2 * at + 1 < size:
        below = 2 * at + 1
        other = below + 1
        if other < size and (
            heap[other].time < heap[below].time
            or (heap[other].time == heap[below].time and heap[other].id < heap[below].id)
        ):
            below = other
        if time < heap[below].time or (time == heap[below].time and event < heap[below].id):
            break
        heap[at].time, heap[at].id = heap[below].time, heap[below].id
        at = below
    heap[at].time, heap[at].id = time, event
    return size


@inner
def taken_from_queue(rows: Records, resources: Records, who: int, priority: Ints) -> int:
    """Take out of a resource's queue the row of highest priority, of these the one that has been ready longest."""
    best, before_best, before, row = -1, -1, -1, resources[who].queue
    while row >= 0:
        if (
            best < 0
            or priority[row] > priority[best]
            or (
                priority[row] == priority[best]
                and (rows[row].ready < rows[best].ready or (rows[row].ready == rows[best].ready and row < best))
            )
        ):
            best, before_best = row, before
        before, row = row, rows[row].behind
    if before_best < 0:
        resources[who].queue = rows[best].behind
    else:
        rows[before_best].behind = rows[best].behind
    return int(best)


@inner
def overtake(rows: Records, resources: Records, who: int, by: int, worked: float) -> None:
    """Let those in a queue who were there before row `by` wait for its work."""
    row = resources[who].queue
    while row >= 0:
        if rows[row].ready < rows[by].ready:
            rows[row].prioritization += worked
        row = rows[row].behind
