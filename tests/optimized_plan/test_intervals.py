"""Intervals over replications, worked out by hand."""

import numpy as np
import pytest

from bpa_assets.optimized_plan.acceptance.intervals import change_interval, mean_interval


def test_the_interval_of_a_mean_is_students() -> None:
    found = mean_interval(np.array([1.0, 2.0, 3.0]))
    # s = 1, t of 2 degrees of freedom at 97.5 % = 4.3027: 4.3027 / sqrt(3) = 2.4841
    assert (found.value, found.low, found.high) == pytest.approx((2.0, -0.4841, 4.4841), abs=1e-4)


def test_a_change_is_that_of_the_means_with_the_spread_of_the_pairs() -> None:
    found = change_interval(np.array([10.0, 10.0]), np.array([8.0, 6.0]))
    # v = 7 / 10 - 1; (8 - 7, 6 - 7) / 10 has s = .14142; t of 1 degree = 12.7062: 12.7062 × .14142 / sqrt(2) = 1.27062
    assert (found.value, found.low, found.high) == pytest.approx((-0.3, -1.57062, 0.97062), abs=1e-4)


def test_pairs_that_all_change_alike_leave_no_doubt() -> None:
    found = change_interval(np.array([10.0, 30.0, 50.0]), np.array([8.0, 24.0, 40.0]))
    assert (found.value, found.high - found.low) == pytest.approx((-0.2, 0.0), abs=1e-12)


@pytest.mark.parametrize(("after", "change"), [(0.0, 0.0), (3.0, 1.0)])
def test_nothing_stays_nothing_or_becomes_something(after: float, change: float) -> None:
    assert change_interval(np.zeros(3), np.full(3, after)).value == change


def test_one_replication_has_no_spread() -> None:
    found = mean_interval(np.array([5.0]))
    assert (found.low, found.high) == (5.0, 5.0)


def test_more_promises_need_wider_intervals() -> None:
    values = np.array([0.9, 0.92, 0.94, 0.91])
    one, three = mean_interval(values), mean_interval(values, level=1 - 0.05 / 3)
    assert three.low < one.low
