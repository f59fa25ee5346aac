"""Simulation models small enough to be worked out by hand."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import (
    HOURS_OF_WEEK,
    Arrivals,
    Durations,
    Identified,
    Policy,
    Ragged,
    RaggedInts,
    SimulationModel,
    Traces,
    Workforce,
)

ALWAYS = frozenset(range(HOURS_OF_WEEK))
OFFICE = frozenset(24 * day + hour for day in range(5) for hour in range(9, 17))

Step = dict[str, object]
"""activity, and what differs from: resource -1, processing 0, delay 0, fixed False, after (steps) the one before."""


def ints(lists: Sequence[Sequence[int]]) -> RaggedInts:
    starts = np.cumsum([0, *(len(values) for values in lists)]).astype(np.int64)
    return RaggedInts(starts, np.array([value for values in lists for value in values], np.int64))


def floats(lists: Sequence[Sequence[float]]) -> Ragged:
    starts = np.cumsum([0, *(len(values) for values in lists)]).astype(np.int64)
    return Ragged(starts, np.array([value for values in lists for value in values], np.float64))


def model(
    cases: Sequence[Sequence[Step]],
    *,
    candidates: Sequence[dict[int, float]],
    hours: Sequence[frozenset[int]] = (ALWAYS,),
    days_off: Sequence[Sequence[int]] = (),
    capacity: Sequence[int] = (),
    arrived: Sequence[float] = (),
    priority: Sequence[int] = (),
    shares: tuple[float, float, float] = (0.0, 0.0, 0.0),
    batch_size: Sequence[int] = (),
    batch_seconds: Sequence[float] = (),
    batch_clock: Sequence[Sequence[float]] = (),
    activity_priority: Sequence[int] = (),
    durations: dict[tuple[int, int], Sequence[float]] | None = None,
    runs_on: Sequence[bool] = (),
) -> SimulationModel:
    """Return a model of these cases as templates, arriving as listed (on day 0 to 6); what is left out is ordinary."""
    steps = [step for case in cases for step in case]
    activities, people = len(candidates), len(hours)
    after = [step.get("after", [place - 1] if place else []) for case in cases for place, step in enumerate(case)]
    tables = list((durations or {}).items())
    table = np.full((activities, people + 1), -1, np.int64)
    for number, ((activity, resource), _) in enumerate(tables):
        table[activity, resource] = number
    arrived = list(arrived) or [0.0] * len(cases)
    days = [[at for at in sorted(arrived) if at // 86400 == day] for day in range(7)]
    order = sorted(range(len(cases)), key=lambda case: (arrived[case], case))

    def column(name: str, default: object, kind: type) -> np.ndarray:
        return np.array([step.get(name, default) for step in steps], kind)

    return SimulationModel(
        origin=datetime(2024, 1, 1),
        zone="UTC",
        start=0.0,
        end=7 * 86400.0,
        activities=tuple(f"activity {number}" for number in range(activities)),
        workforce=Workforce(
            resources=tuple(f"resource {number}" for number in range(people)),
            roles=("everybody",),
            role=np.zeros(people, np.int64),
            hours=np.array([[hour in worked for hour in range(HOURS_OF_WEEK)] for worked in hours]),
            days_off=ints(list(days_off) or [[] for _ in hours]),
            capacity=np.array(list(capacity) or [1] * people, np.int64),
            candidates=ints([sorted(weights) for weights in candidates]),
            weights=np.array([weights[who] for weights in candidates for who in sorted(weights)], np.float64),
        ),
        traces=Traces(
            starts=np.cumsum([0, *(len(case) for case in cases)]).astype(np.int64),
            arrived=np.array(arrived, np.float64),
            weight=np.ones(len(cases)),
            priority=np.array(list(priority) or [0] * len(cases), np.int64),
            activity=column("activity", 0, np.int64),
            resource=column("resource", -1, np.int64),
            processing=column("processing", 0.0, np.float64),
            delay=column("delay", 0.0, np.float64),
            fixed=column("fixed", False, np.bool_),
            predecessors=ints(after),
        ),
        durations=Durations(
            table=table,
            samples=floats([values for _, values in tables]),
            runs_on=np.array(list(runs_on) or [False] * activities),
            delay_table=np.full(len(steps), -1, np.int64),
            delays=floats([]),
        ),
        arrivals=Arrivals(
            day=np.arange(7),
            offsets=floats([[at % 86400 for at in day] for day in days]),
            trace=np.array(order, np.int64),
            bandwidth_weeks=np.inf,
            keeps_mix=True,
        ),
        policy=Policy(
            *shares,
            batch_size=np.array(list(batch_size) or [1] * activities, np.int64),
            batch_seconds=np.array(list(batch_seconds) or [np.inf] * activities, np.float64),
            batch_clock=floats(batch_clock),
            activity_priority=np.array(list(activity_priority) or [0] * activities, np.int64),
        ),
        in_progress=np.empty(0, np.int64),
        identified=Identified(durations=True, resources=True, calendars=True, sentences=()),
        parameters=(),
    )
