"""The work that reaches each role, by week and hour of the week, as a simulation of the current plan has it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.acceptance.replications import Demand
from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK, Flags, Floats, SimulationModel
from bpa_assets.optimized_plan.seconds import HOUR
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog
from bpa_assets.optimized_plan.simulation.work_clock import work_clocks, worked_before

MOST_WEEKS = 12


@dataclass(frozen=True)
class RoleWork:
    """Of one role: `hours[s, t]` of work that become ready in hour t of week s, and what becomes of them.

    `step_hours`: mean work of a step. `delay`: simulated hours from being ready to the end of
    a step beyond its work. `by_activity`: share of the work by activity code; `visits`: steps of a case by activity.
    """

    hours: Floats  # [S, 168]
    step_hours: float
    variation: float  # squared coefficient of variation of the work of a step
    delay: float
    by_activity: Floats  # [A]
    visits: Floats  # [A]

    @property
    def steps(self) -> float:
        """Steps of a case."""
        return float(self.visits.sum())


def work_of_role(model: SimulationModel, played: Sequence[tuple[SimulatedLog, Demand]], role: str) -> RoleWork | None:
    """Sum up the steps of a role's people in simulations of `model`; None where there is no such work."""
    clocks, code = work_clocks(model.workforce), model.workforce.roles.index(role)
    weeks: list[Floats] = []
    work_parts, delay_parts, cases = [], [], 0
    by_activity, visits = np.zeros(len(model.activities)), np.zeros(len(model.activities))
    for log, demand in played:
        rows, counted = log.rows, demand.counted[log.rows["case"]]
        mine = counted & _of_role(model, rows["resource"], code)
        who, ready, start, end = (rows[name][mine] for name in ("resource", "ready", "start", "end"))
        worked = worked_before(clocks, who, end) - worked_before(clocks, who, start)
        work = np.where(model.durations.runs_on[log.activity[mine]], end - start, worked) / HOUR
        weeks.append(_by_week(ready, work, log.cases.arrived[demand.counted]))
        work_parts.append(work)
        delay_parts.append((end - ready) / HOUR - work)
        by_activity += np.bincount(log.activity[mine], work, len(by_activity))
        visits += np.bincount(log.activity[mine], minlength=len(visits))
        cases += int(demand.counted.sum())
    work = np.concatenate(work_parts)
    if not len(work) or work.sum() <= 0:
        return None
    return RoleWork(
        hours=_spread(np.concatenate(weeks)),
        step_hours=float(work.mean()),
        variation=float(work.var() / work.mean() ** 2),
        delay=float(np.concatenate(delay_parts).mean()),
        by_activity=by_activity / by_activity.sum(),
        visits=visits / cases,
    )


def _of_role(model: SimulationModel, resource: np.ndarray, code: int) -> Flags:
    return np.asarray((resource >= 0) & (model.workforce.role[np.maximum(resource, 0)] == code))


def _by_week(ready: Floats, work: Floats, arrived: Floats) -> Floats:
    """Weeks of work, those in which cases that count arrive."""
    week = HOURS_OF_WEEK * HOUR
    first, last = int(arrived.min() // week), int(arrived.max() // week)
    of = np.clip((ready // week).astype(np.int64), first, last) - first
    at = (ready % week // HOUR).astype(np.int64)
    table = np.bincount(of * HOURS_OF_WEEK + at, work, (last - first + 1) * HOURS_OF_WEEK)
    return np.asarray(table.reshape(-1, HOURS_OF_WEEK))


def _spread(weeks: Floats) -> Floats:
    """Of many weeks so many as are looked at: those at even steps from the quietest to the busiest."""
    if len(weeks) <= MOST_WEEKS:
        return weeks
    order = np.argsort(weeks.sum(axis=1), kind="stable")
    return np.asarray(weeks[order[np.linspace(0, len(weeks) - 1, MOST_WEEKS).round().astype(np.int64)]])
