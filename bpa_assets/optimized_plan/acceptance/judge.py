"""The judge: what a plan does to a process, told with intervals from paired replications.

A replication plays the process as it is and as the plan makes it with the same cases and the same numbers drawn. How
many there are is decided by how sure the figures are, within a budget counted in simulated steps and not in seconds, so
that the same input gives the same bytes. What the figures must reach is said in `verdict`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from bpa_assets.optimized_plan.acceptance.change_lines import plan_id
from bpa_assets.optimized_plan.acceptance.intervals import LEVEL, change_interval, mean_interval
from bpa_assets.optimized_plan.acceptance.promises import NOT_WORSE, Promise
from bpa_assets.optimized_plan.acceptance.replications import Demand, Figures, demand_of, figures_of
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION, Scenario, warm_up
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.changed.changed_process import changed
from bpa_assets.optimized_plan.changed.cost import cost_per_week
from bpa_assets.optimized_plan.plan import Decisions, Effect, Interval, SlaEffect
from bpa_assets.optimized_plan.process_simulation_model import Floats, SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog, simulate
from bpa_resources.environment import cores

AS_IS = Decisions()
LEAST, FEW, MOST = 3, 8, 40
"""Replications: of a large log, whose every one has many cases; at first; at most."""

SURE, SURE_OF_SHARES = 0.01, 0.005
"""Half an interval, of a change and of a share of cases kept, that is narrow enough."""

MOST_STEPS = 400_000
"""Simulated steps of a plan in a scenario beyond which no further replications are begun: 0.5 to 4 s."""


@dataclass
class Judge:
    """Simulates plans of a process; what it has played once it does not play again."""

    model: SimulationModel
    terms: Terms
    seed: int
    _demands: dict[tuple[Scenario, int], Demand | None] = field(default_factory=dict)
    _figures: dict[tuple[str, Scenario], list[Figures]] = field(default_factory=dict)

    def effect(self, decisions: Decisions, scenario: Scenario = CALIBRATION, *, most: int = MOST) -> Effect:
        """Judge a plan under a scenario, with as many replications as it takes to be sure, up to `most`."""
        count = min(self.few, most)
        while True:
            before, after = (self.figures(one, scenario, count) for one in (AS_IS, decisions))
            found = effect_of(before, after, self.terms.promises, scenario)
            more = min(count + self.few, most)
            if more == count or more * self._steps > MOST_STEPS or _is_sure(found):
                return found
            count = more

    @property
    def few(self) -> int:
        """How many replications a first look takes: fewer of a large log."""
        return int(np.clip(MOST_STEPS // (4 * self._steps), LEAST, FEW))

    def figures(self, decisions: Decisions, scenario: Scenario, count: int) -> list[Figures]:
        """Return the figures of the first `count` replications."""
        found = self._figures.setdefault((plan_id(decisions), scenario), [])
        if len(found) < count:
            model = changed(self.model, decisions, self.terms.eligibility, self.terms.costs)
            demands = [self.demand(scenario, number) for number in range(len(found), count)]
            prepared = prepare(model)

            def played(demand: Demand) -> Figures:
                log = simulate(prepared, demand.cases)
                return figures_of(log, model, demand, self.terms.promises, self._cost(model, log, demand, decisions))

            # Side by side: the engine holds no lock of the interpreter while it runs.
            found += _players().map(played, demands)
        return found[:count]

    def log_as_it_is(self, number: int = 0) -> tuple[SimulatedLog, Demand]:
        """Return a replication of the process as it is, step by step."""
        demand = self.demand(CALIBRATION, number)
        return simulate(prepare(self.model), demand.cases), demand

    def has_cases(self, scenario: Scenario) -> bool:
        """Whether any case arrives that counts."""
        return demand_of(self.model, scenario, self.seed, self.warm) is not None

    def demand(self, scenario: Scenario, number: int) -> Demand:
        """Return the cases of a replication; raise ValueError where none arrives that counts."""
        key = (scenario, number)
        if key not in self._demands:
            self._demands[key] = demand_of(self.model, scenario, self.seed * 1_000 + number, self.warm)
        found = self._demands[key]
        if found is None:
            raise ValueError(f"no case arrives in {scenario.name}")
        return found

    @cached_property
    def warm(self) -> float:
        """Seconds until a process that began empty is in full swing."""
        log = simulate(prepare(self.model), observed_cases(self.model, self.seed))
        return warm_up(self.model, log.ended() - log.cases.arrived)

    def _cost(self, model: SimulationModel, log: SimulatedLog, demand: Demand, decisions: Decisions) -> float:
        return cost_per_week(
            model,
            log,
            weeks=demand.weeks,
            costs=self.terms.costs,
            eligibility=self.terms.eligibility,
            automated=decisions.automated,
        )

    @cached_property
    def _steps(self) -> int:
        """How many steps a replication has."""
        return int(np.diff(self.model.traces.starts)[self.demand(CALIBRATION, 0).cases.trace].sum())


@cache
def _players() -> ThreadPoolExecutor:
    """Threads kept for all plans: one is played in milliseconds."""
    return ThreadPoolExecutor(max_workers=cores())


def effect_of(
    before: Sequence[Figures], after: Sequence[Figures], promises: Sequence[Promise], scenario: Scenario
) -> Effect:
    """Compare paired replications."""
    was, now = _columns(before), _columns(after)
    level = 1 - (1 - LEVEL) / max(len(promises), 1)  # Bonferroni: all promises together are kept at LEVEL
    return Effect(
        scenario=scenario.name,
        cost_before=float(was["cost"].mean()),
        cost_after=float(now["cost"].mean()),
        cost_change=change_interval(was["cost"], now["cost"]),
        cycle_before=float(was["mean_cycle"].mean()),
        cycle_after=float(now["mean_cycle"].mean()),
        cycle_change=change_interval(was["mean_cycle"], now["mean_cycle"]),
        p90_change=change_interval(was["p90_cycle"], now["p90_cycle"]),
        waiting_change=change_interval(was["mean_waiting"], now["mean_waiting"]),
        slas=tuple(
            _sla_effect(promise, _kept(before, place), _kept(after, place), level)
            for place, promise in enumerate(promises)
        ),
        simulated_cases=sum(one.cases for one in after),
    )


def _columns(figures: Sequence[Figures]) -> dict[str, Floats]:
    names = ("cost", "mean_cycle", "p90_cycle", "mean_waiting")
    return {name: np.array([getattr(one, name) for one in figures]) for name in names}


def _kept(figures: Sequence[Figures], place: int) -> Floats:
    """The shares of cases that keep a promise, by replication."""
    return np.array([one.kept[place] for one in figures])


def _sla_effect(promise: Promise, before: Floats, after: Floats, level: float) -> SlaEffect:
    """Where the share is to be that of today, the interval is that of the paired difference."""
    was = float(before.mean())
    if promise.share is not None:
        return SlaEffect(promise.name, promise.limit, promise.share, was, mean_interval(after, level=level))
    moved = mean_interval(after - before, level=level)
    now = Interval(was + moved.value, was + moved.low, was + moved.high)
    return SlaEffect(promise.name, promise.limit, max(was - NOT_WORSE, 0.0), was, now)


def _is_sure(effect: Effect) -> bool:
    changes = (effect.cost_change, effect.cycle_change)
    return all(one.high - one.low <= 2 * SURE for one in changes) and all(
        one.after.high - one.after.low <= 2 * SURE_OF_SHARES for one in effect.slas
    )
