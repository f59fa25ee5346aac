"""What waits for what in the traces of a simulation model, and activities that no longer wait for each other."""

from dataclasses import replace

import numpy as np

from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.process_simulation_model import Ints, RaggedInts, SimulationModel


def parallel(model: SimulationModel, first: str, second: str) -> SimulationModel:
    """Let the second activity wait for what the first waits for, no longer for the first itself.

    What comes after the second waits for both.
    """
    step, source = waiting_pairs(model)
    ahead, behind = (np.isin(model.traces.activity, activity_codes(model, name)) for name in (first, second))
    freed = ahead[source] & behind[step] & ~model.traces.fixed[step]
    late, early = step[freed], source[freed]
    step, source = step[~freed], source[~freed]
    at, of = _matching(source, late)
    step, source = np.append(step, step[at]), np.append(source, early[of])
    at, of = _matching(step, early)
    step, source = np.append(step, late[of]), np.append(source, source[at])
    return replace(model, traces=replace(model.traces, predecessors=_predecessors(model, step, source)))


def waiting_pairs(model: SimulationModel) -> tuple[Ints, Ints]:
    """Return each step and what it waits for, as places among the steps of all traces."""
    traces = model.traces
    step = np.repeat(np.arange(len(traces.activity)), np.diff(traces.predecessors.starts))
    return step, _first_of_trace(model)[step] + traces.predecessors.values


def _predecessors(model: SimulationModel, step: Ints, source: Ints) -> RaggedInts:
    count = len(model.traces.activity)
    step, source = np.divmod(np.unique(step * count + source), max(count, 1))
    starts = np.searchsorted(step, np.arange(count + 1)).astype(np.int64)
    return RaggedInts(starts, (source - _first_of_trace(model)[step]).astype(np.int64))


def _first_of_trace(model: SimulationModel) -> Ints:
    """Beside each step, the first one of its trace."""
    return np.repeat(model.traces.starts[:-1], np.diff(model.traces.starts))


def _matching(values: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """All pairs of places at which `values` and `wanted` are equal."""
    order = np.argsort(values, kind="stable")
    low = np.searchsorted(values[order], wanted, side="left")
    high = np.searchsorted(values[order], wanted, side="right")
    counts = high - low
    of = np.repeat(np.arange(len(wanted)), counts)
    return order[low[of] + np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)], of
