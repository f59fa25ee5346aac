"""Plans beside those of the public optimizer: `python -m benchmarks.published_plans LOG [LOG ...] [--rates FILE]`.

LOG: LoanApp.csv.gz, P2P.csv.gz or ACR.csv.gz; what was published and the rates are in `published_rates`. Each is
searched twice: as it is calibrated, and as the public simulator reads a log (`as_published`), which does not reproduce
it. A figure beyond the bound cannot be reached by any plan on that reading of the log. What was published for P2P rests
on work that takes no time: in the simulated log beside its figures conditions with suppliers are settled in 0 s, which
in the event log never took less than 3.9 h.

Beside our figures (hours worked × rate; the time in which nothing is done of a case) stand those of the same plans as
the public optimizer counts: elapsed hours × rate, nights included, and the gap before a step, the mean over all steps.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.plans import steps_of
from benchmarks.published_rates import PUBLISHED, Published, rates_in, rates_of
from bpa_assets.optimized_plan.acceptance.change_lines import lines_of
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.plan_search import SEED, search_plans
from bpa_assets.optimized_plan.acceptance.replications import figures_of
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.changed.changed_process import changed
from bpa_assets.optimized_plan.optimization.labour_limits import role_limits
from bpa_assets.optimized_plan.optimization.least_cost import by_the_cheapest
from bpa_assets.optimized_plan.optimization.unlimited import bounds, unlimited, without_delays
from bpa_assets.optimized_plan.plan import Decisions, JudgedPlan
from bpa_assets.optimized_plan.process_simulation_model import RaggedInts, SimulationModel
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate
from bpa_assets.optimized_plan.validation.reproduction import reproduction
from bpa_assets.settings import ProcessConfig

REPLICATIONS = 4
WITHIN = 0.9
"""Of a bound that is nearer than what was published: what is aimed at instead."""


def main() -> None:
    """Search and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs", nargs="+", type=Path)
    parser.add_argument("--rates", type=Path, help="a cost file of the public optimizer")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    for log in chosen.logs:
        compare(log, chosen.seed, chosen.rates)


def compare(log: Path, seed: int, rates_file: Path | None) -> None:
    """Print what is found on one log."""
    name = log.name.split(".")[0]
    published = PUBLISHED[name]
    if rates_file is not None:
        published = replace(published, rates=rates_in(rates_file))
    if not published.rates:
        print(f"{name}: left out, give its rates with --rates")
        return
    with tempfile.TemporaryDirectory() as folder:
        steps = steps_of(str(log), ProcessConfig(), Path(folder))
    model = calibrated(steps).model
    passed = {one.name: one.passed for one in reproduction(steps, model, seed=SEED)}
    print(f"{name}: published cost {-published.cost:+.1%}, waiting {-published.waiting:+.1%}")
    rates = rates_of(log, published)
    look("as calibrated", model, passed, published, rates, seed)
    look("as published", as_published(model), {}, published, rates, seed)


def as_published(model: SimulationModel) -> SimulationModel:
    """Return the process as the public simulator reads it: nobody waits but for people, who are given work by habit.

    No delays that nobody causes, no batches, no days off; who takes a step is drawn by how often they did it, free or
    not.
    """
    work, policy = model.workforce, model.policy
    none = RaggedInts(np.zeros(len(work.resources) + 1, np.int64), np.zeros(0, np.int64))
    by_habit = replace(policy, observed_share=0.0, same_resource_share=0.0, frequency_share=1.0)
    return replace(
        without_delays(model, model.activities),
        workforce=replace(work, days_off=none),
        policy=replace(by_habit, batch_size=np.ones_like(policy.batch_size)),
    )


@dataclass(frozen=True)
class Counted:
    """Means over replications: hours of a case in which nothing is done of it, and the public counts."""

    waiting: float
    cycle: float
    elapsed_cost: float
    gap: float


