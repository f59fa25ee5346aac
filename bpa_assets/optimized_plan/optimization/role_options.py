"""What each role can be given, as options of the integer program: shifts, headcounts and loads, with cost and waits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.changed.cost import Costs
from bpa_assets.optimized_plan.changed.people import members, with_headcount
from bpa_assets.optimized_plan.optimization.fluid_delays import LOST, average_hours, fluid_delays
from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits
from bpa_assets.optimized_plan.optimization.shift_options import Shift, shift_options
from bpa_assets.optimized_plan.optimization.staffing_program import RoleOption
from bpa_assets.optimized_plan.optimization.work_of_roles import RoleWork
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.optimized_plan.process_simulation_model import Floats, SimulationModel

MOST_HEADCOUNTS = 16
"""Of a role with more people, so many headcounts are tried: today's and others at even ratios."""

SAFE = 0.9
"""Share of the hours of the mean week that may be worked under a new option, so that more demand fits in."""


@dataclass(frozen=True)
class RoleChoices:
    """The shifts (the first, None: today's) and headcounts of a role, what they cost, and the work that reaches it."""

    limits: RoleLimits
    work: RoleWork
    shifts: tuple[Shift | None, ...]
    there: Floats  # [K, 168] share of the people that are there
    headcounts: tuple[int, ...]
    at_once: float  # steps that a person does at once, on average
    cost: Floats  # [K, N] a week, with today's load
    by_work: float  # cost a week that grows with the load instead


def role_choices(
    model: SimulationModel, limits: RoleLimits, work: RoleWork, costs: Costs, *, shut: bool
) -> RoleChoices:
    """Return the choices of a role; `shut`: it stays as it is."""
    mine = members(model.workforce, limits.role)
    headcounts = (limits.today,) if shut else _headcounts(limits)
    shifts: tuple[Shift | None, ...] = (None, *(() if shut else shift_options(limits)))
    there = np.array([average_hours(model.workforce.hours[mine])] + [_flags(one) for one in shifts[1:]])
    paid = costs.basis == "paid" and limits.rests
    cost = np.zeros((len(shifts), len(headcounts)))
    rate = float(costs.hourly(model.workforce)[mine].mean())
    for place, number in enumerate(headcounts) if paid else ():
        kept = with_headcount(model, limits.role, number)
        people = members(kept.workforce, limits.role)
        rates = costs.hourly(kept.workforce)[people]
        cost[0, place] = kept.workforce.hours[people].sum(axis=1) @ rates
        cost[1:, place] = [float(there[at].sum() * rates.sum()) for at in range(1, len(shifts))]
    return RoleChoices(
        limits=limits,
        work=work,
        shifts=shifts,
        there=there,
        headcounts=headcounts,
        at_once=float(model.workforce.capacity[mine].mean()),
        cost=cost,
        by_work=0.0 if paid else float(work.hours.sum(axis=1).mean() * rate),
    )


def role_options(choices: RoleChoices, loads: Sequence[int], correction: float) -> list[RoleOption]:
    """Return the options under these loads (thousandths); `correction`: simulated delay by that of the surrogate.

    Of options with no more changes than another, neither cheaper nor faster in the mean, none is kept.
    """
    work, at = choices.work, np.array(loads) / 1000
    people = np.array(choices.headcounts) * choices.at_once
    delays = fluid_delays(work, choices.there, people, at)
    busy = work.hours.sum(axis=1).mean() * at / (people[None, :, None] * choices.there.sum(axis=1)[:, None, None])
    seconds = np.ceil(delays * (work.steps * correction * 3600)).astype(np.int64)
    found = []
    for shift, number, load in np.ndindex(len(choices.shifts), len(people), len(at)):
        changes = int(shift > 0) + int(choices.headcounts[number] != choices.limits.today)
        if changes and (busy[shift, number, load] > SAFE or delays[shift, number, load].max() >= LOST):
            continue
        cost = int(np.ceil(100 * (choices.cost[shift, number] + choices.by_work * at[load])))
        week = tuple(seconds[shift, number, load].tolist())
        found.append(RoleOption(shift, choices.headcounts[number], loads[load], cost, week, changes))
    return _worth_choosing(found)


def surrogate_delay(choices: RoleChoices, shift: Shift | None, people: int, load: int) -> float:
    """Return the mean hours by which a step is held up under one option."""
    at = choices.shifts.index(shift)
    delays = fluid_delays(
        choices.work, choices.there[at : at + 1], np.array([people * choices.at_once]), np.array([load / 1000])
    )
    return float(delays.mean())


def shift_of(choices: RoleChoices, plan: Decisions) -> Shift | None:
    """Return the shift that a plan gives a role; None: today's."""
    wanted = plan.shifts.get(choices.limits.role)
    return next((one for one in choices.shifts if one and wanted and one.shifts().hours == wanted.hours), None)


def _worth_choosing(options: list[RoleOption]) -> list[RoleOption]:
    """Options that no other beats on load, changes, cost and mean wait."""
    kept: list[RoleOption] = []
    for option in sorted(options, key=lambda one: (one.cost, sum(one.seconds), one.changes)):
        mean = sum(option.seconds)
        if not any(
            one.load == option.load and one.changes <= option.changes and sum(one.seconds) <= mean for one in kept
        ):
            kept.append(option)
    return kept


def _headcounts(limits: RoleLimits) -> tuple[int, ...]:
    every = list(range(limits.least, max(limits.most, limits.least) + 1))
    if len(every) > MOST_HEADCOUNTS:
        every = sorted({round(one) for one in np.geomspace(every[0], every[-1], MOST_HEADCOUNTS).tolist()})
    return tuple(sorted({*every, limits.today}))


def _flags(shift: Shift | None) -> list[float]:
    return [float(open_) for open_ in shift.shifts().hours] if shift else []
