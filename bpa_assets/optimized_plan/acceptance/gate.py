"""Whether the process may be planned at all, and of which roles a plan may not speak.

A plan is as good as the simulation that judges it: where that does not reproduce the log, or the log does not tell who
works when, there is none, and one sentence says why.
"""

from collections.abc import Mapping

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.optimized_plan.validation.measures import GATE, IN_WORDS

LEAST_CASES = 30
"""Finished cases of which a mean can be told."""

LEAST_DAYS = 3
"""With arrivals: a log that was loaded at once tells nothing of demand."""


def why_no_plan(model: SimulationModel, passed: Mapping[str, bool | None]) -> str | None:
    """Return why no plan is searched, None if one may be; `passed` by measure of `simulation_quality`."""
    if not model.identified.finished:
        return "No plan: no case is finished, so nothing tells how long one takes."
    finished = int((model.traces.weight > 0).sum())
    if finished < LEAST_CASES:
        return f"No plan: the log has {finished} finished cases, and {LEAST_CASES} are needed to judge one."
    identified = model.identified
    if not (identified.durations and identified.resources):
        return f"No plan: {identified.sentences[0] if identified.sentences else 'who works when is not known.'}"
    days = int(np.count_nonzero(np.diff(model.arrivals.offsets.starts)))
    if days < LEAST_DAYS:
        return f"No plan: cases arrive on fewer than {LEAST_DAYS} days, so what a usual day brings is not known."
    weeks = (float(model.arrivals.day[-1] - model.arrivals.day[0]) + 1) / 7
    if len(model.arrivals.trace) < weeks:
        return "No plan: less than one case a week arrives, so nobody waits because others are busy."
    failed = [name for name in GATE if passed.get(name) is False]
    if failed:
        far = ", ".join(IN_WORDS[name] for name in failed)
        return f"No plan: the simulation does not reproduce the log ({far}), so it may not judge one."
    return None


def roles_kept(model: SimulationModel, passed: Mapping[str, bool | None]) -> frozenset[str]:
    """Return the roles whose people and hours no plan may change: how busy they are is not reproduced."""
    return frozenset(role for role in model.workforce.roles if passed.get(f"utilization of {role}") is False)
