"""The work clock (see `work_clock`), compiled: parts of the engine, of one calendar: its `hours` and `days`.

After a change delete `__pycache__` beside this file (see `kernel`). Times are not negative.
"""

import numpy as np

from bpa_assets.event_log.compiled.kernel import inner
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.seconds import DAY, HOUR, WEEK
from bpa_assets.optimized_plan.simulation.prepared import Records


@inner
def is_open(hours: Ints, days: Floats, time: float) -> bool:
    """Whether it is working time."""
    day = int(time / DAY)
    if day < len(days) - 1 and days[day + 1] == days[day]:
        return False
    hour = 24 * (day % 7) + int((time - DAY * day) / HOUR)
    return bool(hours[hour + 1] > hours[hour])


@inner
def next_of_week(moments: Floats, low: int, high: int, time: float) -> float:
    """The first of the moments of each week, `moments[low:high]` (ascending), from `time` on; never: infinity."""
    if low == high:
        return np.inf
    week = WEEK * int(time / WEEK)
    for at in range(low, high):
        if week + moments[at] >= time:
            return float(week + moments[at])
    return float(week + WEEK + moments[low])


@inner
def work_before(hours: Ints, days: Floats, time: float) -> float:
    """W(time) in seconds."""
    day, horizon = int(time / DAY), len(days) - 1
    midnight = 24 * (day % 7)
    if day < horizon:
        before = days[day]
        if days[day + 1] == before:
            return float(before)
    else:
        before = days[horizon] + HOUR * ((day - horizon) // 7 * hours[168] + hours[midnight])
    seconds = time - DAY * day
    hour = int(seconds / HOUR)
    before += HOUR * (hours[midnight + hour] - hours[midnight])
    if hours[midnight + hour + 1] > hours[midnight + hour]:
        before += seconds - HOUR * hour
    return float(before)


@inner
def time_of(hours: Ints, days: Floats, work: float, opens: bool) -> float:
    """The first moment at which W is `work` (> 0), when work ends; or, `opens`, the last one, when it goes on."""
    horizon = len(days) - 1
    if work < days[horizon] or (work == days[horizon] and not opens):
        low, high = 0, horizon  # the last day with W before it below `work`, or up to it
        while high - low > 1:
            middle = (low + high) // 2
            if days[middle] < work or (opens and days[middle] == work):
                low = middle
            else:
                high = middle
        day, left = low, work - days[low]
    else:
        left = work - days[horizon]
        weeks = int(left / (HOUR * hours[168]))
        left -= weeks * HOUR * hours[168]
        if left <= 0.0 and not opens:
            weeks -= 1
            left += HOUR * hours[168]
        day = horizon + 7 * weeks
    hour = 24 * (day % 7)
    # Over the end of the day only by rounding, and then it goes on where the next hour is.
    for _ in range(169):
        if hours[hour + 1] > hours[hour]:
            if left < HOUR or (left == HOUR and not opens):
                break
            left -= HOUR
        hour += 1
        if hour % 24 == 0:
            day += 1
            hour = 24 * (day % 7)
    return float(DAY * day + HOUR * (hour % 24) + left)


@inner
def next_open(hours: Ints, days: Floats, time: float) -> float:
    """The first working moment from `time` on."""
    if is_open(hours, days, time):
        return float(time)
    return float(max(time, time_of(hours, days, work_before(hours, days, time), True)))


@inner
def next_opening(gaps: Records, calendar: int, hours: Ints, days: Floats, time: float) -> float:
    """As `next_open`; of each calendar `gaps` keeps the last closed time asked for: many ask in the same night."""
    if gaps[calendar].since <= time <= gaps[calendar].until:
        return float(gaps[calendar].until)
    if is_open(hours, days, time):
        return float(time)
    opens = next_open(hours, days, time)
    gaps[calendar].since, gaps[calendar].until = time, opens
    return float(opens)


@inner
def end_of_work(hours: Ints, days: Floats, start: float, work: float) -> float:
    """When `work` seconds begun at `start`, a working moment, are done."""
    if start + work <= HOUR * (int(start / HOUR) + 1.0):  # most steps
        return float(start + work)
    return float(max(start, time_of(hours, days, work_before(hours, days, start) + work, False)))


@inner
def uniform(key: np.uint64, number: int) -> float:
    """Number `number` of a key, as `draws.uniforms` gives it."""
    state = key + np.uint64(number + 1) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state = state ^ (state >> np.uint64(31))
    return float(state >> np.uint64(11)) * 2.0**-53
