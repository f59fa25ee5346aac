"""What the running engine keeps: a row a step of every case, who is free when, and what is still to happen."""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.simulation.prepared import Prepared, Records

ROW = np.dtype(
    [(name, np.int32) for name in ("case", "step", "resource", "open_predecessors", "enabler", "behind")]
    + [(name, np.float64) for name in ("enabled", "ready", "start", "end", "work", "released")]
    + [(name, np.float64) for name in ("batching", "contention", "prioritization", "unavailability", "extraneous")]
)
EVENT = np.dtype([("time", np.float64), ("id", np.int64)])
GAP = np.dtype([("since", np.float64), ("until", np.float64)])


@dataclass(frozen=True)
class State:
    """Where a simulation stands.

    `rows`, the steps of a case together, in the order of its trace: `resource` -1: nobody was needed; `enabler`: who
    did the enabling step that ended last; `behind`: the next row in the same batch or queue, -1: none; `enabled`: until
    it is, the latest end of what enables it; `released`: the batch is complete since then, below 0: it is not.
    `heap`: events by time, then id: a row that is ready; below 0 the batch of activity -1 - id whose time is up; from
    the number of rows on a resource that looks at its queue. `given`, `taken`: until when each slot of the resources
    has work that is given to it, that it took up; each a heap: the first of a resource is free first. `starts`: when
    each candidate could start.
    `gaps`: by calendar, a time in which it is closed (`since` infinite: none is known yet).
    """

    rows: Records
    heap: Records
    activities: Records
    resources: Records
    given: Floats
    taken: Floats
    starts: Floats
    gaps: Records


def fresh(model: Prepared, case: Ints, step: Ints) -> State:
    """Return the state in which nothing has happened yet, for rows of these cases and steps."""
    rows = np.zeros(len(step), ROW)
    rows["case"], rows["step"] = case, step
    rows["open_predecessors"] = model.steps["predecessors"][step]
    rows["resource"] = rows["enabler"] = rows["behind"] = -1
    rows["enabled"], rows["released"] = -np.inf, -1.0
    # A row is an event at most once at a time, and leads to at most one for its batch and two for a resource.
    batches = len(step) if (model.activities["batch_size"] > 1).any() else 0
    looks = 3 * len(step) + len(model.resources) if model.prioritized else 0
    slots = int(model.resources["slots_end"].max(initial=0))
    return State(
        rows=rows,
        heap=np.zeros(len(step) + batches + looks + 1, EVENT),
        activities=model.activities.copy(),
        resources=model.resources.copy(),
        given=np.zeros(slots),
        taken=np.zeros(slots),
        starts=np.zeros(len(model.candidates)),
        gaps=np.full(len(model.hours), np.inf).repeat(2).view(GAP),
    )
