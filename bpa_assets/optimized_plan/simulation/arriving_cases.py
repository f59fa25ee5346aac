"""Which cases arrive when: those observed, or drawn from days of the same weekday.

Everything is drawn for a day, a copy of its block and a place in it, so more demand adds cases and moves none.
"""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints, SimulationModel
from bpa_assets.optimized_plan.seconds import DAY
from bpa_assets.optimized_plan.simulation.draws import Keys, keys, uniforms

_BLOCK, _CASE, _OBSERVED, _IN_PROGRESS = 1, 2, 3, 4  # what keys are for
_TWO_WEEKS = 14


@dataclass(frozen=True)
class ArrivingCases:
    """Cases by time of arrival: when, as which trace, and the key of their draws."""

    arrived: Floats
    trace: Ints
    key: Keys

    def first(self, cases: int) -> "ArrivingCases":
        """Return the first of them."""
        return ArrivingCases(self.arrived[:cases], self.trace[:cases], self.key[:cases])


def observed_cases(model: SimulationModel, seed: int, *, unfinished_too: bool = False) -> ArrivingCases:
    """Return the cases as they arrived in the period, each with its own trace.

    Where that has no weight, as that of a case that is not done, one is drawn; unless `unfinished_too`: then it is
    played as far as it was seen.
    """
    offsets = model.arrivals.offsets
    arrived = np.repeat(model.arrivals.day, np.diff(offsets.starts)) * DAY + offsets.values
    place = np.arange(len(arrived))
    key = keys(seed, _OBSERVED, place)
    trace = model.arrivals.trace
    if not unfinished_too:
        trace = _traces(model, trace, key, np.ones(len(arrived), np.bool_))
    inside = (arrived >= model.start) & (arrived <= model.end)
    return _ordered(arrived[inside], trace[inside], key[inside])


def drawn_cases(model: SimulationModel, seed: int, *, start: float, end: float, demand: float = 1.0) -> ArrivingCases:
    """Return cases that arrive in [start, end), `demand` times as many as observed.

    Each day takes the arrivals of an observed day of its weekday, nearer ones more likely. What demand is above 1 comes
    from further blocks of the day, the last of them thinned out.
    """
    arrivals = model.arrivals
    first_day, last_day = int(start // DAY), int(np.ceil(end / DAY))
    days = np.arange(first_day, last_day)
    day_parts, place_parts, copy_parts, arrived_parts, trace_parts = [], [], [], [], []
    for copy in range(int(np.ceil(demand))):
        block = _blocks(model, days, uniforms(keys(seed, _BLOCK, days), copy))
        known = block >= 0
        chosen, on = block[known], days[known]
        counts = np.diff(arrivals.offsets.starts)[chosen]
        place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        at = np.repeat(arrivals.offsets.starts[:-1][chosen], counts) + place
        day_parts.append(np.repeat(on, counts))
        place_parts.append(place)
        copy_parts.append(np.full(len(place), copy))
        arrived_parts.append(np.repeat(on, counts) * DAY + arrivals.offsets.values[at])
        trace_parts.append(arrivals.trace[at])
    if not day_parts:
        return ArrivingCases(np.empty(0), np.empty(0, np.int64), np.empty(0, np.uint64))
    copy_of, arrived = np.concatenate(copy_parts), np.concatenate(arrived_parts)
    key = keys(seed, _CASE, np.concatenate(day_parts), copy_of, np.concatenate(place_parts))
    trace = _traces(model, np.concatenate(trace_parts), key, np.full(len(key), arrivals.keeps_mix))
    kept = (uniforms(key, 1) < demand - copy_of) & (arrived >= start) & (arrived < end)
    return _ordered(arrived[kept], trace[kept], key[kept])


def with_work_in_progress(model: SimulationModel, cases: ArrivingCases, seed: int) -> ArrivingCases:
    """Add the cases that are in progress at the start of the model's period."""
    key = keys(seed, _IN_PROGRESS, np.arange(len(model.in_progress)))
    return _ordered(
        np.concatenate([model.traces.arrived[model.in_progress], cases.arrived]),
        np.concatenate([model.in_progress, cases.trace]),
        np.concatenate([key[: len(model.in_progress)], cases.key]),
    )


def _blocks(model: SimulationModel, days: Ints, numbers: Floats) -> Ints:
    """Draw a block for each day, -1 where none is of its weekday; not the day on which the log stops, a part of one."""
    observed, width = model.arrivals.day, 7 * model.arrivals.bandwidth_weeks
    whole = ((observed + 1) * DAY <= model.end) | (len(observed) <= _TWO_WEEKS)
    found = np.full(len(days), -1)
    for weekday in range(7):
        blocks = np.flatnonzero((observed % 7 == weekday) & whole)
        mine = np.flatnonzero(days % 7 == weekday)
        if not len(blocks) or not len(mine):
            continue
        distance = np.abs(days[mine][:, None] - observed[blocks][None, :]).astype(np.float64)
        distance -= distance.min(axis=1, keepdims=True)
        summed = np.cumsum(np.exp(-distance / width), axis=1)
        drawn = (summed <= (numbers[mine] * summed[:, -1])[:, None]).sum(axis=1)
        found[mine] = blocks[np.minimum(drawn, len(blocks) - 1)]
    return found


def _traces(model: SimulationModel, own: Ints, key: Keys, keeps: np.ndarray) -> Ints:
    """Keep each case's own trace where that may be drawn, else draw one by weight."""
    summed = np.cumsum(model.traces.weight)
    if not len(summed) or summed[-1] <= 0:
        return own
    drawn = np.searchsorted(summed, uniforms(key, 0) * summed[-1], side="right")
    drawn = np.minimum(drawn, np.flatnonzero(model.traces.weight > 0)[-1])
    return np.where(keeps & (model.traces.weight[own] > 0), own, drawn)


def _ordered(arrived: Floats, trace: Ints, key: Keys) -> ArrivingCases:
    order = np.lexsort((key, arrived))
    return ArrivingCases(arrived[order], trace[order].astype(np.int64), key[order])
