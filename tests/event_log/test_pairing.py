"""Which records are one activity instance: the numbers of `pair`, checked against the oracle and by hand."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpa_assets.event_log.pairing import COMPLETE, ENABLE, OTHER, PAUSE, RESUME, START, Pairing, has_pairs, pair
from bpa_assets.event_log.waits import greatest_end, preceding_row, waiting
from tests import oracle
from tests.oracle import Record

NAMES = {START: "start", COMPLETE: "complete", ENABLE: "assign", PAUSE: "suspend", RESUME: "resume", OTHER: "withdraw"}
NOON = datetime(2024, 1, 1, 12)


def paired(*rows: tuple[int, int, int, int]) -> Pairing:
    """Pair rows of (key, step, resource, time)."""
    key, step, resource, time = (np.array(column) for column in zip(*rows, strict=True))
    return pair(key=key, step=step, resource=resource, time=time)


@pytest.mark.parametrize(
    ("transitions", "expected"),
    [
        ({"start", "complete"}, True),
        ({"schedule", "complete"}, True),
        ({"start", "assign"}, True),
        ({"complete"}, False),
        ({"start"}, False),
        ({"queued", "accepted"}, False),
        ({"schedule", "assign"}, False),
        (set(), False),
    ],
)
def test_a_log_has_pairs_if_it_starts_or_completes_and_does_something_else(
    transitions: set[str], expected: bool
) -> None:
    assert has_pairs(frozenset(transitions)) is expected


def test_a_completion_takes_the_oldest_start_of_its_resource_else_the_oldest() -> None:
    found = paired(
        (0, START, 1, 0),
        (0, START, 2, 1),
        (0, START, 2, 2),
        (0, COMPLETE, 2, 3),
        (0, COMPLETE, 3, 4),
        (0, COMPLETE, 1, 5),
    )
    assert found.start_of.tolist() == [-1, -1, -1, 1, 0, 2]
    assert found.merged.tolist() == [True, True, True, False, False, False]


def test_keys_do_not_mix_and_time_settles_the_order() -> None:
    found = paired((0, COMPLETE, -1, 9), (1, START, -1, 0), (0, START, -1, 1), (1, COMPLETE, -1, 2))
    assert found.start_of.tolist() == [2, -1, -1, 1]


def test_pauses_belong_to_the_start_of_their_resource_else_the_oldest() -> None:
    found = paired(
        (0, START, 1, 0), (0, START, 2, 1), (0, PAUSE, 2, 2), (0, RESUME, 3, 3), (1, PAUSE, 1, 4), (0, COMPLETE, 2, 5)
    )
    assert (found.pauses, found.resumes) == ({1: [2]}, {0: [3]})
    assert found.merged.tolist() == [False, True, True, True, False, False]


def test_rows_without_a_step_are_left_alone() -> None:
    found = paired((0, OTHER, -1, 0), (0, OTHER, -1, 1))
    assert not found.merged.any()
    assert set(found.start_of.tolist()) == {-1}


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from([START, COMPLETE, *NAMES]), st.integers(-1, 1), st.integers(0, 12)
        ),
        min_size=1,
        max_size=30,
    )
)
def test_pairs_are_those_of_the_oracle(rows: list[tuple[int, int, int, int]]) -> None:
    rows = [*rows, (9, START, 0, 0), (9, COMPLETE, 0, 1)]  # so that it is a log with pairs
    records = [
        Record(
            row=number,
            case=str(key),
            activity="A",
            lifecycle=NAMES[step],
            resource=None if resource < 0 else str(resource),
            end=NOON + timedelta(seconds=time),
        )
        for number, (key, step, resource, time) in enumerate(rows, start=1)
    ]
    found = paired(*rows)
    kept = [
        (number + 1, start + 1 or None)
        for number, (start, merged) in enumerate(zip(found.start_of.tolist(), found.merged.tolist(), strict=True))
        if not merged
    ]
    events = oracle.pair(records, two_times=False)
    assert sorted((event.source_row, event.start_source_row) for event in events) == kept
    # What enabled an instance is kept by its first record.
    first = {event.source_row: event.start_source_row or event.source_row for event in events}
    for event in events:
        by = int(found.enabled_by[first[event.source_row] - 1])
        assert event.enabled_time == (None if by < 0 else records[by].end)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 9)), max_size=20), st.integers(0, 58))
def test_waits_are_those_of_a_loop(rows: list[tuple[int, int, int]], power: int) -> None:
    unit = 1 << power  # at the upper end case and time do not fit into one number
    rows = sorted((case, start * unit, (start + length) * unit) for case, start, length in rows)
    case, start, end = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(3))
    waits, before, greatest = [], [], []
    for place, (of, begin, finish) in enumerate(rows):
        earlier = [(other[2], number) for number, other in enumerate(rows[:place]) if other[0] == of]
        waits.append(max(0, begin - max(earlier)[0]) if earlier else 0)
        before.append(max(earlier)[1] if earlier else -1)
        greatest.append(max([finish, *(other for other, _ in earlier)]))
    assert waiting(case, start, end).tolist() == waits
    assert preceding_row(case, end).tolist() == before
    if rows:
        assert greatest_end(case, end).tolist() == greatest
