"""Who takes a step, and how long that takes them, compiled: parts of the engine.

After a change delete `__pycache__` beside this file (see `kernel`).
"""

import numpy as np

from bpa_assets.event_log.compiled.kernel import inner
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.simulation.compiled_clock import is_open, next_opening, uniform
from bpa_assets.optimized_plan.simulation.prepared import Records

# What the numbers of a step are drawn for; a step has NUMBERS of them, the last ones for TRIES.
DURATION, DELAY, OBSERVED, SAME, FREQUENCY, WHO, TIE, TRY = 0, 1, 2, 3, 4, 5, 6, 8
NUMBERS, TRIES = 16, 8


@inner
def drawn(samples: Floats, low: int, high: int, own: float, number: float) -> float:
    """What a list of samples has at a share of it; without one, `own`."""
    return float(samples[low + int(number * (high - low))]) if high > low else float(own)


@inner
def occupy(busy: Floats, low: int, high: int, until: float) -> None:
    """Let the slot of a resource that is free first, `busy[low]`, be so until a time: the top of a heap sinks."""
    at, below = low, low + 1
    while below < high:
        if below + 1 < high and busy[below + 1] < busy[below]:
            below += 1
        if until <= busy[below]:
            break
        busy[at] = busy[below]
        at, below = below, 2 * below - low + 1
    busy[at] = until


@inner
def by_frequency(candidates: Records, low: int, high: int, number: float) -> int:
    """The candidate at a share of the observed work."""
    while high - low > 1:
        middle = (low + high) // 2
        if candidates[middle - 1].cumulative <= number:
            low = middle
        else:
            high = middle
    return int(candidates[low].resource)


@inner
def cheapest(candidates: Records, low: int, high: int, starts: Floats, latest: float) -> int:
    """Of those who can start by `latest` who costs least, then who can start first, then the first one."""
    found = -1
    for place in range(low, high):
        at = candidates[place].by_cost
        if starts[at] > latest:
            continue
        if (
            found < 0
            or candidates[at].cost < candidates[found].cost
            or (candidates[at].cost == candidates[found].cost and starts[at] < starts[found])
        ):
            found = at
    return int(candidates[found].resource)


@inner
def first_able(  # noqa: C901 - handed on, its arrays would be counted at every step
    candidates: Records,
    low: int,
    high: int,
    resources: Records,
    given: Floats,
    hours: Ints,
    days: Floats,
    gaps: Records,
    starts: Floats,
    key: np.uint64,
    number: int,
    time: float,
    patience: float,
) -> int:
    """Who can start first, of several by frequency; or, with `patience` not below 0, see `cheapest`."""
    # Whoever is drawn by frequency and could start at once is drawn by frequency among those who could.
    for attempt in range(min(TRIES, high - low) if patience < 0.0 else 0):
        who = by_frequency(candidates, low, high, uniform(key, number + TRY + attempt))
        calendar = resources[who].calendar
        if given[resources[who].slots] <= time and is_open(hours[calendar], days[calendar], time):
            return int(who)
    best, total = np.inf, 0.0
    for place in range(low, high):
        at = candidates[place].by_cost
        who = candidates[at].resource
        start = max(time, given[resources[who].slots])
        if start <= best + max(patience, 0.0):  # else it is later than anybody who is looked for
            calendar = resources[who].calendar
            start = next_opening(gaps, calendar, hours[calendar], days[calendar], start)
        starts[at] = start
        if start < best:
            best, total = start, candidates[at].share
        elif start == best:
            total += candidates[at].share
        if patience >= 0.0 and start == time:  # who comes now is neither cheaper nor sooner
            high = place + 1
            break
    if patience >= 0.0:
        return cheapest(candidates, low, high, starts, best + patience)
    left, found = uniform(key, number + TIE) * total, -1
    for at in range(low, high):
        if starts[at] == best:
            found = candidates[at].resource
            left -= candidates[at].share
            if left < 0.0:
                break
    return int(found)
