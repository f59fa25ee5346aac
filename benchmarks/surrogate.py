"""How far the solver's model of a plan is to be trusted: `python -m benchmarks.surrogate LOG [--config process.yaml]`.

Draws plans from what CP-SAT chooses among (shift and headcount of each role, a way to do each eligible activity), and
ranks them by the cycle time that its model expects and by the simulated one: Spearman's correlation. Then the points of
its Pareto front in the first round: gap and seconds.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.plans import steps_of
from bpa_assets.optimized_plan.acceptance.change_lines import plan_id
from bpa_assets.optimized_plan.acceptance.judge import Judge
from bpa_assets.optimized_plan.acceptance.plan_search import SEED
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION
from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.optimization.labour_limits import role_limits
from bpa_assets.optimized_plan.optimization.program_round import Round, next_round
from bpa_assets.optimized_plan.optimization.search import GRID
from bpa_assets.optimized_plan.optimization.staffing import Staffing
from bpa_assets.optimized_plan.optimization.staffing_program import Solution, fastest_within
from bpa_assets.optimized_plan.plan import Decisions, Surrogate
from bpa_assets.settings import ProcessConfig, read_process_config

PLANS, REPLICATIONS = 60, 4
CHANGED = 0.5
"""Chance that a drawn plan changes a role or an activity."""

_DRAWN = Surrogate(0.0, 0.0, 0.0, "drawn", 0.0)


def main() -> None:
    """Draw, play and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", help="a file, or `demo`")
    parser.add_argument("--config", type=Path, help="a process.yaml")
    parser.add_argument("--plans", type=int, default=PLANS)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    config = read_process_config(chosen.config) if chosen.config else ProcessConfig()
    with tempfile.TemporaryDirectory() as folder:
        model = calibrated(steps_of(chosen.log, config, Path(folder))).model
    judge = Judge(model, Terms.of(config, model), chosen.seed)
    staffing = Staffing.of(judge, role_limits(model, config.labour), frozenset(), config.labour.separate)
    now = next_round(staffing)
    expected, simulated = figures(judge, now, chosen.plans, chosen.seed)
    correlation = float(np.corrcoef(_ranks(expected), _ranks(simulated))[0, 1])
    print(f"{chosen.log}: {len(expected)} plans, cycle {simulated.min():.1f} to {simulated.max():.1f} h")
    print(f"  rank correlation of expected and simulated cycle time {correlation:.2f}")
    for saved in GRID:
        show_point(now, saved, chosen.seed)


def figures(judge: Judge, now: Round, plans: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the hours of a case that the model expects, and the simulated ones, of so many different plans."""
    found: dict[str, tuple[float, float]] = {}
    for decisions, seconds in drawn_plans(now, np.random.default_rng(seed), 20 * plans):
        if plan_id(decisions) not in found:
            played = judge.figures(decisions, CALIBRATION, REPLICATIONS)
            found[plan_id(decisions)] = (seconds / 3600, float(np.mean([one.mean_cycle for one in played])) / 3600)
        if len(found) == plans:
            break
    expected, simulated = np.array(list(found.values())).T
    return expected, simulated


def drawn_plans(now: Round, rng: np.random.Generator, tries: int) -> Iterator[tuple[Decisions, float]]:
    """Draw plans of the program, and the mean seconds of a case that it expects of each."""
    program = now.program
    for _ in range(tries):
        modes = [int(rng.integers(len(ways))) if rng.random() < CHANGED else 0 for ways in program.activities]
        ways = [options[mode] for options, mode in zip(program.activities, modes, strict=True)]
        roles = []
        for role, options in enumerate(program.roles):
            load = 1000 + sum(one.load.get(role, 0) for one in ways)
            fits = [place for place, one in enumerate(options) if one.load >= load]
            same = [place for place in fits if not options[place].changes]
            roles.append(int(rng.choice(same if same and rng.random() >= CHANGED else fits or [-1])))
        if -1 in roles:
            continue
        chosen = [options[place] for options, place in zip(program.roles, roles, strict=True)]
        seconds = program.fixed + sum(float(np.mean(one.seconds)) for one in chosen) + sum(one.seconds for one in ways)
        yield now.decisions(Solution(tuple(roles), tuple(modes), _DRAWN)), seconds


def show_point(now: Round, saved: float, seed: int) -> None:
    """Solve for one point of the front and print its gap."""
    today = sum(next(one.cost for one in few if not one.changes and one.load == 1000) for few in now.program.roles)
    begun = time.perf_counter()
    point = fastest_within(now.program, int(today - saved * now.cost_today), seed).surrogate
    seconds = time.perf_counter() - begun
    print(f"  cost −{saved:.0%}: {point.status}, gap {point.gap:.2%}, {seconds:.2f} s")


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks, of equal values their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


if __name__ == "__main__":
    main()
