"""The distances between logs beside their definitions, written out slowly (as in log-distance-measures 2.2.0)."""

from collections import Counter
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from bpa_assets.optimized_plan.validation.distances import log_distances
from bpa_assets.optimized_plan.validation.timed_steps import TimedSteps, timed_steps

HOUR = 3600.0


def log(rows: list[tuple[int, int, float, float]]) -> TimedSteps:
    """Return rows of case, activity, start and end."""
    case, activity, start, end = (np.array(column) for column in zip(*rows, strict=True))
    return timed_steps(case, activity, np.zeros(len(case), np.int64), start.astype(float), end.astype(float))


def test_distances_worked_out_by_hand() -> None:
    real = log([(0, 0, 0.0, HOUR), (0, 1, 2 * HOUR, 3 * HOUR)])
    later = log([(0, 0, HOUR, 2 * HOUR), (0, 2, 3 * HOUR, 8 * HOUR)])
    found = log_distances(real, later)
    # Four n-grams each (..A, .AB, AB., B..): only the first is common.
    assert found["ngd"] == pytest.approx(6 / 8)
    # Hours 0, 1, 2, 3 to 1, 2, 3, 8: moved by 1 + 1 + 1 + 5; in one weekday of seven.
    assert found["aedd"] == pytest.approx(2.0)
    assert found["cedd"] == pytest.approx(2.0 / 7)
    # In the case 0, 1, 2, 3 to 0, 1, 2, 7; cycle times 3 and 7 h.
    assert found["redd"] == pytest.approx(1.0)
    assert found["ctdd"] == pytest.approx(4.0)


def test_a_log_is_at_no_distance_from_itself() -> None:
    real = log([(0, 0, 0.0, HOUR), (1, 1, 2 * HOUR, 3 * HOUR)])
    assert set(log_distances(real, real).values()) == {0.0}


def slowly(real: TimedSteps, simulated: TimedSteps) -> dict[str, float]:
    logs = (real, simulated)
    cases = [[np.flatnonzero(one.case == case) for case in np.unique(one.case)] for one in logs]
    grams: list[Counter[tuple[int, ...]]] = [Counter(), Counter()]
    for number, one in enumerate(logs):
        for rows in cases[number]:
            trace = [0, 0, *(one.activity[rows] + 1).tolist(), 0, 0]
            grams[number].update(tuple(trace[at : at + 3]) for at in range(len(trace) - 2))
    times = [[*one.start.tolist(), *one.end.tolist()] for one in logs]
    since = HOUR * floor(min(min(all_times) for all_times in times) / HOUR)
    days: list[float] = []
    for weekday in range(7):
        on_day = [
            [floor(at / HOUR) % 24 for at in all_times if floor(at / 86400) % 7 == weekday] for all_times in times
        ]
        one_only = 23.0 if on_day[0] or on_day[1] else 0.0
        days.append(wasserstein_distance(*on_day) if on_day[0] and on_day[1] else one_only)
    relative = [
        [
            floor((at - one.start[rows].min()) / HOUR)
            for rows in cases[number]
            for at in [*one.start[rows], *one.end[rows]]
        ]
        for number, one in enumerate(logs)
    ]
    durations = [[one.end[rows].max() - one.start[rows].min() for rows in cases[n]] for n, one in enumerate(logs)]
    least = min(min(durations[0]), min(durations[1]))
    bins = [[floor((seconds - least) / HOUR) for seconds in of] for of in durations]
    return {
        "ngd": sum(((grams[0] - grams[1]) + (grams[1] - grams[0])).values()) / sum((grams[0] + grams[1]).values()),
        "aedd": wasserstein_distance(*([floor((at - since) / HOUR) for at in all_times] for all_times in times)),
        "cedd": sum(days) / 7,
        "redd": wasserstein_distance(*relative),
        "ctdd": wasserstein_distance(*bins),
    }


ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 10**6), st.integers(0, 10**5)), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_distances_are_those_of_the_slow_definitions(
    ours: list[tuple[int, int, int, int]], theirs: list[tuple[int, int, int, int]]
) -> None:
    one, other = (log([(case, what, at, at + took) for case, what, at, took in rows]) for rows in (ours, theirs))
    assert log_distances(one, other) == pytest.approx(slowly(one, other), abs=1e-9)
