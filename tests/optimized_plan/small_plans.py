"""Made-up searches of plans: what the rooms that write plans down are given, without a search."""

from bpa_assets.optimized_plan.acceptance.change_lines import plan_id
from bpa_assets.optimized_plan.plan import (
    Change,
    Decisions,
    Effect,
    Interval,
    JudgedPlan,
    PlanSearch,
    Shifts,
    SlaEffect,
    Surrogate,
)
from bpa_assets.optimized_plan.plan_files.plan_tables import Aim, PlansOfRun

WEEKDAYS_7_TO_16 = Shifts("mon-fri 07:00-16:00", tuple(hour // 24 < 5 and 7 <= hour % 24 < 16 for hour in range(168)))
AIM = Aim(cost_reduction=0.10, cycle_time_reduction=0.20, cost_unit="EUR")
HOUR, DAY = 3600.0, 86_400.0


def about(value: float, half: float) -> Interval:
    """An interval of this half width."""
    return Interval(value, value - half, value + half)


def effect(scenario: str, cost: float, cycle: float, *, kept: float = 0.97) -> Effect:
    """An effect of changes by these shares on a process of 19,100 a week and 9.5 h; SLA: 48 h in 95 % of the cases."""
    sla = SlaEffect("cycle_time", 2 * DAY, 0.95, 0.942, about(kept, 0.005))
    return Effect(
        scenario, 19_100.0, 19_100.0 * (1 + cost), about(cost, 0.004), 9.5 * HOUR, 9.5 * HOUR * (1 + cycle),
        about(cycle, 0.02), about(1.4 * cycle, 0.03), about(1.6 * cycle, 0.03), (sla,), 18_000,
    )  # fmt: skip


def plan(
    name: str,
    standing: str,
    decisions: Decisions,
    cost: float,
    cycle: float,
    *,
    changes: tuple[Change, ...] = (),
    accepted: bool = False,
    reason: str = "",
) -> JudgedPlan:
    """A plan judged in three scenarios, a little worse in each."""
    effects = tuple(
        effect(scenario, cost, cycle + worse)
        for scenario, worse in (("calibration", 0.0), ("demand +10 %", 0.02), ("held-out weeks", 0.03))
    )
    solved = Surrogate(13_400.0, 13_350.0, 0.0037, "optimal", 1.5) if standing == "choice" else None
    return JudgedPlan(plan_id(decisions), name, standing, decisions, changes, effects, accepted, reason, solved)


BALANCED = Decisions(
    headcount={"Clerk": 4, "Loan Officer": 2}, shifts={"Clerk": WEEKDAYS_7_TO_16}, automated=("Check credit history",),
    reassigned=(("Assess eligibility", "Loan Officer"),), merged=(("Print letter", "Send letter"),),
    parallel=(("Check id", "Check income"),), skipped=("Archive",),
)  # fmt: skip
CHANGES = (
    Change("hours", "Clerk", "mon-fri 08:00-17:00", "mon-fri 07:00-16:00", about(-0.12, 0.02), 0.0,
           "38 % of the waiting is for hours at which no Clerk works."),
    Change("automate", "Check credit history", "Clerk", "no person", about(-0.09, 0.015), -2_100.0,
           "It is 22 % of the work of Clerk, and 4 h of each case are spent in its queue."),
    Change("headcount", "Clerk", "6", "4", about(0.03, 0.01), -3_100.0, "Clerk is busy 43 % of the paid hours."),
    Change("headcount", "Loan Officer", "3", "2", about(0.01, 0.01), -900.0,
           "Loan Officer is busy 39 % of the paid hours."),
    Change("reassign", "Assess eligibility", "Senior Officer", "Loan Officer", about(-0.02, 0.01), -300.0,
           "Senior Officer is the costliest role that may do it."),
    Change("merge", "Print letter, Send letter", "two queues", "one queue", about(-0.01, 0.01), 0.0,
           "Send letter waits 1 h for the same person."),
    Change("parallelize", "Check id, Check income", "one after the other", "side by side", about(-0.04, 0.01), 0.0,
           "Neither needs the other's result."),
    Change("skip", "Archive", "done", "not done", about(0.0, 0.002), -400.0, "Nothing waits for it."),
)  # fmt: skip

AS_IS = plan("As it is", "as_is", Decisions(), 0.0, 0.0, reason="nothing is changed")
RECOMMENDED = plan(
    "Balanced", "choice", BALANCED, -0.30, -0.24, changes=CHANGES, accepted=True,
    reason="cost falls by at least 29.6 %, cycle time by at least 22 %, and every SLA is kept in all three scenarios",
)  # fmt: skip
CHEAPEST = plan(
    "Cheapest", "choice", Decisions(headcount={"Clerk": 2}), -0.40, -0.05, changes=CHANGES[2:3],
    reason="cycle time falls by 5 % (3 to 7 %), less than the goal of 20 %",
)  # fmt: skip
FASTEST = plan(
    "Fastest", "choice", Decisions(shifts={"Clerk": WEEKDAYS_7_TO_16}), -0.12, -0.31, changes=CHANGES[:1],
    accepted=True, reason="cost falls by at least 11.6 %, cycle time by at least 29 %, and every SLA is kept",
)  # fmt: skip
CONTROLS = (
    plan("Hours only", "control", Decisions(shifts={"Loan Officer": WEEKDAYS_7_TO_16}), 0.107, -0.32,
         reason="cost rises by 10.7 %"),
    plan("Headcount only", "control", Decisions(headcount={"Clerk": 5}), -0.34, -0.068, reason="cycle time"),
    plan("Earliest due first", "control", Decisions(dispatch="edd"), 0.0, -0.03, reason="cost does not fall"),
)  # fmt: skip

FOUND = PlanSearch(
    plans=(AS_IS, FASTEST, RECOMMENDED, CHEAPEST, *CONTROLS),
    recommended=RECOMMENDED.plan_id,
    proof=(),
    assumptions=("No goal was set: −10 % cost and −20 % cycle time are taken.", "Shifts of at most 9 h are taken."),
    breaks_at=1.35,
    said=(),
)
PROVEN = PlanSearch(
    plans=(AS_IS, CHEAPEST),
    recommended=None,
    proof=("With any number of people and the widest hours allowed the mean cycle time falls by at most 14 %: 8 h of "
           "the 9.5 h are delays that the log does not explain.",),
    assumptions=(),
    breaks_at=None,
    said=(),
    proven=True,
)  # fmt: skip
NOTHING = PlanSearch((), None, (), (), None, ("No plan: the log has 12 cases, and a plan needs 30.",))


def of_run(search: PlanSearch = FOUND) -> PlansOfRun:
    """The search with what was asked of it."""
    return PlansOfRun("loans", search, AIM, 0.012)
