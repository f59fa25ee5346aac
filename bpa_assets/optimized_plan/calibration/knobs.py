"""The few numbers that no row of the log tells, to be found by trying: the knobs of the outer calibration."""

from dataclasses import dataclass, replace

from bpa_assets.optimized_plan.process_simulation_model import SimulationModel


@dataclass(frozen=True)
class Knobs:
    """What is tried.

    `observed_share`, `frequency_share`: who takes a step, as in `Policy` (None: as the choices seen tell).
    `delay_scale`: on extraneous delays. `capacity_share`: steps in hand that a resource is held able to do at once
    cover so many of the moments seen. `own_durations`: each step keeps the duration seen, so that what varies from
    case to case stays together. `batched`: what follows a rule of batching is held by it. `prioritized`: work is
    taken up in the order of priority that was found.
    """

    observed_share: float = 0.0
    frequency_share: float | None = None
    delay_scale: float = 1.0
    capacity_share: float = 1.0
    own_durations: bool = False
    batched: bool = False
    prioritized: bool = False


def turned(model: SimulationModel, knobs: Knobs) -> SimulationModel:
    """A model whose delays are as seen, with other shares and another scale of delays; the rest is as assembled."""
    told = model.policy.frequency_share
    share = told if knobs.frequency_share is None else knobs.frequency_share
    return replace(
        model,
        policy=replace(model.policy, observed_share=knobs.observed_share, frequency_share=share),
        traces=replace(model.traces, delay=model.traces.delay * knobs.delay_scale),
    )
