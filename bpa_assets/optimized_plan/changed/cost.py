"""What a week of a simulated process costs.

Paid (the default): everybody's working hours at their rate, work or no work, as wages are. Worked: the hours worked on
the process at their rate, as the public optimizers count. What automation costs comes on top in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bpa_assets.event_log.event_table import Rates
from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.changed.people import employed
from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK, Floats, SimulationModel, Workforce
from bpa_assets.optimized_plan.seconds import HOUR
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog
from bpa_assets.optimized_plan.simulation.work_clock import work_clocks, worked_before
from bpa_assets.plan_settings import Eligible


@dataclass(frozen=True)
class Costs:
    """Rates, and whether hours are `paid` or `worked`.

    Without any rate an hour of anybody costs 1, so that costs are hours; who has none where others have costs what
    those do on average.
    """

    rates: Rates = field(default_factory=Rates)
    basis: str = "paid"

    def hourly(self, work: Workforce) -> Floats:
        """Return the cost of an hour of each resource: by its role, else by its name, else the default."""
        named, default = self.rates.per_hour, self.rates.default
        if default is None:
            default = float(np.mean(list(named.values()))) if named else 1.0
        roles = (work.roles[code] for code in work.role.tolist())
        return np.array(
            [named.get(role, named.get(name, default)) for role, name in zip(roles, work.resources, strict=True)]
        )


def cost_per_week(
    model: SimulationModel,
    log: SimulatedLog,
    *,
    weeks: float,
    costs: Costs,
    eligibility: Mapping[str, Eligible],
    automated: tuple[str, ...] = (),
) -> float:
    """Return the cost of a week of `log`, a simulation of `model` in which cases arrived for so many weeks.

    Who never rests is no one to be paid by the hour: they cost what they work on either basis.
    """
    work = model.workforce
    hours = work.hours.sum(axis=1) * employed(work)
    by_work = (hours == HOURS_OF_WEEK) | (costs.basis == "worked")
    if by_work.any():
        hours = np.where(by_work, worked_hours(model, log) / weeks, hours)
    fees = sum(automation_fee(model, log, activity, eligibility[activity], weeks) for activity in automated)
    return float(hours @ costs.hourly(work)) + fees


def worked_hours(model: SimulationModel, log: SimulatedLog) -> Floats:
    """Return the hours that each resource works in a simulation; elapsed ones where an activity's clock runs on."""
    rows = log.rows
    done = rows["resource"] >= 0
    who, start, end = (rows[name][done] for name in ("resource", "start", "end"))
    clocks = work_clocks(model.workforce)
    seconds = worked_before(clocks, who, end) - worked_before(clocks, who, start)
    seconds = np.where(model.durations.runs_on[log.activity[done]], end - start, seconds)
    return np.asarray(np.bincount(who, seconds, len(model.workforce.resources)) / HOUR)


def automation_fee(model: SimulationModel, log: SimulatedLog, activity: str, rule: Eligible, weeks: float) -> float:
    """Return what automating an activity costs a week beside people."""
    if rule.automate is None:
        raise ValueError(f"process.yaml does not say what it costs to automate {activity!r}")
    times = np.isin(log.activity, activity_codes(model, activity)).sum()
    return float(rule.automate.per_week + rule.automate.per_case * times / weeks)
