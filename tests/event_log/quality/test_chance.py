"""The Poisson tail against an exact sum."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.event_log.quality.chance import is_no_chance, tail


def exact_tail(found: int, expected: float) -> float:
    mean, term, below = Fraction(expected), Fraction(1), Fraction(0)
    for k in range(found):
        below += term
        term = term * mean / (k + 1)
    return 1 - float(below) * math.exp(-expected)


@given(found=st.integers(0, 60), expected=st.floats(0, 30))
def test_the_tail_is_the_poisson_tail(found: int, expected: float) -> None:
    assert tail(found, expected) == pytest.approx(exact_tail(found, expected), abs=1e-9)


def test_the_normal_tail_takes_over_without_a_step() -> None:
    assert tail(600, 500.001) == pytest.approx(tail(600, 499.999), rel=0.5)


def test_what_is_not_expected_at_all_is_no_chance_and_what_is_less_than_expected_is() -> None:
    assert is_no_chance(1, 0)
    assert not is_no_chance(0, 0)
    assert not is_no_chance(5, 9)
