"""Two activities done at one go by the same person, without a second wait."""

from dataclasses import replace

import numpy as np

from bpa_assets.optimized_plan.calibration.durations import STRATA, ragged, strata_means
from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.changed.order import waiting_pairs
from bpa_assets.optimized_plan.changed.people import ability, with_ability
from bpa_assets.optimized_plan.changed.steps import lists_of
from bpa_assets.optimized_plan.process_simulation_model import Durations, Ints, Ragged, SimulationModel


def merged(model: SimulationModel, first: str, second: str) -> SimulationModel:
    """Do the second activity along with the first wherever it waits for that alone.

    Whoever may do both (if nobody may: who does the first) takes the first step for the sum of both durations, drawn
    independently; the second is then done. No effect where the first needs nobody.
    """
    before, after = (int(activity_codes(model, name)[0]) for name in (first, second))
    able = ability(model.workforce)
    leading, following = _directly_following(model, before, after)
    if not len(leading) or not able[before].any():
        return model
    traces, policy = model.traces, model.policy
    activity, work, delay = traces.activity.copy(), traces.processing.copy(), traces.delay.copy()
    activity[leading] = len(model.activities)
    work[leading] += work[following]
    work[following] = delay[following] = 0.0
    done_before = np.isin(np.arange(len(activity)), following)
    both = able[before] * (able[after] > 0)
    return replace(
        model,
        activities=(*model.activities, first),
        workforce=with_ability(model.workforce, np.vstack([able, both if both.any() else able[before]])),
        traces=replace(
            traces,
            activity=activity,
            processing=work,
            delay=delay,
            resource=np.where(done_before, -1, traces.resource),
            fixed=traces.fixed | done_before,
        ),
        durations=_with_sums(model.durations, before, after),
        policy=replace(
            policy,
            batch_size=np.append(policy.batch_size, policy.batch_size[before]),
            batch_seconds=np.append(policy.batch_seconds, policy.batch_seconds[before]),
            batch_clock=_with_copy(policy.batch_clock, before),
            activity_priority=np.append(policy.activity_priority, policy.activity_priority[before]),
        ),
    )


def _with_copy(lists: Ragged, of: int) -> Ragged:
    """Add a list that is the same as another; where there are none, none."""
    return ragged([*lists_of(lists), lists_of(lists)[of]]) if len(lists.starts) > 1 else lists


def _with_sums(durations: Durations, before: int, after: int) -> Durations:
    """Add an activity that takes as long as these two in a row, by resource."""
    lists = lists_of(durations.samples)
    row, known = np.full(durations.table.shape[1], -1), {}
    for who, (one, other) in enumerate(durations.table[[before, after]].T.tolist()):
        if min(one, other) < 0:
            continue  # each step has its own duration
        if (one, other) not in known:
            known[one, other] = len(lists)
            sums = np.sort(np.add.outer(lists[one], lists[other]).ravel())
            lists.append(strata_means(sums, min(STRATA, len(sums))))
        row[who] = known[one, other]
    return replace(
        durations,
        table=np.vstack([durations.table, row]),
        samples=ragged(lists),
        runs_on=np.append(durations.runs_on, durations.runs_on[before]),
    )


def _directly_following(model: SimulationModel, before: int, after: int) -> tuple[Ints, Ints]:
    """Steps of the first activity, and beside each the step of the second that waits for it alone."""
    step, source = waiting_pairs(model)
    activity, fixed = model.traces.activity, model.traces.fixed
    alone = np.diff(model.traces.predecessors.starts)[step] == 1
    found = alone & (activity[source] == before) & (activity[step] == after) & ~fixed[step] & ~fixed[source]
    leading, where = np.unique(source[found], return_index=True)
    return leading, step[found][where]
