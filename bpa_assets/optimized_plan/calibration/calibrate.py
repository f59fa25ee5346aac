"""The whole calibration: observed steps in, a simulation model and how well it fits out."""

from dataclasses import dataclass, replace

from bpa_assets.optimized_plan.calibration.fit import Fit, fitted_model
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.calibration.uncertainty import parameters
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel

DAY = 86_400.0


@dataclass(frozen=True)
class Calibrated:
    """A model, and how far it is from the log in the knobs that were chosen."""

    model: SimulationModel
    fit: Fit


def calibrated(steps: ObservedSteps, *, start: float | None = None, end: float | None = None) -> Calibrated:
    """Calibrate on all of `steps`; the model's period is [start, end] (seconds since the origin), else the whole log.

    Cases under way at `start` become its work in progress.
    """
    reading = Reading.of(steps)
    since = steps.arrived.min() // DAY * DAY if start is None else start
    until = steps.end.max() if end is None else end
    model, fit = fitted_model(reading, start=float(since), end=float(until))
    return Calibrated(replace(model, parameters=parameters(reading, model)), fit)
