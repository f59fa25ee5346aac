"""Quantiles of values in several arrays: those of all values sorted, whether or not a sample helps to find them."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.process_model import quantiles
from bpa_assets.process_model.grouped_values import GroupedValues, exact_sum

NUMBERS = st.lists(st.lists(st.integers(-(2**62), 2**62) | st.integers(-3, 3), max_size=40), min_size=1, max_size=5)
SHARES = (0.0, 0.5, 0.9, 0.95, 1.0)


def by_sorting(values: Sequence[int], share: float) -> float:
    """`quantile_cont` in seconds, of values in µs."""
    ordered, place = sorted(values), (len(values) - 1) * share
    low = int(place)
    one, two = ordered[low], ordered[min(low + 1, len(ordered) - 1)]
    return (one + (two - one) * (place - low)) / 1e6


@given(NUMBERS.filter(any), st.sampled_from([0, 100_000]), st.sampled_from([2, 16, 1 << 14]))
def test_quantiles_are_those_of_the_sorted_values(numbers: list[list[int]], few: int, sample: int) -> None:
    parts = [np.array(part, dtype=np.int64) for part in numbers]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantiles, "_FEW", few)
        patch.setattr(quantiles, "_SAMPLE", sample)
        found = quantiles.quantiles_cont(parts, SHARES)
    everything = [number for part in numbers for number in part]
    assert found == [by_sorting(everything, share) for share in SHARES]


@pytest.mark.parametrize("spread", [1, 10, 10**12])
@pytest.mark.parametrize("ordered", [False, True])
def test_a_sample_of_many_values_finds_the_same(spread: int, *, ordered: bool) -> None:
    values = np.random.default_rng(7).integers(-spread, spread, 250_001)
    values = np.sort(values) if ordered else values
    found = quantiles.quantiles_cont(np.array_split(values, 7), SHARES)
    assert found == [by_sorting(values.tolist(), share) for share in SHARES]


def test_values_that_two_groups_share_stay_as_they_are() -> None:
    """Waits and gaps are views of one array: a quantile of one must not sort the other."""
    shared = np.array([9, 1, 5, 3, 7])
    values = GroupedValues[str]()
    values.extend(["waits", "gaps"], [shared[1:], shared[:3]])
    assert (values.pop("waits", (0.5,)).quantiles, values.pop("gaps", (0.5,)).quantiles) == ((4e-6,), (5e-6,))
    assert shared.tolist() == [9, 1, 5, 3, 7]


@given(st.lists(st.integers(-(1 << 60), 1 << 60), min_size=1, max_size=60))
def test_a_sum_is_exact_beyond_64_bits(values: list[int]) -> None:
    assert exact_sum(np.array(values, dtype=np.int64)) == sum(values)
