"""Plans of a log: `python -m benchmarks.plans LOG [--config process.yaml] [--seed N]`; LOG may be `demo`.

Reads, calibrates, searches and judges as the pipeline does, and prints the plans with intervals and gaps, the bounds
that are proven, and seconds of each part.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from bpa_assets.event_log.demo.log_file import write_demo_log
from bpa_assets.event_log.reading import read_log
from bpa_assets.optimized_plan.acceptance.change_lines import lines_of
from bpa_assets.optimized_plan.acceptance.plan_search import SEED, search_plans
from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.calibration.case_classes import sortable_attributes
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps, observed_steps
from bpa_assets.optimized_plan.plan import Interval, JudgedPlan, PlanSearch
from bpa_assets.optimized_plan.simulation_tables import latest
from bpa_assets.optimized_plan.validation.reproduction import reproduction
from bpa_assets.process_model.behaviour import observe
from bpa_assets.process_model.event_chunks import activity_names
from bpa_assets.process_model.tables import behaviour_tables
from bpa_assets.settings import ProcessConfig, read_process_config

DEMO_CASES, DEMO_SEED = 1000, 7
_MEMORY = 1 << 30


def main() -> None:
    """Search and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", help="a file, or `demo`")
    parser.add_argument("--config", type=Path, help="a process.yaml")
    parser.add_argument("--seed", type=int, default=SEED, help="of the draws that plans are judged on")
    parser.add_argument("--search-seed", type=int, default=SEED, help="of those that they are searched on")
    chosen = parser.parse_args()
    config = read_process_config(chosen.config) if chosen.config else ProcessConfig()
    with tempfile.TemporaryDirectory() as folder:
        steps = steps_of(chosen.log, config, Path(folder))
    begun = time.perf_counter()
    model = calibrated(steps).model
    measures = reproduction(steps, model, seed=SEED)
    calibration = time.perf_counter()
    passed = {one.name: one.passed for one in measures}
    found = search_plans(model, passed, config, seed=chosen.seed, search_seed=chosen.search_seed)
    searched = time.perf_counter()
    show(found)
    print(f"calibration and gate {calibration - begun:.1f} s, search and judgement {searched - calibration:.1f} s")


def steps_of(log: str, config: ProcessConfig, folder: Path) -> ObservedSteps:
    """Read a log, up to the events that a simulation is calibrated on."""
    path = Path(log)
    if log == "demo":
        path = folder / "demo.csv"
        write_demo_log(path, cases=DEMO_CASES, seed=DEMO_SEED, dirty=False, with_truth=False)
    read = read_log([path.absolute()], scratch=folder / "scratch", config=config, process="p", memory_bytes=_MEMORY)
    files = read.event_log.files
    tables = behaviour_tables(observe(files, config=config, case_attributes=[]))
    steps = observed_steps(
        files,
        activities=activity_names(files),
        open_cases=np.array(tables.cases["is_open"].to_pylist(), np.bool_),
        time_basis=tables.process_profile["time_basis"][0].as_py(),
        zone=config.calendar.timezone,
        automated=config.automation.resources,
        attributes=sortable_attributes(read.event_attribute),
    )
    return latest(steps)[0]


def show(found: PlanSearch) -> None:
    """Print the plans, the cheapest first, what they set, and what is said."""
    for plan in sorted(found.plans, key=lambda one: (one.standing, one.effects[0].cost_after)):
        mark = "*" if plan.plan_id == found.recommended else "+" if plan.accepted else " "
        print(f"{mark} {plan.standing:<8}{plan.name}{_gap(plan)}")
        for effect in plan.effects:
            slas = ", ".join(f"{sla.name} {sla.after.value:.1%}{'' if sla.kept else ' !'}" for sla in effect.slas)
            print(
                f"      {effect.scenario:<16}cost {_percent(effect.cost_change)}  cycle {_percent(effect.cycle_change)}"
                f"  waiting {_percent(effect.waiting_change)}  {slas}"
            )
        print("      " + "; ".join(f"{line.kind} {line.subject}: {line.to_value}" for line in lines_of(plan.decisions)))
        print(f"      {plan.reason}")
    for name in ("proof", "assumptions", "said"):
        for sentence in getattr(found, name):
            print(f"{name}: {sentence}")
    print(f"breaks at {found.breaks_at}")


def _gap(plan: JudgedPlan) -> str:
    one = plan.surrogate
    return f"  ({one.status}, gap {one.gap:.2%}, {one.seconds:.2f} deterministic s)" if one else ""


def _percent(change: Interval) -> str:
    return f"{100 * change.value:+.1f} % ({100 * change.low:+.1f} to {100 * change.high:+.1f})"


if __name__ == "__main__":
    main()
