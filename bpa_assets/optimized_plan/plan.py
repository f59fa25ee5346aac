"""What a plan is: the decisions it sets, the effect each was judged to have, and what a search of plans found.

These are the types that the rooms of the stage hand each other. Add a kind of decision here with the part of
`changed_process` that carries it out; how plans are found (`optimization`), judged (`acceptance`) and written down
(`plan_files`) stays out.

Costs are amounts a week in the currency of `process.yaml`, or hours a week where it names no rate; times are seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CHANGE_KINDS = (
    *("headcount", "hours", "reassign", "automate", "skip", "merge", "parallelize", "dispatch"),
)  # fmt: skip


@dataclass(frozen=True)
class Shifts:
    """When everybody of a role works: hour of the week (0: Monday 00:00-01:00) to flag, and a name for people."""

    name: str  # "mon-fri 08:00-17:00"
    hours: tuple[bool, ...]  # 168


@dataclass(frozen=True)
class Decisions:
    """What a plan sets; what it does not name stays as it is.

    `reassigned`: activity and the role that does it from now on (instead of those who did). `merged`, `parallel`:
    pairs (first, second) of activities. `dispatch`: one of `changed.dispatch.DISPATCH_RULES`.
    """

    headcount: Mapping[str, int] = field(default_factory=dict)  # by role
    shifts: Mapping[str, Shifts] = field(default_factory=dict)  # by role
    reassigned: tuple[tuple[str, str], ...] = ()
    automated: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    parallel: tuple[tuple[str, str], ...] = ()
    dispatch: str | None = None


@dataclass(frozen=True)
class Interval:
    """A mean over replications with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class SlaEffect:
    """The share of cases that meet a limit, before and after; `needed`: what a plan must keep (at the low bound)."""

    name: str  # "cycle_time", "waiting_time", "activity Approve"
    limit_seconds: float
    needed: float
    before: float
    after: Interval

    @property
    def kept(self) -> bool:
        """Whether the low bound reaches what is needed."""
        return self.after.low >= self.needed


@dataclass(frozen=True)
class Effect:
    """What a plan does under one scenario; changes are shares (-.2: a fifth less) of the process as it is, paired."""

    scenario: str  # "calibration", "demand +10 %", "held-out weeks"
    cost_before: float
    cost_after: float
    cost_change: Interval
    cycle_before: float
    cycle_after: float
    cycle_change: Interval
    p90_change: Interval
    waiting_change: Interval
    slas: tuple[SlaEffect, ...]
    simulated_cases: int


@dataclass(frozen=True)
class Change:
    """One line of a plan, with what it alone takes away: the effect of the plan less that of the plan without it."""

    kind: str  # one of CHANGE_KINDS
    subject: str  # a role or an activity ("Clerk", "Check credit"), or a pair ("Check id, Check income")
    from_value: str
    to_value: str
    cycle_change: Interval  # share of the mean cycle time
    cost_change: float  # amount a week
    reason: str  # one sentence with figures


@dataclass(frozen=True)
class Surrogate:
    """What CP-SAT proved of its own model of the plan; nothing of the process."""

    objective: float
    bound: float
    gap: float  # (objective - bound) / objective
    status: str  # "optimal", "feasible", "infeasible"
    seconds: float


@dataclass(frozen=True)
class JudgedPlan:
    """A plan with its simulated proof. `standing`: "as_is", "choice" (a point of the front), "control"."""

    plan_id: str  # "p-" and the first 12 hex digits of SHA-256 of the canonical JSON of its decisions
    name: str
    standing: str
    decisions: Decisions
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]  # calibration first
    accepted: bool
    reason: str  # why it is accepted, or the first thing that it misses
    surrogate: Surrogate | None = None


@dataclass(frozen=True)
class PlanSearch:
    """What was found. `recommended`: id of the accepted plan to take first, None if none is accepted.

    `proof`: where no plan can reach the goals, why: the bound and what binds. `assumptions`: what was not said in
    `process.yaml` and was taken instead. `breaks_at`: the demand (1.1: +10 %) from which the recommended plan breaks a
    goal or an SLA, None if not up to 2.
    """

    plans: tuple[JudgedPlan, ...]
    recommended: str | None
    proof: tuple[str, ...]
    assumptions: tuple[str, ...]
    breaks_at: float | None
    said: tuple[str, ...]  # notes for the run: why there is no plan, budgets that ran out
