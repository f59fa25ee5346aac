"""The hours that people work, told from what they did."""

from random import Random

import numpy as np
import pytest

from bpa_assets.bottlenecks.calendars import DAY, HOUR, Calendars, discover_calendars, local_times

MONDAY = 4 * DAY  # 1970-01-05
OFFICE = {weekday * 24 + hour for weekday in range(5) for hour in range(9, 17)}


def office_work(weeks: int, *, a_day: int, seed: int = 1, without: tuple[int, ...] = ()) -> list[int]:
    """Random moments from Monday to Friday, 9 to 17, of so many weeks, but for some days."""
    random = Random(seed)
    days = [week * 7 + weekday for week in range(weeks) for weekday in range(5) if week * 7 + weekday not in without]
    return [MONDAY + day * DAY + int(random.uniform(9, 17) * HOUR) for day in days for _ in range(a_day)]


def discovered(
    *who: list[int], teams: tuple[int, ...] = (), zone: str = "UTC", always: tuple[int, ...] = ()
) -> Calendars:
    resource = np.array([number for number, moments in enumerate(who) for _ in moments], np.int64)
    times = np.array([moment for moments in who for moment in moments], np.int64)
    team = np.array(teams or range(len(who)))[resource]
    return discover_calendars(resource, team, times, times + 1, zone=zone, always=always)


def hours(calendars: Calendars, resource: int = 0) -> set[int]:
    return set(np.flatnonzero(calendars.working[resource]).tolist())


@pytest.mark.parametrize("a_day", [2, 20])
def test_office_hours_are_found_with_little_and_with_much_work(a_day: int) -> None:
    assert hours(discovered(office_work(12, a_day=a_day))) == OFFICE


def test_a_break_is_found_where_there_would_have_been_work() -> None:
    work = [moment for moment in office_work(12, a_day=20) if (moment - MONDAY) % DAY // HOUR != 12]
    assert hours(discovered(work)) == {hour for hour in OFFICE if hour % 24 != 12}


def test_a_night_now_and_then_is_no_working_hour() -> None:
    nights = [MONDAY + week * 7 * DAY + 2 * HOUR for week in (3, 7)]
    assert hours(discovered(office_work(30, a_day=8) + nights)) == OFFICE


def test_who_does_little_works_when_the_team_does_else_when_all_do_else_always() -> None:
    much, little = office_work(12, a_day=8), office_work(12, a_day=8)[:5]
    assert hours(discovered(little, much, teams=(0, 0)), 0) == OFFICE
    assert hours(discovered(little, much), 0) == OFFICE
    assert len(hours(discovered(little), 0)) == 168


def test_who_is_known_to_work_always_does() -> None:
    assert len(hours(discovered(office_work(12, a_day=8), always=(0,)))) == 168


def test_days_off_of_one_and_of_all_are_found() -> None:
    calendars = discovered(
        office_work(12, a_day=8, without=(14, 15, 43)),
        office_work(12, a_day=8, without=(43,), seed=2),
    )
    days = [(int(one >> 32), int(one & 0xFFFFFFFF) - (1 << 31) - 4) for one in calendars.days_off]
    assert days == [(0, 14), (0, 15), (0, 43), (1, 43)]
    whole_weeks = np.array([MONDAY, MONDAY + 14 * DAY, MONDAY + 21 * DAY])
    duty = calendars.on_duty_until(np.zeros(3, np.int64), whole_weeks)
    assert (np.diff(duty) // HOUR).tolist() == [80, 24]  # of the third week's 40 hours two days are off
    within = calendars.on_duty_until(np.zeros(2, np.int64), MONDAY + 14 * DAY + np.array([10, 12]) * HOUR)
    assert np.diff(within).tolist() == [0]


def test_hours_are_told_by_the_clocks_of_the_zone() -> None:
    utc = office_work(50, a_day=8)
    berlin = np.array([np.datetime64("2024-01-01T12:00"), np.datetime64("2024-07-01T12:00")], "M8[us]").astype(np.int64)
    assert ((local_times(berlin, "Europe/Berlin") - berlin) // HOUR).tolist() == [1, 2]
    shifted = [moment - 2 * HOUR for moment in utc]  # two hours ahead all year
    assert hours(discovered(shifted, zone="Africa/Maputo")) == OFFICE


def test_on_duty_is_counted_by_the_hour_and_its_parts() -> None:
    calendars = discovered(office_work(12, a_day=8))
    at = MONDAY + np.array([8.5, 9.25, 17, 24 + 9, 7 * 24 + 10]) * HOUR
    duty = calendars.on_duty_until(np.zeros(5, np.int64), at.astype(np.int64))
    assert (np.diff(duty) / HOUR).tolist() == [0.25, 7.75, 0, 33]


def test_before_1970_the_week_goes_on() -> None:
    before = [moment - 1040 * 7 * DAY for moment in office_work(12, a_day=8, without=(43,))]
    calendars = discovered(before)
    assert hours(calendars) == OFFICE
    assert len(calendars.days_off) == 1