def look(
    reading: str,
    model: SimulationModel,
    passed: Mapping[str, bool | None],
    published: Published,
    rates: Mapping[str, float],
    seed: int,
) -> None:
    """Search plans on one reading of a log and print them beside the bounds."""
    judge = Judge(model, Terms.of(_config(rates), model), seed)
    limits = role_limits(model, _config(rates).labour)
    today, least = counted(judge, model), bounds(judge, limits)
    crowd = counted(judge, unlimited(by_the_cheapest(model, limits, judge.terms.costs), limits))
    nobody_waits = counted(judge, unlimited(model, limits)).waiting / today.waiting - 1
    print(
        f"  {reading}: a case takes {today.cycle:.1f} h, of which it waits {today.waiting:.1f} h; gap {today.gap:.2f} h"
    )
    print(
        f"    {'bounds':<68}  cost {least.cost_change:+6.1%}  waiting {nobody_waits:+6.1%}  "
        f"| elapsed {crowd.elapsed_cost / today.elapsed_cost - 1:+6.1%}"
    )
    cost = min(published.cost, -WITHIN * least.cost_change)
    cycle = min(published.waiting * today.waiting / today.cycle, -WITHIN * least.cycle_change.high)
    begun = time.process_time()
    found = search_plans(model, passed, _config(rates, cost, max(cycle, 0.0)), seed=seed)
    took = time.process_time() - begun
    plans = sorted(found.plans, key=lambda one: _short(one, published))
    for plan in [one for one in plans if one.standing != "as_is"]:
        effect, then = plan.effects[0], counted(judge, _changed(judge, plan.decisions))
        reached = "reaches both" if _short(plan, published) <= 0 else ""
        ratio = then.elapsed_cost / today.elapsed_cost - 1, then.gap / today.gap - 1
        there = ratio[0] <= -published.cost and ratio[1] <= -published.waiting
        print(
            f"    {plan.standing:<8}{_in_words(plan.decisions)[:60]:<60}  cost {effect.cost_change.value:+6.1%}  "
            f"waiting {effect.waiting_change.value:+6.1%}  | elapsed {ratio[0]:+6.1%}  gap {ratio[1]:+6.1%}"
            f"  {reached}{'  reaches both as counted there' if there else ''}"
        )
    for place, (figure, bound) in enumerate(
        ((published.cost, least.cost_change), (published.waiting, nobody_waits)),
    ):
        if -figure < bound:
            print(f"    no plan: {('cost', 'waiting')[place]} {-figure:+.1%} is beyond the bound of {bound:+.1%}")
    print(f"    {took:.0f} s of CPU")


def counted(judge: Judge, model: SimulationModel) -> Counted:
    """Play a model and count."""
    hourly, prepared, found = judge.terms.costs.hourly(model.workforce), prepare(model), []
    for number in range(REPLICATIONS):
        demand = judge.demand(CALIBRATION, number)
        log = simulate(prepared, demand.cases)
        rows = log.rows[demand.counted[log.rows["case"]]]
        done = rows[rows["resource"] >= 0]
        elapsed = float(((done["end"] - done["start"]) * hourly[done["resource"]]).sum()) / 3600
        case = figures_of(log, model, demand, (), elapsed)
        found.append((case.mean_waiting / 3600, case.mean_cycle / 3600, elapsed, _gaps(rows).mean() / 3600))
    return Counted(*np.mean(found, axis=0).tolist())


def _gaps(rows: np.ndarray) -> np.ndarray:
    """Seconds from the end of the step that began before in its case, by step; 0 for the first."""
    ordered = rows[np.lexsort((rows["start"], rows["case"]))]
    gap = np.append(0.0, ordered["start"][1:] - ordered["end"][:-1])
    follows = np.append(False, ordered["case"][1:] == ordered["case"][:-1])
    return np.where(follows, np.maximum(gap, 0.0), 0.0)


def _config(rates: Mapping[str, float], cost: float | None = None, cycle: float = 0.0) -> ProcessConfig:
    per_hour = {name: str(rate) for name, rate in rates.items()}
    goals = {} if cost is None else {"cost_reduction": f"{cost:.4f}", "cycle_time_reduction": f"{cycle:.4f}"}
    return ProcessConfig.model_validate({"cost": {"basis": "worked", "per_hour": per_hour}, "goals": goals})


def _changed(judge: Judge, decisions: Decisions) -> SimulationModel:
    return judge.model if decisions == AS_IS else changed(judge.model, decisions, {}, judge.terms.costs)


def _short(plan: JudgedPlan, published: Published) -> float:
    """By how much a plan misses what was published, summed up."""
    effect = plan.effects[0]
    return max(effect.cost_change.value + published.cost, 0.0) + max(
        effect.waiting_change.value + published.waiting, 0.0
    )


def _in_words(decisions: Decisions) -> str:
    kinds: Sequence[str] = [line.to_value if line.kind == "dispatch" else line.kind for line in lines_of(decisions)]
    return ", ".join(
        f"{kinds.count(kind)} × {kind}" if kinds.count(kind) > 1 else kind for kind in dict.fromkeys(kinds)
    )


if __name__ == "__main__":
    main()
