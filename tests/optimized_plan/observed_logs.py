"""What a log shows of a process: the input of calibration without a file, from a simulation or from columns."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from bpa_assets.bottlenecks.concurrency import concurrent_activities
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps, partial_order
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog

MONDAY = datetime(2024, 1, 1)


def log_of(log: SimulatedLog, model: SimulationModel) -> ObservedSteps:
    """What a log would show of a simulation."""
    return observed(
        case=np.repeat(np.arange(len(log.cases.trace), dtype=np.int64), np.diff(log.first)),
        activity=np.array(log.activity, np.int64),
        resource=np.array(log.rows["resource"], np.int64),
        start=np.array(log.rows["start"]),
        end=np.array(log.rows["end"]),
        activities=model.activities,
        resources=model.workforce.resources,
    )


def observed(
    *,
    case: np.ndarray,
    activity: np.ndarray,
    resource: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    activities: tuple[str, ...],
    resources: tuple[str, ...],
    **others: Any,
) -> ObservedSteps:
    """Steps of these columns (seconds since a Monday), sorted; `others`: fields that differ from a plain log."""
    order = np.lexsort((end, start, case))
    case, activity, resource, start, end = (column[order] for column in (case, activity, resource, start, end))
    begun, done = (np.rint(times * 1e6).astype(np.int64) for times in (start, end))
    concurrent = concurrent_activities([(case, activity, begun, done)], len(activities))
    before, after = partial_order(case, activity, start, end, concurrent)
    enabled = np.full(len(case), -np.inf)
    np.maximum.at(enabled, after, end[before])
    plain = ObservedSteps(
        origin=MONDAY,
        zone="UTC",
        case=case,
        activity=activity,
        resource=resource,
        team=np.full(len(case), -1),
        start=start,
        end=end,
        enabled=np.where(np.isfinite(enabled), enabled, start[np.searchsorted(case, case)]),
        timed=np.ones(len(case), np.bool_),
        before=before,
        after=after,
        open_case=np.zeros(int(case[-1]) + 1, np.bool_),
        activities=activities,
        resources=resources,
        teams=(),
        automated=(),
        time_basis="wait",
    )
    return replace(plain, **others)
