"""What a simulation model knows of durations, delays and arrivals, gathered by activity for another program."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import (
    HOURS_OF_WEEK,
    Flags,
    Floats,
    Ints,
    Ragged,
    SimulationModel,
)
from bpa_assets.optimized_plan.seconds import HOUR
from bpa_assets.process_model.diagram.xml_text import as_text

_WEEK_DAYS = 7
_ARRIVALS = 0.99
"""Share of the arrivals that the calendar of arrivals holds: the busiest hours of the week."""


@dataclass(frozen=True)
class DurationsOf:
    """Seconds of an activity by resource (its number) that may do it, and of all its steps."""

    performers: Mapping[int, Floats]
    of_anybody: Floats


def durations_of(model: SimulationModel, activity: str) -> DurationsOf:
    """Durations by who may do it; who has none of their own has those of all."""
    codes, steps = _codes(model, activity), _steps(model, activity)
    everybody = model.traces.processing[steps]
    found: dict[int, list[Floats]] = {}
    starts = model.workforce.candidates.starts
    for code in codes.tolist():
        for who in model.workforce.candidates.values[starts[code] : starts[code + 1]].tolist():
            table = int(model.durations.table[code, who])
            found.setdefault(who, []).append(everybody if table < 0 else _sample(model.durations.samples, table))
    return DurationsOf({who: np.concatenate(lists) for who, lists in sorted(found.items())}, everybody)


def delays_of(model: SimulationModel, activity: str) -> Floats:
    """Extraneous delays before an activity; a 0 where it is never done."""
    steps = _steps(model, activity)
    tables, counts = np.unique(model.durations.delay_table[steps], return_counts=True)
    found = [model.traces.delay[steps][model.durations.delay_table[steps] < 0]]
    for table, count in zip(tables.tolist(), counts.tolist(), strict=True):
        if table >= 0:
            values = _sample(model.durations.delays, table)
            found.append(np.resize(values, max(count, len(values))))
    together = np.concatenate(found)
    return together if len(together) else np.zeros(1)


def arrival_hours(model: SimulationModel) -> Flags:
    """The fewest hours of the week with nearly all arrivals."""
    counts = np.bincount(_hours_of_week(model), minlength=HOURS_OF_WEEK)
    order = np.argsort(-counts, kind="stable")
    needed = int(np.searchsorted(np.cumsum(counts[order]), _ARRIVALS * counts.sum())) + 1
    hours = np.zeros(HOURS_OF_WEEK, np.bool_)
    hours[order[:needed]] = True
    return hours & (counts > 0)


def seconds_between_arrivals(model: SimulationModel) -> float:
    """Mean seconds of `arrival_hours` from one arrival to the next.

    Prosimos moves an arrival outside of the calendar to the next opening: one case at each, which is not drawn.
    """
    hours, weeks = arrival_hours(model), len(model.arrivals.day) / _WEEK_DAYS
    openings = int((hours & ~np.roll(hours, 1)).sum())
    drawn = len(model.arrivals.offsets.values) - openings * weeks
    return float(hours.sum() * HOUR * weeks / max(drawn, 1.0))


def _hours_of_week(model: SimulationModel) -> Ints:
    arrivals = model.arrivals
    day = np.repeat(arrivals.day, np.diff(arrivals.offsets.starts)) % _WEEK_DAYS
    return np.asarray(24 * day + np.minimum(arrivals.offsets.values // HOUR, 23).astype(np.int64))


def _codes(model: SimulationModel, activity: str) -> Ints:
    return np.array([code for code, name in enumerate(model.activities) if as_text(name) == activity], np.int64)


def _steps(model: SimulationModel, activity: str) -> Ints:
    return np.flatnonzero(np.isin(model.traces.activity, _codes(model, activity)))


def _sample(lists: Ragged, number: int) -> Floats:
    return lists.values[lists.starts[number] : lists.starts[number + 1]]
