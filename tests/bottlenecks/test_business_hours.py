"""Business hours: those of a count minute by minute, also where clocks change and on holidays, and by hand."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.bottlenecks.business_hours import BusinessHours
from bpa_assets.bottlenecks.places import bottleneck_table
from bpa_assets.opening_hours import WEEKDAYS, days_of, weekdays_from_text
from bpa_assets.process_model.event_chunks import activity_names
from bpa_assets.settings import Calendar
from tests.stored_logs import read, tables_of, write_rows

MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH) // timedelta(microseconds=1)


def minutes_between(calendar: Calendar, since: datetime, until: datetime) -> float:
    span = BusinessHours.of(calendar, micros(since), micros(until))
    return float(span.between(np.array([micros(since)]), np.array([micros(until)]))[0]) / 60e6


def counted(calendar: Calendar, off: set[date], since: datetime, until: datetime) -> int:
    """Minute by minute: whether the clock on the wall shows business hours."""
    parts = {day: of_day for days, of_day in calendar.hours.items() for day in days_of(days)}
    found = 0
    while since < until:
        local = since.astimezone(ZoneInfo(calendar.timezone))
        clock = 60 * local.hour + local.minute
        open_now = any(begin <= clock < end for begin, end in parts.get(local.weekday(), ()))
        found += open_now and local.date() not in off
        since += MINUTE
    return found


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw hours that differ by day, in zones whose clocks change at two, at midnight, by half an hour, or never."""
    zones = ("Europe/Amsterdam", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "UTC", "Asia/Kolkata")
    times = st.lists(st.sampled_from([0, 30, 90, 125, 150, 180, 480, 720, 1080, 1380, 1440]), max_size=4, unique=True)
    hours = {}
    for day in draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1)):
        clocks = sorted(draw(times))
        parts = [
            f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}"
            for a, b in zip(clocks[::2], clocks[1::2], strict=False)
        ]
        if parts:
            hours[day] = ", ".join(parts)
    days = draw(
        st.sets(st.sampled_from(["2018-11-04", "2011-12-29", "2011-12-31", "2024-03-31", "2024-10-27", "2024-04-07"]))
    )
    return Calendar.model_validate(
        {
            "timezone": draw(st.sampled_from(zones)),
            "hours": hours or {"mon-sun": "00:00-24:00"},
            "holidays": sorted(days),
        }
    )


@given(
    calendars(),
    st.sampled_from(
        ["2018-11-03T12:00", "2011-12-29T00:00", "2024-03-30T20:00", "2024-10-26T12:00", "2024-04-06T03:00"]
    ),
    st.integers(0, 2000),
    st.integers(0, 2000),
)
def test_business_minutes_are_those_of_a_count_minute_by_minute(
    calendar: Calendar, moment: str, later: int, span: int
) -> None:
    since = datetime.fromisoformat(moment).replace(tzinfo=UTC) + later * MINUTE
    until = since + span * MINUTE
    off = {date.fromisoformat(day) for day in calendar.holidays}
    assert minutes_between(calendar, since, until) == counted(calendar, off, since, until)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2024-03-08T15:00", "2024-03-11T09:00", 2 + 3 + 2),  # Friday 16:00 to Monday 10:00 in Amsterdam, with Saturday
        ("2024-12-24T16:00", "2024-12-27T08:00", 1 + 1),  # over Christmas, both days of it
        ("2024-04-26T15:00", "2024-04-29T07:00", 1 + 1),  # 27 April 2024, a Saturday, is the King's Birthday
        (
            "1999-12-31T00:00",
            "2000-12-31T23:00",
            254 * 10 + 51 * 3,
        ),  # 261 weekdays less 7 holidays, 53 Saturdays less 2
    ],
)
def test_a_dutch_office_works_as_worked_out_by_hand(since: str, until: str, hours: float) -> None:
    calendar = Calendar.model_validate(
        {"timezone": "Europe/Amsterdam", "hours": {"mon-fri": "08:00-18:00", "sat": "09:00-12:00"}, "holidays": "NL"}
    )
    assert minutes_between(calendar, datetime.fromisoformat(since), datetime.fromisoformat(until)) / 60 == hours


def test_a_range_of_days_may_go_on_over_monday() -> None:
    assert days_of(weekdays_from_text("Sun-Thu")) == [6, 0, 1, 2, 3]
    assert days_of(weekdays_from_text("tu")) == [1]


def test_bottlenecks_have_the_business_part_of_their_waiting_only_where_hours_are_known(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1", "1", "2", "2"],
        activity=["A", "B", "A", "B"],
        end_time=["2024-03-08T16:00", "2024-03-11T10:00", "2024-03-11T09:00", "2024-03-11T11:30"],
    )
    log = read([path])
    files, known = log.event_log.files, {"activities": tables_of(log).activities, "threshold": 7200.0}
    names = activity_names(files)
    office = Calendar.model_validate({"hours": {"mon-fri": "09:00-17:00"}})
    told = ("total_waiting_seconds", "total_business_waiting_seconds", "mean_business_waiting_seconds")
    rows = bottleneck_table(files, names=names, calendar=office, **known).to_pylist()
    # Friday 16 to 17, Monday 9 to 10; Monday 9 to 11:30.
    assert [tuple(row[name] / 3600 for name in told) for row in rows if row["activity"] == "B"] == [
        (68.5, 4.5, 2.25)
    ] * 2
    rows = bottleneck_table(files, names=names, **known).to_pylist()
    assert {row[name] for row in rows for name in told[1:]} == {None}
