"""The whole calibration: observed steps in, a simulation model and how well it fits out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import numpy as np

from bpa_assets.optimized_plan.calibration.case_times import Fit
from bpa_assets.optimized_plan.calibration.fit import fitted_model
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.calibration.uncertainty import parameters
from bpa_assets.optimized_plan.process_simulation_model import RaggedInts, SimulationModel, Workforce
from bpa_assets.optimized_plan.seconds import DAY


@dataclass(frozen=True)
class Calibrated:
    """A model, and how far it is from the log in the knobs that were chosen."""

    model: SimulationModel
    fit: Fit


def calibrated(
    steps: ObservedSteps,
    *,
    start: float | None = None,
    end: float | None = None,
    holidays: Collection[date] = (),
) -> Calibrated:
    """Calibrate on all of `steps`; the model's period is [start, end] (seconds since the origin), else the whole log.

    Cases under way at `start` become its work in progress. On `holidays` after the log's end nobody works; which days
    within the log were days off, the log tells.
    """
    reading = Reading.of(steps)
    since = steps.arrived.min() // DAY * DAY if start is None else start
    until = steps.end.max() if end is None else end
    model, fit = fitted_model(reading, start=float(since), end=float(until))
    workforce = with_days_off(model.workforce, _days_after(holidays, steps))
    return Calibrated(
        replace(model, workforce=workforce, parameters=(*parameters(reading, model), *model.parameters)), fit
    )


def with_days_off(workforce: Workforce, days: Sequence[int]) -> Workforce:
    """Give all who rest at times these days (since the origin) off, too; who works at all hours goes on."""
    lists = np.split(workforce.days_off.values, workforce.days_off.starts[1:-1])
    rests = np.asarray(~workforce.hours.all(axis=1))
    added = [np.union1d(off, days if rest else ()).astype(np.int64) for off, rest in zip(lists, rests, strict=False)]
    starts = np.append(0, np.cumsum([len(off) for off in added])).astype(np.int64)
    return replace(workforce, days_off=RaggedInts(starts, np.concatenate([*added, np.zeros(0, np.int64)])))


def _days_after(holidays: Collection[date], steps: ObservedSteps) -> list[int]:
    days = sorted((datetime.combine(day, time()) - steps.origin).days for day in holidays)
    return [day for day in days if day * DAY > steps.end.max()]
