"""Who takes a step, and how long that takes them, compiled: parts of the engine.

After a change delete `__pycache__` beside this file (see `kernel`).
"""

import numpy as np

from bpa_assets.event_log.compiled.kernel import inner
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.simulation.compiled_clock import is_open, next_open, uniform
from bpa_assets.optimized_plan.simulation.prepared import Records

# What the numbers of a step are drawn for; a step has NUMBERS of them, the last ones for TRIES.
DURATION, DELAY, OBSERVED, SAME, FREQUENCY, WHO, TIE, TRY = 0, 1, 2, 3, 4, 5, 6, 8
NUMBERS, TRIES = 16, 8


@inner
def drawn(samples: Floats, low: int, high: int, own: float, number: float) -> float:
    """What a list of samples has at a share of it; without one, `own`."""
    return float(samples[low + int(number * (high - low))]) if high > low else float(own)


@inner
def given_slot(slots: Records, low: int, high: int) -> int:
    """The slot that has done first what is given to it."""
    best = low
    for slot in range(low + 1, high):
        if slots[slot].given < slots[best].given:
            best = slot
    return int(best)


@inner
def taken_slot(slots: Records, low: int, high: int) -> int:
    """The slot that has done first what it took up."""
    best = low
    for slot in range(low + 1, high):
        if slots[slot].taken < slots[best].taken:
            best = slot
    return int(best)


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
    for at in range(low, high):
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
    slots: Records,
    hours: Ints,
    days: Floats,
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
        slot = given_slot(slots, resources[who].slots, resources[who].slots_end)
        calendar = resources[who].calendar
        if slots[slot].given <= time and is_open(hours[calendar], days[calendar], time):
            return int(who)
    best, total = np.inf, 0.0
    for at in range(low, high):
        who = candidates[at].resource
        slot = given_slot(slots, resources[who].slots, resources[who].slots_end)
        start = max(time, slots[slot].given)
        if start <= best or patience >= 0.0:
            calendar = resources[who].calendar
            start = next_open(hours[calendar], days[calendar], start)
        starts[at] = start
        if start < best:
            best, total = start, candidates[at].share
        elif start == best:
            total += candidates[at].share
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
