"""What the search hands to the judgement: plans, what no plan can go below, and sentences."""

from dataclasses import dataclass

from bpa_assets.optimized_plan.plan import Decisions, Interval, Surrogate


@dataclass(frozen=True)
class Candidate:
    """A plan to be judged. `surrogate`: of the last solution of CP-SAT from which the search of neighbours began."""

    name: str
    decisions: Decisions
    surrogate: Surrogate | None


@dataclass(frozen=True)
class Bounds:
    """The changes of cost and mean cycle time that no plan within the limits can go below (shares; -.2: a fifth)."""

    cost_change: float
    cycle_change: Interval


@dataclass(frozen=True)
class Candidates:
    """The front, from the cheapest plan on. `proof`: sentences, where the bounds or CP-SAT rule the goals out."""

    front: tuple[Candidate, ...]
    bounds: Bounds | None
    proof: tuple[str, ...]
    assumptions: tuple[str, ...]
    said: tuple[str, ...] = ()
