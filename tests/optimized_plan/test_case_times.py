"""When simulated cases end and how long somebody works on them, against a count of every second."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.optimized_plan.simulation.compiled_cases import case_times
from bpa_assets.optimized_plan.simulation.event_state import ROW

Steps = list[tuple[int, int]]  # start and seconds

a_step = st.tuples(st.integers(0, 300), st.integers(0, 40))
a_case = st.lists(a_step, min_size=1, max_size=100)


@settings(max_examples=100, deadline=None)
@given(st.lists(a_case, min_size=1, max_size=4))
def test_a_case_is_worked_on_in_every_second_that_any_step_covers(cases: list[Steps]) -> None:
    rows = np.zeros(sum(map(len, cases)), ROW)
    steps = np.array([step for case in cases for step in case], np.float64)
    rows["start"], rows["end"] = steps[:, 0], steps.sum(axis=1)
    first = np.cumsum([0, *map(len, cases)])
    ended, worked = np.empty(len(cases)), np.empty(len(cases))
    case_times(rows, first, ended, worked)
    covered = [{second for start, length in case for second in range(start, start + length)} for case in cases]
    assert worked.tolist() == [len(seconds) for seconds in covered]
    assert ended.tolist() == [max(start + length for start, length in case) for case in cases]
