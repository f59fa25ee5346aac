"""Steps of cases with their times: the form in which a log and a simulated one are compared."""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog


@dataclass(frozen=True)
class TimedSteps:
    """Rows sorted by case, within it by start, then end. Codes of cases from 0, each with a row; times in seconds.

    Activity and resource (-1: none) have the codes of the model; times are of its wall clock.
    """

    case: Ints
    activity: Ints
    resource: Ints
    start: Floats
    end: Floats

    @property
    def first(self) -> Ints:
        """The first row of each case."""
        return np.flatnonzero(np.diff(self.case, prepend=-1))

    def started(self) -> Floats:
        """First start of each case."""
        return np.asarray(self.start[self.first])

    def ended(self) -> Floats:
        """Last end of each case."""
        return np.asarray(np.maximum.reduceat(self.end, self.first)) if len(self.case) else np.empty(0)

    def cycle_times(self) -> Floats:
        """Last end - first start of each case."""
        return self.ended() - self.started()

    def of_cases(self, wanted: np.ndarray) -> "TimedSteps":
        """Return the cases of which the flag is set, with new codes."""
        rows = wanted[self.case]
        return timed_steps(self.case[rows], self.activity[rows], self.resource[rows], self.start[rows], self.end[rows])


def timed_steps(case: Ints, activity: Ints, resource: Ints, start: Floats, end: Floats) -> TimedSteps:
    """Sort rows and give their cases new codes, in the order of the old ones."""
    order = np.lexsort((end, start, case))
    codes = np.cumsum(np.diff(case[order], prepend=case[order][:1]) != 0) if len(case) else case
    return TimedSteps(codes, activity[order], resource[order], start[order], end[order])


def simulated_steps(log: SimulatedLog) -> TimedSteps:
    """Return a simulated log's steps."""
    rows = log.rows
    return timed_steps(
        rows["case"].astype(np.int64), log.activity, rows["resource"].astype(np.int64), rows["start"], rows["end"]
    )
