"""Plans that were simulated on the way: what they cost and how long a case takes, beside the process as it is.

A search keeps all of them, so that no plan is simulated twice and each target starts from the best known one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bpa_assets.optimized_plan.acceptance.change_lines import lines_of, plan_id
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.promises import NOT_WORSE
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION
from bpa_assets.optimized_plan.optimization.eligible_changes import breaks_separation
from bpa_assets.optimized_plan.plan import Decisions, Surrogate

REPLICATIONS = 2

NO_WORSE = 0.005
"""By which cost or cycle time may be above today's, for chance."""


@dataclass(frozen=True)
class Tried:
    """A simulated plan: by what share cost and mean cycle time change, what share of promises it misses, its lines."""

    decisions: Decisions
    cost: float
    cycle: float
    missed: float
    changes: int
    surrogate: Surrogate | None = None


@dataclass
class TriedPlans:
    """All plans tried so far, by id; those that break a rule are not among them."""

    judge: Judge
    separate: Sequence[tuple[str, str]]
    found: dict[str, Tried] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def try_one(self, decisions: Decisions, surrogate: Surrogate | None = None) -> Tried | None:
        """Simulate a plan, unless it was; None where it has too many changes or breaks a separation of duties."""
        name = plan_id(decisions)
        if name in self.refused:
            return None
        if name not in self.found:
            if not self._allowed(decisions):
                self.refused.add(name)
                return None
            self.found[name] = self._tried(decisions, surrogate)
        return self.found[name]

    def best(self, target: Callable[[Tried], float]) -> Tried:
        """Return the plan with the least value of a target; of equal ones the one with the least id."""
        return min(self.found.items(), key=lambda item: (target(item[1]), item[0]))[1]

    def improve(
        self, target: Callable[[Tried], float], moves: Sequence[Callable[[Decisions], Iterable[Decisions]]], tries: int
    ) -> Tried:
        """Go from the best plan to the first better neighbour until none is, or the tries are used up.

        Neighbours by the first of `moves` are tried in a drawn order, then those by the next one.
        """
        at = self.best(target)
        better: Tried | None = at
        while better is not None and tries > 0:
            at, better = better, None
            for decisions in self._drawn_order(at.decisions, moves):
                known = len(self.found)
                tried = self.try_one(decisions, at.surrogate)
                tries -= len(self.found) - known
                if tried is not None and target(tried) < target(at):
                    better = tried
                if better is not None or tries <= 0:
                    break
        return self.best(target)

    def _drawn_order(
        self, plan: Decisions, moves: Sequence[Callable[[Decisions], Iterable[Decisions]]]
    ) -> Iterator[Decisions]:
        drawn = np.random.default_rng([self.judge.seed, len(self.found)])
        for near in moves:
            around = list(near(plan))
            yield from (around[place] for place in drawn.permutation(len(around)).tolist())

    def front(self) -> list[Tried]:
        """Return the plans that no other beats on cost and on cycle time, from the cheapest on.

        Plans that make either worse than today are no choice, nor are those that miss a promise.
        """
        kept: list[Tried] = []
        for _, one in sorted(self.found.items(), key=lambda item: (item[1].cost, item[1].cycle, item[0])):
            fits = one.decisions != AS_IS and one.missed <= 0 and max(one.cost, one.cycle) <= NO_WORSE
            if fits and (not kept or one.cycle < kept[-1].cycle):
                kept.append(one)
        return kept

    def _allowed(self, decisions: Decisions) -> bool:
        if len(list(lines_of(decisions))) > self.judge.terms.changes:
            return False
        return not breaks_separation(self.judge.model, decisions, self.judge.terms, self.separate)

    def _tried(self, decisions: Decisions, surrogate: Surrogate | None) -> Tried:
        before, after = (self.judge.figures(one, CALIBRATION, REPLICATIONS) for one in (AS_IS, decisions))
        kept_before, kept_after = (np.mean([one.kept for one in side], axis=0) for side in (before, after))
        needed = [
            was - NOT_WORSE if promise.share is None else promise.share
            for was, promise in zip(kept_before, self.judge.terms.promises, strict=True)
        ]
        return Tried(
            decisions=decisions,
            cost=_change([one.cost for one in before], [one.cost for one in after]),
            cycle=_change([one.mean_cycle for one in before], [one.mean_cycle for one in after]),
            missed=float(sum(max(need - is_now, 0.0) for need, is_now in zip(needed, kept_after, strict=True))),
            changes=len(list(lines_of(decisions))),
            surrogate=surrogate,
        )


def _change(before: Sequence[float], after: Sequence[float]) -> float:
    was = float(np.mean(before))
    return float(np.mean(after)) / was - 1 if was > 0 else 0.0
