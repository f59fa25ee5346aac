"""The surrogate of waiting, worked out by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.optimized_plan.optimization.fluid_delays import BUSIEST, LOST, fluid_delays
from bpa_assets.optimized_plan.optimization.work_of_roles import RoleWork

OFFICE = np.array([[float(hour % 24 in range(9, 17) and hour < 120) for hour in range(168)]])
FRIDAY_16, SATURDAY_9, MONDAY_9 = 4 * 24 + 16, 5 * 24 + 9, 9


def work(at: dict[int, float], step_hours: float = 1e-6) -> RoleWork:
    """So many hours of work at these hours of the one week, in steps of a size, all alike."""
    hours = np.zeros((1, 168))
    for hour, amount in at.items():
        hours[0, hour] = amount
    return RoleWork(hours, step_hours, variation=-1.0, delay=0.0, by_activity=np.ones(1), visits=np.ones(1))


def delay(of: RoleWork, people: float = 1.0, load: float = 1.0) -> float:
    return float(fluid_delays(of, OFFICE, np.array([people]), np.array([load]))[0, 0, 0, 0])


def test_what_comes_on_a_saturday_waits_for_monday() -> None:
    assert np.isclose(delay(work({SATURDAY_9: 0.01})), 48.0, atol=0.02)


def test_what_comes_in_working_hours_does_not_wait() -> None:
    assert np.isclose(delay(work({MONDAY_9: 0.01})), 0.0, atol=0.02)


def test_a_step_that_is_not_done_by_evening_lies_over_the_weekend() -> None:
    # Two hours of work from Friday 16:00: one before 17:00, one from Monday 9:00. 64 h pass beyond the work.
    assert np.isclose(delay(work({FRIDAY_16: 0.01}, step_hours=2.0)), 64.0, atol=0.05)


def test_a_backlog_is_worked_off_in_the_hours_of_those_who_are_there() -> None:
    # 8 h of work come at Monday 9:00; what comes then at 12:00 has 5 h before it (of one), or none (of four).
    of = work({MONDAY_9: 8.0, 12: 1e-6})
    only = work({12: 1e-6})
    backlog = delay(of)
    assert np.isclose(delay(only), 0.0, atol=0.01)
    assert backlog < 0.01  # weighted by work: nearly all of it came at nine, ahead of nothing
    half = fluid_delays(work({MONDAY_9: 4.0, 10: 4.0}), OFFICE, np.array([1.0, 4.0]), np.ones(1))[0, :, 0, 0]
    assert np.isclose(half[0], 1.5, atol=0.01)  # at ten 3 h are left: (0 + 3) / 2
    assert np.isclose(half[1], 0.0, atol=0.01)


def test_more_work_than_hours_is_lost() -> None:
    of = work({MONDAY_9: 39.5})
    assert delay(of) == LOST
    assert delay(of, people=2.0) < LOST
    assert delay(of, load=0.5) < LOST


def test_chance_adds_to_the_wait_and_less_where_there_are_more_people() -> None:
    even = {24 * day + hour: 0.5 for day in range(5) for hour in range(9, 17)}
    by_chance = RoleWork(work(even).hours, 0.5, 1.0, 0.0, np.ones(1), np.ones(1))
    one, two = (float(fluid_delays(by_chance, OFFICE, np.array([n]), np.ones(1)).mean()) for n in (1.0, 2.0))
    assert one > two > 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_every_shift_headcount_load_and_week_is_what_a_plain_loop_tells(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    hours = drawn.random((2, 168)) * (drawn.random((2, 168)) < 0.3)
    of = RoleWork(hours, float(drawn.uniform(0.01, 3)), float(drawn.uniform(0, 2)), 0.0, np.ones(1), np.ones(1))
    there = np.vstack([drawn.random(168), drawn.random((2, 168)) < 0.3]).astype(np.float64)
    people, loads = np.array([1.0, 2.0, 3.5]), np.array([0.5, 1.0, 1.2])
    found = fluid_delays(of, there, people, loads)
    for shift, number, load, week in np.ndindex(found.shape):
        told = plain_delay(of, there[shift], people[number], loads[load], week)
        assert np.isclose(found[shift, number, load, week], told), (shift, number, load, week)


def plain_delay(of: RoleWork, there: np.ndarray, people: float, load: float, week: int) -> float:
    """The same by its definition, hour by hour."""
    busy = load * of.hours.sum(axis=1).mean() / (people * there.sum())
    if busy > BUSIEST:
        return LOST
    chance = (1 + of.variation) / 2 * busy ** ((2 * (people + 1)) ** 0.5 - 1) / (people * (1 - busy)) * of.step_hours
    comes, left, held = load * of.hours[week], 0.0, 0.0
    for hour in range(2 * 168):
        at = hour % 168
        if hour >= 168:
            held += comes[at] * (until(there, at, left / people + chance + of.step_hours) - of.step_hours)
        left = max(left + comes[at] - people * there[at], 0.0)
    return min(held / comes.sum(), LOST) if comes.sum() else 0.0


def until(there: np.ndarray, since: int, work: float) -> float:
    """Hours that pass until one person has done so much work."""
    for hour in range(since, 5 * 168):
        if there[hour % 168] > 0 and work <= there[hour % 168] + 1e-9:
            return hour - since + work / there[hour % 168]
        work -= there[hour % 168]
    return 5 * 168.0 - since
