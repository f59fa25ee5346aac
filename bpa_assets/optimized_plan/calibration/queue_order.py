"""In which order, and in which company, work is taken up: what the simulation does not model is found and said.

The simulation serves who was ready first, one by one; what was held back for a batch is in the delays. How batches are
found is in `bottlenecks.batches`, what was worked on meanwhile in `bottlenecks.timelines`.
"""

import numpy as np

from bpa_assets.bottlenecks.batches import find_batches
from bpa_assets.bottlenecks.timelines import Timelines
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints

USUAL = 0.25
"""Share of an activity's rows in batches, and of waits for a busy resource that others overtook, that is told."""


def batched_activities(reading: Reading) -> list[str]:
    """The activities of which many rows wait for others and are then started together."""
    steps, rows = reading.steps, reading.worked[reading.elapsed[reading.worked] > 0]
    if not len(rows):
        return []
    activity, resource = steps.activity[rows], steps.resource[rows]
    start, end, enabled = (_micros(times[rows]) for times in (steps.start, steps.end, steps.enabled))
    found = find_batches(activity, resource, reading.role[resource], start, end, enabled)
    held = np.bincount(activity, found.together > enabled, len(steps.activities))
    often = held >= USUAL * np.maximum(np.bincount(activity, minlength=len(steps.activities)), 1)
    return [steps.activities[code] for code in np.flatnonzero(often & (held > 0)).tolist()]


def overtaken_share(reading: Reading, ready: Floats) -> float:
    """Of the time that work waits for a busy resource, the share in which that does what was ready later."""
    steps, rows = reading.steps, reading.worked
    if not len(rows):
        return 0.0
    rows = rows[np.lexsort((steps.start[rows], steps.resource[rows]))]
    resource = steps.resource[rows]
    start, end, since = (_micros(times[rows]) for times in (steps.start, steps.end, np.minimum(ready, steps.start)))
    lines = Timelines.of(resource, start, end, since)
    busy = lines.busy_between(resource, since, start).sum()
    return float(lines.busy_with_later_work(resource, since, start).sum() / max(busy, 1))


def _micros(seconds: np.ndarray) -> Ints:
    return np.rint(seconds * 1e6).astype(np.int64)
