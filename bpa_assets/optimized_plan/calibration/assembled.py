"""A reading of the log and a setting of the knobs, put together into a simulation model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpa_assets.optimized_plan.calibration.arrivals import observed_arrivals
from bpa_assets.optimized_plan.calibration.batch_rules import FoundBatches, found_batches
from bpa_assets.optimized_plan.calibration.delays import delay_bounds, drawn_delays
from bpa_assets.optimized_plan.calibration.dispatch import Choices, observed_choices
from bpa_assets.optimized_plan.calibration.durations import duration_tables, ragged
from bpa_assets.optimized_plan.calibration.identification import InOrder, identified
from bpa_assets.optimized_plan.calibration.in_progress import with_work_in_progress
from bpa_assets.optimized_plan.calibration.knobs import Knobs
from bpa_assets.optimized_plan.calibration.presence import capacities
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.calibration.work_order import WorkOrder, first_come, found_order
from bpa_assets.optimized_plan.process_simulation_model import (
    Floats,
    Ints,
    Parameter,
    Policy,
    RaggedInts,
    SimulationModel,
    Traces,
    Workforce,
)

NO_HABIT = 0.05
"""Share of choices by habit below which a step is taken by whoever is free first."""


@dataclass(frozen=True)
class Assembled:
    """A model, and what is known beside it.

    `habits_told`: the choices seen told the share of those by habit. `found`: the numbers of the rules of batching and
    of the order that the model obeys.
    """

    model: SimulationModel
    habits_told: bool
    in_order: InOrder
    found: tuple[Parameter, ...]


def assembled(reading: Reading, knobs: Knobs, *, start: float, end: float) -> Assembled:
    """Build the model that simulates [start, end] (seconds since the origin); without uncertainty."""
    steps = reading.steps
    capacity = capacities(reading.load, len(steps.resources), knobs.capacity_share)
    batches = found_batches(reading, capacity) if knobs.batched else ()
    delays = _delays(reading, capacity)
    choices = observed_choices(reading, _ready(reading, delays, batches), capacity)
    if choices.identified and choices.frequency_share < NO_HABIT:
        delays = _delays(reading, capacity, choices)
    ready = _ready(reading, delays, batches)
    order = found_order(reading, ready) if knobs.prioritized else first_come(reading)
    for held in batches:
        delays[held.rows] = held.delay
    in_order = InOrder(ready, tuple(held.activity for held in batches), order.found)
    traces = _traces(reading, delays * knobs.delay_scale, order)
    durations = duration_tables(
        steps.activity[reading.worked],
        steps.resource[reading.worked],
        reading.processing[reading.worked],
        (len(steps.activities), len(steps.resources)),
        reading.runs_on,
        own=knobs.own_durations,
    )
    traces, in_progress = with_work_in_progress(traces, reading, start)
    model = SimulationModel(
        origin=steps.origin,
        zone=steps.zone,
        start=start,
        end=end,
        activities=steps.activities,
        workforce=_workforce(reading, capacity, choices),
        traces=traces,
        durations=replace(durations, delay_table=np.full(len(traces.activity), -1)),
        arrivals=observed_arrivals(steps.arrived, start, end),
        policy=Policy(
            observed_share=knobs.observed_share,
            same_resource_share=choices.same_share,
            frequency_share=choices.frequency_share if knobs.frequency_share is None else knobs.frequency_share,
            **_held(batches, len(steps.activities)),
            activity_priority=order.by_activity,
            oldest_case_first=order.oldest_case_first,
        ),
        in_progress=in_progress,
        identified=identified(reading, knobs, in_order),
        parameters=(),
    )
    return Assembled(model, choices.identified, in_order, _found(batches, order))


def _found(batches: Sequence[FoundBatches], order: WorkOrder) -> tuple[Parameter, ...]:
    return (*(one for held in batches for one in held.parameters), *order.parameters)


def _ready(reading: Reading, delays: Floats, batches: Sequence[FoundBatches]) -> Floats:
    """When each row could be taken up: what is held for a batch, when that was released."""
    ready = reading.steps.enabled + delays
    for held in batches:
        ready[held.rows] = held.released
    return np.asarray(ready)


def _held(batches: Sequence[FoundBatches], activities: int) -> dict[str, Any]:
    """The rules as the policy has them; no other activity has any."""
    size, seconds = np.ones(activities, np.int64), np.full(activities, np.inf)
    clock = [np.zeros(0)] * activities
    for held in batches:
        size[held.activity], seconds[held.activity] = held.rule.size, held.rule.seconds
        clock[held.activity] = np.array(held.rule.clock)
    return {"batch_size": size, "batch_seconds": seconds, "batch_clock": ragged(clock)}


def _traces(reading: Reading, delays: Floats, order: WorkOrder) -> Traces:
    steps = reading.steps
    counts = np.bincount(steps.after, minlength=len(steps.case))
    return Traces(
        starts=np.append(steps.first, len(steps.case)).astype(np.int64),
        arrived=steps.arrived,
        weight=reading.weights,
        priority=order.by_case,
        activity=steps.activity,
        resource=steps.resource,
        processing=reading.processing,
        delay=delays,
        fixed=np.zeros(len(steps.case), np.bool_),
        predecessors=RaggedInts(
            np.append(0, np.cumsum(counts)).astype(np.int64), steps.before - steps.first[steps.case[steps.after]]
        ),
    )


def _delays(reading: Reading, capacity: Ints, choices: Choices | None = None) -> Floats:
    """What needs nobody waits for nobody: then all of the wait is a delay.

    With `choices` anybody who may do a step would have taken it when free, not only who did.
    """
    steps, rows = reading.steps, reading.worked
    delays = steps.start - steps.enabled
    low, high = delay_bounds(
        steps.resource[rows], steps.enabled[rows], steps.start[rows], reading.presence, reading.load, capacity
    )
    for pair in choices.pair.tolist() if choices else ():
        activity, other = divmod(pair, len(steps.resources))
        mine = np.flatnonzero((steps.activity[rows] == activity) & (low < high))
        of = rows[mine]
        least, _ = delay_bounds(
            np.full(len(of), other), steps.enabled[of], steps.start[of], reading.presence, reading.load, capacity
        )
        low[mine] = np.maximum(low[mine], least)
    delays[rows] = drawn_delays(steps.activity[rows], low, high)
    return np.asarray(delays)


def _workforce(reading: Reading, capacity: Ints, choices: Choices) -> Workforce:
    """Who may do what: whoever was seen to do it."""
    steps, presence = reading.steps, reading.presence
    resources, activities = len(steps.resources), len(steps.activities)
    activity, resource = np.divmod(choices.pair, max(resources, 1))
    bounds = np.searchsorted(presence.off, np.arange(resources + 1) * presence.horizon)
    return Workforce(
        resources=steps.resources,
        roles=reading.roles,
        role=reading.role,
        hours=presence.hours,
        days_off=RaggedInts(bounds.astype(np.int64), presence.off % presence.horizon),
        capacity=capacity,
        candidates=RaggedInts(np.searchsorted(activity, np.arange(activities + 1)).astype(np.int64), resource),
        weights=choices.habit,
    )
