"""Cases that were under way when the simulated period begins: what was left to do of them."""

import numpy as np

from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints, RaggedInts, Traces


def with_work_in_progress(traces: Traces, reading: Reading, start: float) -> tuple[Traces, Ints]:
    """Add to `traces` the rest of each case that arrived before `start` and was not done then; and which those are.

    Steps that ended before are gone; those that ran go on until they end, with whom they were. Of steps enabled
    before, what was left of their delay remains.
    """
    steps = reading.steps
    cases = np.flatnonzero((steps.arrived < start) & (steps.finished > start))
    rows = np.flatnonzero(np.isin(steps.case, cases) & (steps.end > start))
    if not len(rows):
        return traces, np.zeros(0, np.int64)
    place = np.full(len(steps.case), -1)
    begins = np.searchsorted(steps.case[rows], cases)
    lengths = np.diff(begins, append=len(rows))
    place[rows] = np.arange(len(rows)) - np.repeat(begins, lengths)
    kept = (place[steps.before] >= 0) & (place[steps.after] >= 0)
    counts = np.bincount(steps.after[kept], minlength=len(steps.case))[rows]
    runs = steps.start[rows] < start
    ready = np.maximum(steps.enabled[rows] + traces.delay[rows], start) - np.maximum(steps.enabled[rows], start)
    old = traces.predecessors
    return Traces(
        starts=np.append(traces.starts, traces.starts[-1] + np.append(begins[1:], len(rows))),
        arrived=np.append(traces.arrived, np.full(len(cases), start)),
        weight=np.append(traces.weight, np.zeros(len(cases))),
        priority=np.append(traces.priority, traces.priority[cases]),
        activity=np.append(traces.activity, traces.activity[rows]),
        resource=np.append(traces.resource, traces.resource[rows]),
        processing=np.append(traces.processing, np.where(runs, _left(reading, rows, start), reading.processing[rows])),
        delay=np.append(traces.delay, np.where(runs, 0.0, ready)),
        fixed=np.append(traces.fixed, runs),
        predecessors=RaggedInts(
            np.append(old.starts, old.starts[-1] + np.cumsum(counts)), np.append(old.values, place[steps.before[kept]])
        ),
    ), len(traces.weight) + np.arange(len(cases))


def _left(reading: Reading, rows: Ints, start: float) -> Floats:
    """Seconds of work that rows which run at `start` still have, on the clock of their activity."""
    steps = reading.steps
    left = steps.end[rows] - start
    rests = np.isin(rows, reading.worked) & ~reading.runs_on[steps.activity[rows]]
    since = np.full(int(rests.sum()), start)
    left[rests] = reading.presence.worked_between(steps.resource[rows[rests]], since, steps.end[rows[rests]])
    return np.asarray(left)
