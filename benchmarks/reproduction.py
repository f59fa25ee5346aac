"""How near calibrated simulations are to logs: `python -m benchmarks.reproduction LOG ...`; a LOG may be `demo`.

Reads and calibrates as the pipeline does; prints what the gate measures, the shares of waiting, the rules of batching
and the order of work that were found, what the log does not tell, and the seconds of processor time of the calibration.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.plans import steps_of
from bpa_assets.bottlenecks.causes import Rows, split_waits
from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.simulation_tables import SEED
from bpa_assets.optimized_plan.validation.reproduction import reproduction
from bpa_assets.settings import ProcessConfig

_RULES = ("batch", "priority", "choices")


def main() -> None:
    """Calibrate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs", nargs="+", metavar="LOG")
    for log in parser.parse_args().logs:
        with tempfile.TemporaryDirectory() as folder:
            steps = steps_of(log, ProcessConfig(), Path(folder))
        begun = time.process_time()
        model = calibrated(steps).model
        print(f"{log}: {len(steps.case):,} rows, calibrated in {time.process_time() - begun:.1f} s")
        for one in reproduction(steps, model, seed=SEED, causes=waiting(steps)):
            if one.value is not None and not one.name.startswith("utilization of"):
                print(f"  {one.name:<34}{one.value:>+8.1%}  {_VERDICT[one.passed]}")
        for number in model.parameters:
            if any(word in number.name for word in _RULES):
                print(f"  {number.name}: {number.value:,.2f} ({number.low:,.2f} to {number.high:,.2f})")
        for sentence in model.identified.sentences:
            print(f"  {sentence}")


def waiting(steps: ObservedSteps) -> dict[str, float]:
    """Return the seconds of waiting by cause, as the log shows them."""
    reading = Reading.of(steps)
    rows = np.flatnonzero(steps.resource >= 0)
    if not len(rows):
        return {}
    start, end, enabled = (
        np.rint((times[rows] + reading.presence.shift) * 1e6).astype(np.int64)
        for times in (steps.start, steps.end, steps.enabled)
    )
    resource = steps.resource[rows]
    parts = split_waits(
        Rows(steps.activity[rows], resource, reading.role[resource], start, end, enabled, steps.timed[rows]),
        reading.presence.calendars,
    )
    return {cause: float(seconds.sum()) / 1e6 for cause, seconds in parts.items()}


_VERDICT = {True: "passed", False: "FAILED", None: ""}


if __name__ == "__main__":
    main()
