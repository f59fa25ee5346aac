"""The limits of `sla` on simulated cases: the share that meets each, and what share a plan must reach.

What a limit means is said in docs/contracts.md ("SLA"), how it is told of a log in `process_model.service_level`. A
case begins when it arrives: in a log that is its first start, in a simulation the first step may have to wait, and a
plan must not win by letting it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, SimulationModel
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog
from bpa_assets.settings import ProcessConfig

NOT_WORSE = 0.005
"""A share that is to stay as it is may fall by half a point: shares are told in whole points."""


@dataclass(frozen=True)
class Promise:
    """A limit in seconds; `share` of the cases must meet it, None: as many as today. `activity`: whose limit it is."""

    name: str  # "cycle_time", "waiting_time", "activity Approve"
    limit: float
    share: float | None
    activity: str | None = None


def promises_of(config: ProcessConfig, activities: Sequence[str]) -> tuple[Promise, ...]:
    """Return what `sla` sets; what it says of an activity that the log does not have is met by every case."""
    of_cases = [
        Promise(name, limit.limit, limit.share)
        for name, limit in (("cycle_time", config.sla.cycle_time), ("waiting_time", config.sla.waiting_time))
        if limit is not None
    ]
    of_activities = [
        Promise(f"activity {name}", limit.limit, limit.share, name)
        for name, limit in config.sla.activities.items()
        if name in activities
    ]
    return (*of_cases, *of_activities)


def keeps(promise: Promise, log: SimulatedLog, model: SimulationModel, cycle: Floats, waited: Floats) -> Flags:
    """Return whether each case keeps a promise; `cycle`, `waited`: seconds by case."""
    if promise.activity is None:
        return np.asarray((cycle if promise.name == "cycle_time" else waited) <= promise.limit)
    mine = np.isin(log.activity, activity_codes(model, promise.activity))
    late = mine & (log.rows["end"] - log.rows["enabled"] > promise.limit)
    met = np.ones(len(cycle), np.bool_)
    met[log.rows["case"][late]] = False
    return met
