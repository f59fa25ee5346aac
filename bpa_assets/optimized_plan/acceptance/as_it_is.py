"""The process as it is, in the figures with which a change is reasoned: who is busy, what waits for whom.

Figures are those of one replication under the calibrated demand.
"""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.acceptance.judge import Judge
from bpa_assets.optimized_plan.changed.cost import worked_hours
from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.changed.people import ability, members
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, SimulationModel
from bpa_assets.optimized_plan.seconds import HOUR, WEEK
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog
from bpa_assets.optimized_plan.simulation.work_clock import work_clocks, worked_before


@dataclass(frozen=True)
class AsItIs:
    """A simulation of the process as it is, and the weeks in which its cases arrive."""

    model: SimulationModel
    log: SimulatedLog
    weeks: float
    worked: Floats  # hours by resource

    @classmethod
    def of(cls, judge: Judge) -> "AsItIs":
        """Play it once."""
        log, demand = judge.log_as_it_is()
        return cls(judge.model, log, demand.weeks, worked_hours(judge.model, log))

    def busy(self, role: str) -> float:
        """Return the share of its working hours that a role works."""
        mine = members(self.model.workforce, role)
        clocks, since = work_clocks(self.model.workforce), np.full(len(mine), self.model.start)
        there = worked_before(clocks, mine, since + self.weeks * WEEK) - worked_before(clocks, mine, since)
        return float(self.worked[mine].sum() * HOUR / there.sum()) if there.any() else 0.0

    def roles_of(self, activity: str) -> list[str]:
        """Return the roles that do an activity."""
        work = self.model.workforce
        able = ability(work)[activity_codes(self.model, activity)].any(axis=0)
        return [work.roles[code] for code in np.unique(work.role[able]).tolist()]

    def waits_for(self, role: str, cause: str) -> float:
        """Return the hours a case waits for a role by a cause ("unavailability", "contention")."""
        return self._a_case(cause, np.isin(self.log.rows["resource"], members(self.model.workforce, role)))

    def rests_with(self, role: str) -> float:
        """Return the hours a case lies with a role that has begun to work on it and rests: nights, weekends."""
        rows, activity = self.log.rows, self.log.activity
        mine = np.isin(rows["resource"], members(self.model.workforce, role)) & ~self.model.durations.runs_on[activity]
        who, start, end = (rows[name][mine] for name in ("resource", "start", "end"))
        clocks = work_clocks(self.model.workforce)
        worked = worked_before(clocks, who, end) - worked_before(clocks, who, start)
        return float((end - start - worked).sum() / HOUR / len(self.log.cases.arrived))

    def waits(self, cause: str) -> float:
        """Return the hours a case waits for anybody by a cause."""
        return self._a_case(cause, np.ones(len(self.log.rows), np.bool_))

    def waits_before(self, activity: str) -> float:
        """Return the mean hours from an activity's enablement to its start."""
        rows = self.log.rows[self._rows_of(activity)]
        return float((rows["start"] - rows["enabled"]).mean() / HOUR) if len(rows) else 0.0

    def lasts(self, activity: str) -> float:
        """Return the mean hours from an activity's enablement to its end."""
        rows = self.log.rows[self._rows_of(activity)]
        return float((rows["end"] - rows["enabled"]).mean() / HOUR) if len(rows) else 0.0

    def work_a_week(self, activity: str) -> float:
        """Return the hours from start to end of an activity in a week."""
        rows = self.log.rows[self._rows_of(activity)]
        return float((rows["end"] - rows["start"]).sum() / HOUR / self.weeks)

    def _rows_of(self, activity: str) -> Flags:
        return np.isin(self.log.activity, activity_codes(self.model, activity))

    def _a_case(self, cause: str, rows: Flags) -> float:
        return float(self.log.rows[cause][rows].sum() / HOUR / len(self.log.cases.arrived))
