"""Which activities are concurrent, and since when a row could have begun: by hand, and as a loop finds it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.bottlenecks import concurrency
from bpa_assets.bottlenecks.concurrency import concurrent_activities, enabled_times

A, B, C, D = range(4)
Event = tuple[int, int, int]
"""Activity, start, end."""


def columns(cases: list[list[Event]]) -> tuple[np.ndarray, ...]:
    flat = [
        (number, *event) for number, events in enumerate(cases) for event in sorted(events, key=lambda one: one[1:])
    ]
    return tuple(np.array([row[part] for row in flat], np.int64) for part in range(4))


def concurrent_in(cases: list[list[Event]], activities: int = 4) -> set[tuple[int, int]]:
    found = concurrent_activities([columns(cases)], activities).reshape(activities, activities)
    return {(one, other) for one, other in np.argwhere(found).tolist() if one < other}


def test_what_overlaps_or_comes_in_both_orders_is_concurrent() -> None:
    overlapping = [[(A, 0, 1), (B, 1, 5), (C, 2, 4), (D, 6, 7)]]
    both_orders = [[(A, 0, 1), (B, 1, 2), (C, 3, 4)], [(A, 0, 1), (C, 1, 2), (B, 3, 4)]]
    assert concurrent_in(overlapping) == {(B, C)}
    assert concurrent_in(both_orders) == {(B, C)}


def test_a_loop_or_a_rare_exception_is_no_concurrency() -> None:
    loop = [[(A, 0, 1), (B, 1, 2), (A, 3, 4), (B, 5, 6)]]
    usual, other_way = [(A, 0, 1), (B, 1, 2)], [(B, 0, 1), (A, 1, 2)]
    assert concurrent_in(loop) == set()
    assert concurrent_in([usual] * 39 + [other_way]) == set()
    assert concurrent_in([usual] * 18 + [other_way]) == {(A, B)}


def test_a_log_of_too_many_activities_has_no_concurrency() -> None:
    cases = [[(A, 0, 3), (B, 1, 2)]]
    found = concurrent_activities([columns(cases)], concurrency.MOST_ACTIVITIES + 1)
    assert len(found) == 0
    assert enabled_times(*columns([[(A, 0, 1), (B, 2, 3)]]), found).tolist() == [0, 1]


def test_a_row_is_enabled_by_the_last_of_what_it_waits_for() -> None:
    # B and C are concurrent: C waits for A, D for the later of both; the first row waits for nothing.
    case = [(A, 0, 2), (B, 3, 9), (C, 5, 7), (D, 10, 11)]
    concurrent = concurrent_activities([columns([case])], 4)
    assert enabled_times(*columns([case]), concurrent).tolist() == [0, 2, 2, 9]


def test_what_is_concurrent_with_all_before_it_is_enabled_with_the_case() -> None:
    case = [(B, 1, 3), (C, 5, 7)]
    concurrent = concurrent_activities([columns([[(B, 0, 5), (C, 1, 7)]])], 4)
    assert enabled_times(*columns([case]), concurrent).tolist() == [1, 1]


events = st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 6)).map(lambda one: (*one[:2], one[1] + one[2]))


@settings(max_examples=60)
@given(st.lists(st.lists(events, min_size=1, max_size=7), min_size=1, max_size=5))
def test_both_are_what_a_loop_finds(cases: list[list[Event]]) -> None:
    found = concurrent_activities([columns(cases)], 4)
    ordered = [sorted(case, key=lambda one: one[1:]) for case in cases]
    expected = np.array([[_concurrent(one, other, ordered) for other in range(4)] for one in range(4)])
    assert found.reshape(4, 4).tolist() == expected.tolist()
    enabled = [_enabled(case, place, expected) for case in ordered for place in range(len(case))]
    assert enabled_times(*columns(cases), found).tolist() == enabled


def _concurrent(one: int, other: int, cases: list[list[Event]]) -> bool:
    before = after = overlapping = 0
    for case in cases:
        names = [event[0] for event in case]
        if one == other or names.count(one) != 1 or names.count(other) != 1:
            continue
        first, second = sorted((names.index(one), names.index(other)))
        if case[first][2] > case[second][1]:
            overlapping += 1
        elif case[first][0] == one:
            before += 1
        else:
            after += 1
    seen = before + after + overlapping
    return seen > 0 and abs(before - after) < 0.9 * seen


def _enabled(case: list[Event], place: int, concurrent: np.ndarray) -> int:
    activity, start, _ = case[place]
    ends = [end for name, _, end in case[:place] if end <= start and not concurrent[name, activity]]
    return max(ends, default=case[0][1])
