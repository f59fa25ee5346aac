"""Rates compared: intervals and p-values are those of the sources and of scipy, q-values those of the definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bpa_assets.bottlenecks.rate_tests import Rates, q_values


def rates(*columns: list[int]) -> Rates:
    return Rates(*(np.array(column, np.int64) for column in columns))


def test_intervals_are_those_of_newcombe() -> None:
    # Table II of the paper, method 10: 56/70 less 48/80, 9/10 less 3/10, 10/10 less 0/10, 5/56 less 0/29.
    one = rates([70, 10, 10, 56], [56, 9, 10, 5], [80, 10, 10, 29], [48, 3, 0, 0])
    low, high = one.intervals()
    assert low == pytest.approx([0.0524, 0.1705, 0.6075, -0.0381], abs=5e-5)
    assert high == pytest.approx([0.3339, 0.8090, 1.0, 0.1926], abs=5e-5)


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 2, *[st.integers(1, 400)] * 2), min_size=1, max_size=5))
def test_p_values_are_those_of_scipy(drawn: list[tuple[int, int, int, int]]) -> None:
    tables = [(min(a, m), min(b, n), m, n) for a, b, m, n in drawn]
    broke, other, with_it, without = (list(column) for column in zip(*tables, strict=True))
    found = rates(with_it, broke, without, other).p_values()
    for p_value, (a, b, m, n) in zip(found, tables, strict=True):
        table = [[a, m - a], [b, n - b]]
        if np.outer([m, n], [a + b, m + n - a - b]).min() < 5 * (m + n):
            expected = stats.fisher_exact(table).pvalue
        else:
            expected = stats.chi2_contingency(table, correction=True).pvalue
        assert p_value == pytest.approx(expected, rel=1e-7)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_q_values_are_those_of_scipy(p_values: list[float]) -> None:
    assert q_values(np.array(p_values)) == pytest.approx(stats.false_discovery_control(p_values, method="bh"))


def test_q_values_are_as_worked_out_by_hand() -> None:
    # 0.01 × 4 / 1; 0.04 × 4 / 3 is below 0.03 × 4 / 2; 0.5 × 4 / 4.
    assert q_values(np.array([0.03, 0.5, 0.01, 0.04])) == pytest.approx([0.16 / 3, 0.5, 0.04, 0.16 / 3])


def test_intervals_hold_the_truth_about_95_times_in_a_hundred() -> None:
    random = np.random.default_rng(7)
    for rate, other, with_it, without in ((0.3, 0.1, 60, 300), (0.05, 0.02, 200, 1000), (0.9, 0.6, 25, 40)):
        broke, others = random.binomial(with_it, rate, 20_000), random.binomial(without, other, 20_000)
        many = np.full(20_000, with_it), broke, np.full(20_000, without), others
        low, high = Rates(*many).intervals()
        held = ((low <= rate - other) & (rate - other <= high)).mean()
        assert 0.94 <= held <= 0.97
