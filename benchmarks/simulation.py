"""The event engine: 100,000 cases at once, and 100 replications of 1,000 cases: `python -m benchmarks.simulation`.

The process is made up, of the size of the LoanApp log: 12 activities, 19 people in office hours, 7.5 steps a case. A
first small simulation loads what numba compiled; the times are those after it.
"""

from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import (
    HOURS_OF_WEEK,
    Arrivals,
    Durations,
    Identified,
    Policy,
    Ragged,
    RaggedInts,
    SimulationModel,
    Traces,
    Workforce,
)

ACTIVITIES, PEOPLE, TRACES, A_DAY = 12, 19, 1000, 20
CASES, REPLICATIONS, OF_CASES = 100_000, 100, 1000
_DAY = 86400.0


def office_process(seed: int = 1) -> SimulationModel:
    """Return the made-up process: cases are sequences, five people for each activity, 20 arrivals a working day."""
    rng = np.random.default_rng(seed)
    starts = np.concatenate(([0], np.cumsum(rng.integers(4, 12, TRACES)))).astype(np.int64)
    steps = int(starts[-1])
    hours = np.zeros((PEOPLE, HOURS_OF_WEEK), np.bool_)
    for day in range(5):
        hours[:, 24 * day + 8 : 24 * day + 17] = True
    place = np.concatenate([np.arange(high - low) for low, high in pairwise(starts)])
    days = np.arange(49)
    counts = np.where(days % 7 < 5, A_DAY, 0)
    offsets = np.concatenate([np.sort(rng.uniform(8 * 3600, 17 * 3600, count)) for count in counts])
    return SimulationModel(
        origin=datetime(2024, 1, 1),
        zone="UTC",
        start=0.0,
        end=49 * _DAY,
        activities=tuple(f"activity {number}" for number in range(ACTIVITIES)),
        workforce=Workforce(
            resources=tuple(f"resource {number}" for number in range(PEOPLE)),
            roles=("clerk",),
            role=np.zeros(PEOPLE, np.int64),
            hours=hours,
            days_off=RaggedInts(np.zeros(PEOPLE + 1, np.int64), np.empty(0, np.int64)),
            capacity=np.ones(PEOPLE, np.int64),
            candidates=RaggedInts(
                np.arange(ACTIVITIES + 1) * 5,
                np.concatenate([np.sort(rng.choice(PEOPLE, 5, replace=False)) for _ in range(ACTIVITIES)]),
            ),
            weights=np.full(ACTIVITIES * 5, 0.2),
        ),
        traces=Traces(
            starts=starts,
            arrived=np.zeros(TRACES),
            weight=np.ones(TRACES),
            priority=np.zeros(TRACES, np.int64),
            activity=rng.integers(0, ACTIVITIES, steps),
            resource=np.full(steps, -1),
            processing=np.zeros(steps),
            delay=np.zeros(steps),
            fixed=np.zeros(steps, np.bool_),
            predecessors=RaggedInts(np.concatenate(([0], np.cumsum(place > 0))), place[place > 0] - 1),
        ),
        durations=Durations(
            table=np.repeat(np.arange(ACTIVITIES)[:, None], PEOPLE + 1, axis=1),
            samples=Ragged(np.arange(ACTIVITIES + 1) * 100, np.sort(rng.exponential(1800, (ACTIVITIES, 100))).ravel()),
            runs_on=np.zeros(ACTIVITIES, np.bool_),
            delay_table=np.full(steps, -1),
            delays=Ragged(np.zeros(1, np.int64), np.empty(0)),
        ),
        arrivals=Arrivals(
            day=days,
            offsets=Ragged(np.concatenate(([0], np.cumsum(counts))), offsets),
            trace=rng.integers(0, TRACES, len(offsets)),
            bandwidth_weeks=np.inf,
            keeps_mix=False,
        ),
        policy=Policy(
            observed_share=0.0,
            same_resource_share=0.0,
            frequency_share=0.0,
            batch_size=np.ones(ACTIVITIES, np.int64),
            batch_seconds=np.full(ACTIVITIES, np.inf),
            activity_priority=np.zeros(ACTIVITIES, np.int64),
        ),
        in_progress=np.empty(0, np.int64),
        identified=Identified(durations=True, resources=True, calendars=True, sentences=()),
        parameters=(),
    )


def main() -> dict[str, Any]:
    """Measure and return seconds of processor time, and the most memory of the process."""
    import resource
    import time

    from bpa_assets.optimized_plan.simulation.arriving_cases import drawn_cases
    from bpa_assets.optimized_plan.simulation.prepared import prepare
    from bpa_assets.optimized_plan.simulation.simulate import simulate

    model = office_process()
    prepared = prepare(model)
    days = 7 / 5 / A_DAY * _DAY  # a case, on average
    simulate(prepared, drawn_cases(model, 0, start=0.0, end=30 * _DAY))
    begun = time.process_time()
    log = simulate(prepared, drawn_cases(model, 1, start=0.0, end=(CASES + 200) * days).first(CASES))
    at_once = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    begun = time.process_time()
    for seed in range(REPLICATIONS):
        simulate(prepared, drawn_cases(model, seed, start=0.0, end=(OF_CASES + 200) * days).first(OF_CASES))
    return {
        "cases": len(log.cases.trace),
        "events": len(log.rows),
        "cpu_seconds": at_once,
        "peak_megabytes": peak,
        "replications": REPLICATIONS,
        "of_cases": OF_CASES,
        "cpu_seconds_of_replications": time.process_time() - begun,
    }


if __name__ == "__main__":
    for name, figure in main().items():
        print(f"{name:<30}{figure:>12,.2f}" if isinstance(figure, float) else f"{name:<30}{figure:>12,}")
