"""Faults planted into random logs are found again (recall ≥ .95, precision ≥ .90 each); clean logs are told clean."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fault_scores import CONSEQUENCES, Score, add_scores, faulty_log, judged
from tests.planted_faults import PLANTS, Plant

A_FEW = settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
SEEDS = st.integers(0, 10**6)


@A_FEW
@given(seed=SEEDS)
def test_a_clean_log_shows_no_pattern(tmp_path: Path, seed: int) -> None:
    log, _ = faulty_log(None, seed)
    assert judged(log, tmp_path).issues == []


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found_counted_and_shown(tmp_path: Path, plant: Plant) -> None:
    scores: dict[str, Score] = defaultdict(Score)

    @A_FEW
    @given(seed=SEEDS)
    def score(seed: int) -> None:
        log, planted = faulty_log(plant, seed)
        found = judged(log, tmp_path)
        add_scores(scores, plant, planted, found)
        for issue in found.issues:
            assert issue.examples, issue
            assert 0 < issue.share <= 1

    score()
    own = scores[plant.__name__]
    assert own.recall >= 0.95
    assert own.precision >= 0.90


def test_at_least_twelve_kinds_are_planted_and_consequences_are_of_planted_kinds() -> None:
    names = {plant.__name__ for plant in PLANTS}
    assert len(names) >= 12
    assert set(CONSEQUENCES) <= names
