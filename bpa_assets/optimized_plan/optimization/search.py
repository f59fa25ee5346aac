"""The search: CP-SAT over a grid of costs, its plans simulated and the surrogate corrected; then neighbours, simulated.

What is tried where lives beside; here is the order, and what is aimed at. How the plans are judged stays out.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from bpa_assets.optimized_plan.acceptance.judge import AS_IS, FEW, Judge
from bpa_assets.optimized_plan.acceptance.judged_plans import scenarios_of
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.optimization.candidates import Candidate, Candidates
from bpa_assets.optimized_plan.optimization.impossible import proof_of_bounds, what_binds
from bpa_assets.optimized_plan.optimization.labour_limits import assumed_labour, role_limits
from bpa_assets.optimized_plan.optimization.neighbours import neighbours, swaps
from bpa_assets.optimized_plan.optimization.program_round import Round, next_round
from bpa_assets.optimized_plan.optimization.staffing import Staffing
from bpa_assets.optimized_plan.optimization.staffing_program import (
    RoleOption,
    Solution,
    cheapest_within,
    fastest_within,
)
from bpa_assets.optimized_plan.optimization.tried_plans import Tried, TriedPlans
from bpa_assets.optimized_plan.optimization.unlimited import bounds
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.plan_settings import Labour

Near = Callable[[Decisions], Iterable[Decisions]]

ROUNDS = 3
GRID = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Shares of today's cost that plans save at least; and what the goal says."""

TRIES, TRIES_OF_OTHERS, TRIES_IN_VAIN = 80, 10, 6
"""Plans simulated around the one aimed at and around each point of the front; and where no plan can reach the goals."""

MOST_CHOICES = 6

MARGIN = 0.03
"""By which the goal of the cycle time is passed at first, so that it is still reached at the interval's end."""

FARTHER = 3
"""Times that the goal is set farther since a plan misses it with more demand or in the held-out weeks."""

_MISSED = 10.0  # what a missed goal counts for, beside a share of cost or time
_CHANGE = 0.002  # what a change has to be worth


def found_plans(judge: Judge, labour: Labour, *, closed: Collection[str] = ()) -> Candidates:
    """Search plans for the judge's process; `closed`: roles of which a plan may not speak.

    The same input gives the same plans. Raises InputError where the settings leave nothing to choose.
    """
    model, terms = judge.model, judge.terms
    limits = role_limits(model, labour)
    if not limits:
        return Candidates((), None, ("Nobody is seen at work in this log, so there is nobody to plan.",), ())
    shut = set(closed) if model.identified.resources else {one.role for one in limits}
    lowest = bounds(judge, limits)
    staffing = Staffing.of(judge, limits, shut, labour.separate)
    tried = TriedPlans(judge, labour.separate)
    tried.try_one(AS_IS)
    aim = partial(_aim, terms, MARGIN)
    for number in range(ROUNDS):
        now = next_round(staffing, AS_IS if number == 0 else tried.best(aim).decisions)
        for solution in _solutions(now, terms, judge.seed):
            tried.try_one(now.decisions(solution), solution.surrogate)
    moves = (
        partial(neighbours, choices=now.choices, modes=staffing.modes),
        partial(swaps, choices=now.choices, modes=staffing.modes, most_changes=terms.changes),
    )
    proof = proof_of_bounds(judge, limits, lowest)
    for target in _targets(terms):
        tried.improve(target, moves, TRIES_IN_VAIN if proof else TRIES_OF_OTHERS)
    best = tried.best(aim) if proof else _best_that_holds(tried, moves, terms)
    return Candidates(
        front=tuple(
            Candidate(f"plan {number}", one.decisions, one.surrogate)
            for number, one in enumerate(_chosen(tried, best), start=1)
        ),
        bounds=lowest,
        proof=proof,
        binding=what_binds(now, best),
        assumptions=assumed_labour(labour),
    )


def _solutions(now: Round, terms: Terms, seed: int) -> Iterator[Solution]:
    """The plans of a program: the fastest within each cost, and the cheapest that is fast enough."""
    program = now.program
    today = sum(_as_it_is(few) for few in program.roles)
    for saved in sorted({terms.cost_reduction, *GRID}):
        solution = fastest_within(program, int(today - saved * now.cost_today), seed)
        if not solution.roles and not solution.activities:
            break  # nor for less
        yield solution
    seconds = sum(program.today) / max(len(program.today), 1) * (1 - terms.cycle_time_reduction - MARGIN)
    cheapest = cheapest_within(program, int(seconds), seed)
    if cheapest.roles or cheapest.activities:
        yield cheapest


def _best_that_holds(tried: TriedPlans, moves: Sequence[Near], terms: Terms) -> Tried:
    """Aim at the goals; where the best plan misses them in another scenario, aim as much farther and go on."""
    margin, tries = MARGIN, TRIES
    for _ in range(FARTHER):
        best = tried.improve(partial(_aim, terms, margin), moves, tries)
        short = _shortfall(tried.judge, best.decisions)
        if short <= 0:
            break
        margin, tries = margin + short, TRIES // 2
    return best


def _shortfall(judge: Judge, decisions: Decisions) -> float:
    """By how much the cycle time misses its goal at the interval's end, in the worst scenario."""
    effects = [judge.effect(decisions, scenario, most=FEW) for scenario in scenarios_of(judge)]
    return max(one.cycle_change.high for one in effects) + judge.terms.cycle_time_reduction


def _as_it_is(options: Sequence[RoleOption]) -> int:
    return next(one.cost for one in options if not one.changes and one.load == 1000)


def _aim(terms: Terms, margin: float, plan: Tried) -> float:
    """What is left of cost times what is left of the cycle time; goals and promises that are missed count more."""
    missed = (
        max(plan.cost + terms.cost_reduction, 0.0)
        + max(plan.cycle + terms.cycle_time_reduction + margin, 0.0)
        + _MISSED * plan.missed
    )
    return (1 + plan.cost) * (1 + plan.cycle) + _MISSED * missed + _CHANGE * plan.changes


def _targets(terms: Terms) -> Iterator[Callable[[Tried], float]]:
    """The fastest plan within each cost."""
    for saved in sorted({terms.cost_reduction, *GRID}):
        yield partial(_fastest, saved)


def _fastest(saved: float, plan: Tried) -> float:
    missed = max(plan.cost + saved, 0.0) + _MISSED * plan.missed
    return 1 + plan.cycle + _MISSED * missed + _CHANGE * plan.changes


def _chosen(tried: TriedPlans, best: Tried) -> list[Tried]:
    """The best plan and others of the front, far apart from each other; the cheapest first."""
    front = tried.front()
    chosen = [] if best.decisions == AS_IS else [best]
    while len(chosen) < min(MOST_CHOICES, len(front)):
        left = [one for one in front if one not in chosen]
        if not left:
            break
        chosen.append(max(left, key=lambda one: min((_apart(one, other) for other in chosen), default=0.0)))
    return sorted(chosen, key=lambda one: (one.cost, one.cycle))


def _apart(one: Tried, other: Tried) -> float:
    return abs(one.cost - other.cost) + abs(one.cycle - other.cycle)
