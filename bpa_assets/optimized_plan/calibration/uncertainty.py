"""How sure each number of the model is: 95 % bootstrap intervals over groups of cases, or over weeks.

Whole cases are drawn (B. Efron, R. Tibshirani, *An Introduction to the Bootstrap*, 1993, §8.5: what varies together is
drawn together); every number is a ratio of sums, so a draw is a weighting of the groups.
"""

import numpy as np

from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints, Parameter, SimulationModel
from bpa_assets.optimized_plan.seconds import WEEK

DRAWS = 400
MOST_GROUPS = 1_000
"""Cases are drawn in so many groups at most."""

_SEED = 20_240_101


def parameters(reading: Reading, model: SimulationModel) -> tuple[Parameter, ...]:
    """Cases a week; by activity the mean work, delay and wait of a row where they are told; the shares of policy."""
    steps = reading.steps
    found = [_arrivals(reading)]
    timed, waits = np.zeros(len(steps.case)), steps.start - steps.enabled
    timed[steps.timed] = 1.0
    names = [("processing seconds", reading.processing * timed, timed)] if model.identified.durations else []
    of_log = slice(0, len(steps.case))  # the rest is work in progress
    names += [
        ("extraneous delay seconds", model.traces.delay[of_log], np.ones(len(steps.case))),
        ("waiting seconds", waits, np.ones(len(steps.case))),
    ]
    group = _groups(len(steps.open_case))[steps.case]
    for name, values, counted in names:
        ratios = _bootstrapped(group, steps.activity, values, counted, len(steps.activities))
        found += [
            Parameter(f"mean {name} of {activity}", *map(float, ratio))
            for activity, ratio in zip(steps.activities, ratios.T, strict=True)
            if np.isfinite(ratio).all()
        ]
    return tuple(found)


def _groups(cases: int) -> Ints:
    return np.arange(cases) % MOST_GROUPS


def _bootstrapped(group: Ints, kind: Ints, values: Floats, counted: Floats, kinds: int) -> Floats:
    """By kind the ratio of the sums of two columns, and its 2.5 % and 97.5 % quantiles: [3, kinds]."""
    groups = int(group.max()) + 1
    cell = group * kinds + kind
    above, below = (np.bincount(cell, column, groups * kinds).reshape(groups, kinds) for column in (values, counted))
    draws = np.random.default_rng(_SEED).multinomial(groups, np.full(groups, 1 / groups), size=DRAWS)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (draws @ above) / (draws @ below)
        whole = above.sum(axis=0) / below.sum(axis=0)
    drawn = np.where(np.isfinite(drawn), drawn, whole)  # a draw without any such row
    return np.vstack([whole, np.quantile(drawn, [0.025, 0.975], axis=0)])


def _arrivals(reading: Reading) -> Parameter:
    arrived = reading.steps.arrived
    week = ((arrived - arrived.min()) // WEEK).astype(np.int64)
    weeks = max(int((arrived.max() - arrived.min()) // WEEK), 1)
    inside = week < weeks  # the last one is not whole
    ratio = _bootstrapped(
        np.append(week[inside], np.arange(weeks)),
        np.zeros(int(inside.sum()) + weeks, np.int64),
        np.append(np.ones(int(inside.sum())), np.zeros(weeks)),
        np.append(np.zeros(int(inside.sum())), np.ones(weeks)),
        1,
    )
    return Parameter("cases a week", *map(float, ratio[:, 0]))
