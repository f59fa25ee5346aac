"""Whether what the calibrated simulation says of a change is true: `python -m tests.truth_of_changes` prints it.

Each true process writes a log (cases, activities, people, start and end times; nothing else of it is read). The model
calibrated from that log and the true process are changed alike; both are simulated with drawn arrivals, and the change
of the mean cycle time that the one predicts is compared with the one that the other shows.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import drawn_cases
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog, simulate
from tests.optimized_plan.changes import faster, hours, one_more, sooner
from tests.optimized_plan.observed_logs import log_of
from tests.optimized_plan.true_processes import PROCESSES

Change = Callable[[SimulationModel], SimulationModel]

CHANGES: dict[str, dict[str, Change]] = {
    "bank": {
        "one more officer": partial(one_more, like="Officer 1"),
        "one more manager": partial(one_more, like="Manager"),
        "clerks from 8 to 18": partial(hours, names=("Clerk 1", "Clerk 2"), begins=8, ends=18),
        "manager from 9 to 17": partial(hours, names=("Manager",), begins=9, ends=17),
        "all from 8 to 18": partial(
            hours, names=("Clerk 1", "Clerk 2", "Officer 1", "Officer 2", "Manager"), begins=8, ends=18
        ),
        "assessing takes 70 %": partial(faster, activity="Assess", factor=0.7),
        "deciding takes half": partial(faster, activity="Decide", factor=0.5),
        "assessing takes 120 %": partial(faster, activity="Assess", factor=1.2),
        "clerk 2 until 14": partial(hours, names=("Clerk 2",), begins=9, ends=14),
    },
    "works": {
        "one more cutter": partial(one_more, like="Cutter 1"),
        "one more welder": partial(one_more, like="Welder 1"),
        "welders until 18": partial(hours, names=("Welder 1", "Welder 2"), begins=7, ends=18),
        "driver from 7 to 19": partial(hours, names=("Driver",), begins=7, ends=19),
        "welding takes 70 %": partial(faster, activity="Weld", factor=0.7),
        "delivering takes half": partial(faster, activity="Deliver", factor=0.5),
        "delivery arranged in a quarter of the time": partial(sooner, activity="Deliver", factor=0.25),
        "painter until 15": partial(hours, names=("Painter",), begins=9, ends=15),
    },
    "clinic": {
        "one more doctor": partial(one_more, like="Doctor 1"),
        "doctor 2 until 15": partial(hours, names=("Doctor 2",), begins=8, ends=15),
        "doctors until 20": partial(hours, names=("Doctor 1", "Doctor 2", "Doctor 3"), begins=8, ends=20),
        "radiologist until 13": partial(hours, names=("Radiologist",), begins=9, ends=13),
        "treating takes 70 %": partial(faster, activity="Treat", factor=0.7),
        "examining takes 70 %": partial(faster, activity="Examine", factor=0.7),
        "examining takes 110 %": partial(faster, activity="Examine", factor=1.1),
        "desks until 18": partial(hours, names=("Desk 1", "Desk 2"), begins=8, ends=18),
    },
}

REPLICATIONS = 10


@dataclass(frozen=True)
class Told:
    """Relative changes of the mean cycle time, the true and the predicted one."""

    process: str
    change: str
    true: float
    predicted: float

    @property
    def error(self) -> float:
        """Of the prediction, relative to the true change."""
        return abs(self.predicted - self.true) / abs(self.true)


def told_changes(process: str, replications: int = REPLICATIONS, only: Collection[str] = ()) -> Iterator[Told]:
    """All changes of a process, or some."""
    true = PROCESSES[process]()
    model = calibrated(log_of(played(true, 0), true)).model
    base = {name: mean_cycle_time(one, replications) for name, one in (("true", true), ("model", model))}
    for name, change in CHANGES[process].items():
        if only and name not in only:
            continue
        after = {key: mean_cycle_time(change(one), replications) for key, one in (("true", true), ("model", model))}
        yield Told(process, name, after["true"] / base["true"] - 1, after["model"] / base["model"] - 1)


def played(model: SimulationModel, seed: int) -> SimulatedLog:
    """The model's period with arrivals drawn."""
    return simulate(prepare(model), drawn_cases(model, seed, start=model.start, end=model.end))


def mean_cycle_time(model: SimulationModel, replications: int) -> float:
    """Mean seconds from arrival to the end of a case, over replications."""
    logs = [played(model, 1_000 + seed) for seed in range(replications)]
    return float(np.mean([(log.ended() - log.cases.arrived).mean() for log in logs]))


if __name__ == "__main__":
    for name in PROCESSES:
        for told in told_changes(name):
            print(f"{told.process:8}{told.change:45}{told.true:+8.1%}{told.predicted:+8.1%}  error {told.error:6.1%}")
