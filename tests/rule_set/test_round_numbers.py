"""The roundest number of a gap, and how it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.durations import seconds_from_text
from bpa_assets.rule_set.conditions.tree import duration_literal
from bpa_assets.rule_set.mining.round_numbers import number_text, roundest


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (498.37, 503.2, 500), (4998.0, 5003.5, 5000), (0.12, 0.19, 0.15), (1, 2, 1), (-3.4, -2.1, -3), (-5, 5, 0),
        (1234.5, 1234.6, 1234.5), (2.0, 2.0000001, 2), (0, 1, 0), (741, 749, 745),
    ],
)  # fmt: skip
def test_the_roundest_number_of_a_gap(low: float, high: float, expected: float) -> None:
    assert roundest(low, high) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (7_100, 7_300, "2h"), (80_000, 90_000, "1d"), (61, 65, "1m 1s"), (0.2, 0.6, "0.5s"),
        (2_580_000, 2_620_000, "30d"),
    ],
)  # fmt: skip
def test_the_roundest_duration_is_one_that_people_say(low: float, high: float, expected: str) -> None:
    assert duration_literal(roundest(low, high, duration=True)) == expected


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12), st.booleans())
def test_it_lies_in_the_gap_and_reads_back(one: float, other: float, duration: bool) -> None:
    low, high = sorted((one, other))
    if low == high:
        return
    found = roundest(low, high, duration=duration)
    assert low <= found < high
    assert float(number_text(found)) == found


@given(st.floats(0.001, 1e9))
def test_a_written_duration_reads_back(seconds: float) -> None:
    rounded = round(seconds, 6)
    assert seconds_from_text(duration_literal(rounded)) == pytest.approx(rounded, abs=1e-9)
