"""What a log can tell of its process and what not, in sentences; a plan may speak only of what it can."""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.calibration.knobs import Knobs
from bpa_assets.optimized_plan.calibration.queue_order import USUAL, batched_activities, overtaken_share
from bpa_assets.optimized_plan.calibration.reading import Reading, works_are_timed
from bpa_assets.optimized_plan.process_simulation_model import Floats, Identified
from bpa_assets.optimized_plan.seconds import WEEK

FEW_CASES = 50
"""Fewer finished cases leave means uncertain by more than the gates of the simulation."""

FEW_ARRIVALS = 1.0
"""Cases a week below which nobody ever waits for another case."""

SOME = 0.05
"""Share of rows below which what is missing changes nothing."""

MOST_NAMES = 5
"""Activities that a sentence names."""


@dataclass(frozen=True)
class InOrder:
    """When each row was `ready`; which activities (codes) follow a rule of batching; whether work follows an order."""

    ready: Floats
    batched: tuple[int, ...] = ()
    prioritized: bool = False


def identified(reading: Reading, knobs: Knobs, found: InOrder) -> Identified:
    """What was found in the log, and a sentence on each part that was not."""
    steps = reading.steps
    timed = works_are_timed(steps)
    resources = timed and len(reading.worked) > 0
    said: list[str] = []
    if not timed:
        said.append(
            "The log has no start times, so work and waiting cannot be told apart: the times between steps are kept "
            "as they are, and staffing and hours cannot be judged."
        )
    elif not (steps.resource >= 0).any():
        said.append("The log does not say who did the work, so people, their hours and queues cannot be judged.")
    elif not resources:
        said.append("No step takes a person's time, so staffing and hours cannot be judged.")
    used = np.unique(steps.resource[reading.worked])
    unknown = (steps.resource < 0) & ~reading.needs_nobody[steps.activity]
    if resources and unknown.mean() > SOME:
        said.append(
            f"Of {unknown.mean():.0%} of the rows the log does not say who did the work: it is given to those who are "
            "known, who look busier than they are."
        )
    if resources and len(used) == 1:
        said.append("One resource does all the work, so nothing tells how a second one would.")
    always = bool(resources and reading.presence.hours[used].all())
    if always:
        said.append("No working hours show in the log: everybody is taken to work at all hours.")
    said += _on_cases(reading)
    if resources:
        said += _on_order(reading, found)
    if resources and knobs.observed_share > 0.5:
        said.append(
            "Who takes up a step follows the log and not who is free: with a free choice of people the simulation does "
            "not reproduce it, so the effect of more or other people is told too small."
        )
    done = not steps.open_case.all()
    return Identified(timed, resources, resources and not always, tuple(said), finished=done)


def _on_order(reading: Reading, found: InOrder) -> list[str]:
    said = []
    by_rule = {reading.steps.activities[code] for code in found.batched}
    batched = [name for name in batched_activities(reading) if name not in by_rule]
    if batched:
        names = ", ".join(batched[:MOST_NAMES]) + (", …" if len(batched) > MOST_NAMES else "")
        said.append(
            f"Started in batches: {names}. The log shows no rule for when a batch is started (a size, a longest wait, "
            "a time of the week), so these waits are kept as they were and other batches cannot be judged."
        )
    overtaken = 0.0 if found.prioritized else overtaken_share(reading, found.ready)
    if overtaken >= USUAL:
        said.append(
            f"Of the time that work waits for busy people, they spend {overtaken:.0%} on work that came later, and the "
            "log shows no priority that explains it: in the simulation who came first is served first, and priorities "
            "cannot be judged."
        )
    return said


def _on_cases(reading: Reading) -> list[str]:
    steps = reading.steps
    finished = int((~steps.open_case).sum())
    said = []
    if not finished:
        said.append("No case is finished, so how long cases take is told only by what was done so far.")
    elif finished < FEW_CASES:
        said.append(f"Finished cases: only {finished}, so every figure of the simulation is uncertain.")
    weeks = max((steps.arrived.max() - steps.arrived.min()) / WEEK, 1.0)
    if len(steps.open_case) / weeks < FEW_ARRIVALS:
        said.append("Less than one case a week arrives, so waiting for other cases cannot be told.")
    return said
