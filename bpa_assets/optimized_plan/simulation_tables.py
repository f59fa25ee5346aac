"""The tables `simulation_model` and `simulation_quality`: what was calibrated, and how near it is to the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from bpa_assets.durations import duration_text
from bpa_assets.optimized_plan.process_simulation_model import Flags, SimulationModel
from bpa_assets.optimized_plan.validation.measures import GATE, IN_WORDS, Measure

if TYPE_CHECKING:
    from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps

MOST_EVENTS = 5_000_000
CALIBRATED_EVENTS = 200_000  # 25 s of processor time per 100,000
SEED = 1

MODEL_SCHEMA = pa.schema(
    [("parameter", pa.string()), *((name, pa.float64()) for name in ("value", "low", "high")), ("note", pa.string())]
)
QUALITY_SCHEMA = pa.schema(
    [
        ("measure", pa.string()),
        *((name, pa.float64()) for name in ("value", "real", "simulated")),
        ("passed", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class SimulatedProcess:
    """Tables `simulation_model` and `simulation_quality`, what has to be said, and the model, if there is one."""

    model: pa.Table
    quality: pa.Table
    said: tuple[str, ...]
    calibrated: SimulationModel | None = None


def simulate_process(
    files: Sequence[Path],
    *,
    open_cases: Flags,
    time_basis: str,
    zone: str,
    automated: Sequence[str],
    attributes: Sequence[str] = (),
    causes: Mapping[str, float],
) -> SimulatedProcess:
    """Calibrate a stored log and compare simulations with it; `causes`: seconds of waiting by observed cause.

    `open_cases` in the order of the log; `attributes`: columns by which cases might be sorted. A log that cannot be
    simulated gives empty tables and one sentence.
    """
    from bpa_assets.optimized_plan.calibration.calibrate import calibrated
    from bpa_assets.optimized_plan.calibration.observed_steps import observed_steps
    from bpa_assets.optimized_plan.validation.held_out import held_out_measures, public_distances
    from bpa_assets.optimized_plan.validation.reproduction import reproduction
    from bpa_assets.process_model.event_chunks import activity_names

    events = sum(pa.parquet.read_metadata(file).num_rows for file in files)
    if not events:
        return nothing("The log has no events, so there is nothing to simulate.")
    if events > MOST_EVENTS:
        return nothing(f"No simulation: it is calibrated on at most {MOST_EVENTS:,} events, the log has {events:,}.")
    steps = observed_steps(
        files,
        activities=activity_names(files),
        open_cases=open_cases,
        time_basis=time_basis,
        zone=zone,
        automated=automated,
        attributes=attributes,
    )
    steps, left_out = latest(steps)
    model = calibrated(steps).model
    measures = [
        *reproduction(steps, model, seed=SEED, causes=causes),
        *held_out_measures(steps, seed=SEED),
        *public_distances(steps, seed=SEED),
    ]
    return SimulatedProcess(
        model_table(model),
        quality_table(measures),
        (*left_out, *model.identified.sentences, *verdict(measures)),
        model,
    )


def latest(steps: "ObservedSteps") -> tuple["ObservedSteps", list[str]]:
    """Return the cases that arrived last, up to CALIBRATED_EVENTS, and a sentence if some are left out."""
    order = np.argsort(-steps.arrived, kind="stable")
    summed = np.cumsum(np.bincount(steps.case, minlength=len(order))[order])
    if summed[-1] <= CALIBRATED_EVENTS:
        return steps, []
    since = steps.arrived[order[np.searchsorted(summed, CALIBRATED_EVENTS)]]
    chosen = steps.arrived > since
    if not chosen.any():
        return steps, []
    said = f"The simulation is calibrated on the last {chosen.sum():,} of {len(chosen):,} cases."
    return steps.of_cases(chosen), [said]


def verdict(measures: Sequence[Measure]) -> list[str]:
    """Say where the simulation is too far from the log to carry a plan; nothing where it is near enough."""
    failed = [measure for measure in measures if measure.name in GATE and measure.passed is False]
    told = [f"{IN_WORDS[one.name]} {_shown(one, one.simulated)} instead of {_shown(one, one.real)}" for one in failed]
    return [f"The simulation does not reproduce the log and may not carry a plan: {', '.join(told)}."] if told else []


def _shown(measure: Measure, value: float | None) -> str:
    if value is None:
        return "unknown"
    if measure.name.endswith("_seconds"):
        return duration_text(value)
    return f"{value:.0%}" if measure.name == "utilization" else f"{value:.4g}"


def model_table(model: SimulationModel) -> pa.Table:
    """One row a calibrated number with its interval, then one a sentence on what the log does not tell."""
    numbers = [
        {"parameter": one.name, "value": one.value, "low": one.low, "high": one.high, "note": None}
        for one in model.parameters
    ]
    return pa.Table.from_pylist([*numbers, *_notes(model.identified.sentences)], schema=MODEL_SCHEMA)


def quality_table(measures: Sequence[Measure]) -> pa.Table:
    """One row a measure."""
    rows = [
        {"measure": one.name, "value": one.value, "real": one.real, "simulated": one.simulated, "passed": one.passed}
        for one in measures
    ]
    return pa.Table.from_pylist(rows, schema=QUALITY_SCHEMA)


def nothing(sentence: str) -> SimulatedProcess:
    """No number and no measure, and why."""
    model = pa.Table.from_pylist(_notes([sentence]), schema=MODEL_SCHEMA)
    return SimulatedProcess(model, QUALITY_SCHEMA.empty_table(), (sentence,))


def _notes(sentences: Sequence[str]) -> list[dict[str, str]]:
    return [{"parameter": f"note {number}", "note": sentence} for number, sentence in enumerate(sentences, start=1)]
