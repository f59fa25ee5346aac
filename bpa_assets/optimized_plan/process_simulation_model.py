"""What the simulation engine is told of a process: the one type that calibration makes and the engine runs.

Add a field here only with the part of the engine that obeys it. How the numbers are found in a log stays in
`calibration`, how they are played out in `simulation`.

Times are seconds of the local wall clock since `origin`, a Monday 00:00 in `zone`; durations are seconds. Ragged
lists are two arrays: item i of `starts` and `values` is `values[starts[i]:starts[i + 1]]`.
"""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOURS_OF_WEEK = 168

FULL = 2**62
"""The size of a batch that no number of steps completes: only time does."""


@dataclass(frozen=True)
class Ragged:
    """Lists of numbers of different lengths: list i is `values[starts[i]:starts[i + 1]]`."""

    starts: Ints
    values: Floats


@dataclass(frozen=True)
class RaggedInts:
    """Lists of whole numbers of different lengths: list i is `values[starts[i]:starts[i + 1]]`."""

    starts: Ints
    values: Ints


@dataclass(frozen=True)
class Workforce:
    """Who works, when, how much at once, and on what.

    R resources, A activities. `hours[r, h]`: r works in hour h of the week (0: Monday 00:00-01:00); `days_off` of r:
    days since `origin`, ascending, without work. `capacity[r]`: steps that r does at the same time (>= 1).
    `candidates` of activity a: resources that may do it, ascending, with `weights` (> 0, sum 1) from how often they
    did; an activity without candidates needs nobody and starts at once (infinitely many servers).
    """

    resources: tuple[str, ...]
    roles: tuple[str, ...]
    role: Ints  # [R] index into `roles`
    hours: Flags  # [R, 168]
    days_off: RaggedInts  # R lists
    capacity: Ints  # [R]
    candidates: RaggedInts  # A lists
    weights: Floats  # beside candidates.values


@dataclass(frozen=True)
class Traces:
    """Observed cases as partial orders of steps, to be drawn as templates; T traces, S steps in all.

    Steps of trace t are `starts[t]` to `starts[t + 1]`, in an order in which a predecessor comes before its successor.
    `predecessors` of a step: indices within its trace of the steps whose ends enable it (none: the arrival does).
    `delay`: extraneous seconds between enablement and being ready to be worked on (the timer of its transition).
    `processing`: seconds of work: of the resource's working hours, or elapsed where `runs_on` says so.
    `weight[t]`: how likely t is drawn, not negative (0: never, such as a case in progress at the start); censored
    cases are weighted so that open ones do not shorten the mix.
    `fixed`: the step keeps its own resource, duration and delay and waits for nobody: work running at the start.
    """

    starts: Ints  # [T + 1]
    arrived: Floats  # [T] first enablement
    weight: Floats  # [T]
    priority: Ints  # [T] higher first; all 0 where none was found
    activity: Ints  # [S]
    resource: Ints  # [S], -1: unknown or none
    processing: Floats  # [S]
    delay: Floats  # [S]
    fixed: Flags  # [S]
    predecessors: RaggedInts  # S lists


@dataclass(frozen=True)
class Durations:
    """How long a step takes: the sample to draw from, by activity and resource.

    `table[a, r]` (last column: no resource) is a list of `samples`, each ascending and not empty, read at u in [0, 1)
    as `values[floor(u * n)]`; -1: the template's own duration. `runs_on[a]`: the clock of activity a does not stop
    outside working hours. `delay_table[s]` (beside the steps of the traces): list of `delays`, or -1: its own delay.
    """

    table: Ints  # [A, R + 1]
    samples: Ragged
    runs_on: Flags  # [A]
    delay_table: Ints  # [S]
    delays: Ragged


@dataclass(frozen=True)
class Arrivals:
    """When cases arrive: observed days as blocks, drawn by weekday and nearness in time.

    Block b is day `day[b]` (since `origin`; days without arrivals are blocks, too) with `offsets` in seconds after its
    midnight, ascending, and beside each the trace that came then. A simulated day d draws among the blocks of its
    weekday with weight exp(-|d - day| / (7 * bandwidth_weeks)) (inf: all alike), so a trend is followed inside the
    period and its last level kept after. `keeps_mix`: a case takes the trace of its arrival where its weight is not 0,
    else (and always when False) any trace by weight. Demand is scaled by `demand` when simulated.
    """

    day: Ints  # [B] ascending
    offsets: Ragged  # B lists
    trace: Ints  # beside offsets.values
    bandwidth_weeks: float
    keeps_mix: bool


@dataclass(frozen=True)
class Policy:
    """How work is given out and taken up.

    A ready step takes, with probability `observed_share`, the resource of its template (where that may do it); else
    with `same_resource_share` the resource of an enabling step (where that may do it); else with `frequency_share` one
    drawn by how often it did the activity; else who can start first (of several who can at once, by frequency).
    `batch_size[a]` > 1: steps of a are held until so many wait (FULL: as many as come), or the first has waited
    `batch_seconds[a]` (inf: no such limit), or one of the moments of the week `batch_clock[a]` is reached (seconds,
    ascending; no lists at all: no activity has any). `activity_priority` is added to the trace's: higher first, then
    who has been ready longest; if `oldest_case_first`, the case that arrived first instead. `choice_cost`, beside the
    candidates (empty: none): instead of who can start first, who costs least of those who can start within `patience`
    seconds of that.
    """

    observed_share: float
    same_resource_share: float
    frequency_share: float
    batch_size: Ints  # [A]
    batch_seconds: Floats  # [A]
    activity_priority: Ints  # [A]
    oldest_case_first: bool = False
    patience: float = 0.0
    choice_cost: Floats = field(default_factory=lambda: np.empty(0))
    batch_clock: Ragged = field(default_factory=lambda: Ragged(np.zeros(1, np.int64), np.empty(0)))


@dataclass(frozen=True)
class Parameter:
    """A calibrated number (`mean processing seconds of Check`) with its 95 % bootstrap interval."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Identified:
    """What the log tells; where not, a sentence says so and a plan may not speak of it. `finished`: some case is."""

    durations: bool
    resources: bool
    calendars: bool
    sentences: tuple[str, ...]
    finished: bool = True


@dataclass(frozen=True)
class SimulationModel:
    """A calibrated process. The period simulated to reproduce the log is [`start`, `end`] (seconds since `origin`).

    `in_progress`: traces (of weight 0) that hold what was left to do of the cases open at `start`; each is simulated
    once from its `arrived` (>= start).
    """

    origin: datetime  # naive local time, a Monday 00:00
    zone: str
    start: float
    end: float
    activities: tuple[str, ...]
    workforce: Workforce
    traces: Traces
    durations: Durations
    arrivals: Arrivals
    policy: Policy
    in_progress: Ints
    identified: Identified
    parameters: tuple[Parameter, ...]
