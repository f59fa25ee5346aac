"""What the calibrated simulation says of a change is what the true process then does; all: `tests.truth_of_changes`."""

import pytest

from tests.optimized_plan.true_processes import PROCESSES
from tests.truth_of_changes import CHANGES, told_changes


def test_the_effect_of_a_change_is_foretold_within_a_fifth() -> None:
    wanted = ("one more doctor", "doctors until 20", "treating takes 70 %", "desks until 18")
    for told in told_changes("clinic", replications=3, only=wanted):
        assert told.true * told.predicted > 0, told
        assert told.error < 0.2, told


@pytest.mark.long
@pytest.mark.parametrize("process", PROCESSES)
def test_all_changes_go_the_way_that_was_foretold(process: str) -> None:
    found = list(told_changes(process))
    assert len(found) == len(CHANGES[process])
    assert all(told.true * told.predicted > 0 for told in found)
