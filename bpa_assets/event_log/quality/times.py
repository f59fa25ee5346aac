"""Times that cannot be, or that stand for none; days on which nothing was recorded.

How exactly times are written is in `precision.py`.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median

from bpa_assets.event_log.quality.catalog import FUTURE_TIMES, IMPLAUSIBLE_TIMES, ONE_INSTANT, RECORDING_GAPS
from bpa_assets.event_log.quality.patterns import Example, Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, StoredLog

PLACEHOLDERS = frozenset(
    datetime.fromisoformat(day)
    for day in (
        *("0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1900-01-02", "1901-01-01"),
        *("1970-01-01", "1980-01-01", "2099-12-31", "2999-12-31", "9999-01-01", "9999-12-31"),
    )
)
"""Days that databases, spreadsheets and file systems write for 'no date'."""
_NO_TIME = re.compile(r"^unreadable .*time .*\b9999\b")
_ZONES_AHEAD = timedelta(hours=14)
_FAR_FUTURE = datetime.fromisoformat("2200-01-01")
_FEWEST_EVENTS = 20
_BUSY = 10
"""Events of a weekday from which a day without any is no chance: exp(-10) is 1 in 20,000."""

_OUTSIDE = """
with told as (
    select
        file_row_number, file_index, source_file, source_row, case_id, activity, activity_code, start_time, end_time,
        start_time < $low or start_time >= $far or start_time between $high and $now as start_is_wrong,
        end_time < $low or end_time >= $far or end_time between $high and $now as end_is_wrong
    from event
)
select *, case when start_is_wrong then start_time else end_time end as time
from told
where start_is_wrong or end_is_wrong
"""
_OUTSIDE_DATES = """
select activity_code,
    count_if(start_is_wrong and epoch_us(start_time) % 86400000000 = 0) as start_dates,
    count_if(end_is_wrong and epoch_us(end_time) % 86400000000 = 0) as end_dates
from outside
group by activity_code
"""
_LATER = """
select file_row_number, file_index, source_file, source_row, case_id, activity,
    greatest(start_time, end_time)::varchar as value
from event
where greatest(start_time, end_time) > $now and start_time < $far and end_time < $far
"""
_FIRST = """
select source_file, source_row, case_id, activity, start_time::varchar as value
from event
order by file_row_number, file_index
limit 1
"""
_FIRST_OUTSIDE = """
select source_file, source_row, case_id, activity, time::varchar as value
from outside
order by file_row_number, file_index
limit $most
"""
_FIRST_LATER = """
select source_file, source_row, case_id, activity, value from later order by file_row_number, file_index limit $most
"""
_AFTER_GAP = """
select source_file, source_row, case_id, activity, 'the first event after ' || $day::date as value
from event
where start_time >= $next and start_time < $next + interval 7 days
order by start_time, source_row, file_row_number, file_index
limit 1
"""


def plausible_range(log: StoredLog) -> tuple[datetime, datetime]:
    """First instant of the earliest and of the day after the latest day that belong with the rest of the log.

    Outwards from the middle of the events, the log ends where no event starts for a year, and for half of the span of
    its middle 90 %: logs thin out at their ends, but not so. Days that stand for 'no date' do not count unless most
    events are on them.
    """
    events = sum(count for _, count in log.days)
    days = [one for one in log.days if one[0] not in PLACEHOLDERS or 2 * one[1] > events] or log.days
    gap = max(timedelta(days=365), (_quantile_day(days, 0.95) - _quantile_day(days, 0.05)) / 2)
    first = last = middle = _quantile_day(days, 0.5)
    for day, _ in days:
        if day > middle and day - last <= gap:
            last = day
    for day, _ in reversed(days):
        if day < middle and first - day <= gap:
            first = day
    return first, min(last, datetime.max - timedelta(days=2)) + timedelta(days=1)


def _quantile_day(days: list[tuple[datetime, int]], share: float) -> datetime:
    wanted, seen = share * sum(count for _, count in days), 0
    for day, count in days:
        seen += count
        if seen >= wanted:
            return day
    return days[-1][0]


def implausible_times(log: StoredLog) -> Iterator[Issue]:
    """Times far from all others, before or after; those that are merely later than now are `future_times`.

    Of what the reader refuses, 9999-12-31 counts: it stands for no time.
    """
    yield from _refused(log)
    if not _has_outside(log):
        return
    query = "select count(*), min(time), max(time) from outside"
    ((rows, first, last),) = log.connection.execute(query).fetchall()
    if rows:
        shown = f"{first}" if first == last else f"{first} … {last}"
        begin, _ = plausible_range(log)
        told = f"{rows:,} events have a time that cannot be right ({shown}); the others begin in {begin:%Y}"
        examples = log.examples(_FIRST_OUTSIDE, most=EXAMPLES)
        yield Issue(IMPLAUSIBLE_TIMES, "start_time", rows, log.total["rows"], told, examples)


def _refused(log: StoredLog) -> Iterator[Issue]:
    rows = [row for row in log.rejected.to_pylist() if _NO_TIME.search(row["reason"])]
    if rows:
        examples = [
            Example(row["source_file"], row["source_row"], None, None, row["reason"]) for row in rows[:EXAMPLES]
        ]
        told = f"{len(rows):,} records were refused for a time that stands for none"
        of = log.accounts["rows_read"]
        yield Issue(IMPLAUSIBLE_TIMES, "record", len(rows), of, told, examples, action="rejected")


def implausible_dates(log: StoredLog, side: str) -> dict[int, int]:
    """How many of the implausible starts (ends) are whole days, by activity: they are not imprecise, but none."""
    if not _has_outside(log):
        return {}
    return {row["activity_code"]: row[f"{side}_dates"] for row in log.rows(_OUTSIDE_DATES)}


def _has_outside(log: StoredLog) -> bool:
    """Make the temp table `outside`, of the rows with an implausible time, if there can be any.

    Ends may be as far behind the last start as the log is long, and a year.
    """
    low, high = plausible_range(log)
    reach = max(high - low, timedelta(days=365))
    high = high + reach if datetime.max - high > reach else datetime.max
    if low <= log.total["first"] and log.total["last"] <= high:
        return False
    limits = {"low": low, "high": high, "now": log.read_at + _ZONES_AHEAD, "far": max(high, _FAR_FUTURE)}
    log.connection.execute("create temp table if not exists outside as " + _OUTSIDE, limits)
    return True


def future_times(log: StoredLog) -> Iterator[Issue]:
    """Times after the log was read; local times may be up to 14 hours ahead of UTC."""
    now = log.read_at + _ZONES_AHEAD
    if log.total["last"] <= now:
        return
    log.connection.execute("create temp table later as " + _LATER, {"now": now, "far": _FAR_FUTURE})
    ((rows, last),) = log.connection.execute("select count(*), max(value) from later").fetchall()
    if rows:
        told = f"{rows:,} events are later than {log.read_at:%Y-%m-%d %H:%M}, when the log was read; the last: {last}"
        examples = log.examples(_FIRST_LATER, most=EXAMPLES)
        yield Issue(FUTURE_TIMES, "end_time", rows, log.total["rows"], told, examples)


def one_instant(log: StoredLog) -> Iterator[Issue]:
    """A log of at least 20 events that all have one time."""
    rows = log.total["rows"]
    if rows >= _FEWEST_EVENTS and log.total["first"] == log.total["last"]:
        told = f"all {rows:,} events have the same time, {log.total['first']}: the log has no order and no durations"
        yield Issue(ONE_INSTANT, "start_time", rows, rows, told, log.examples(_FIRST))


def recording_gaps(log: StoredLog) -> Iterator[Issue]:
    """Days without an event, of a weekday that has at least 10 in the weeks before and after, and seldom none.

    Looked for between the days that hold the first and the last hundredth of the events: a log thins out at its ends.
    """
    low, high = plausible_range(log)
    plausible = [one for one in log.days if low <= one[0] <= high]
    first, last = _quantile_day(plausible, 0.01), _quantile_day(plausible, 0.99)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    counts = dict(plausible)
    usual = {weekday: [counts.get(day, 0) for day in days if day.weekday() == weekday] for weekday in range(7)}
    working = {weekday for weekday, found in usual.items() if found.count(0) <= 0.2 * len(found)}
    expected = [day for day in days if day.weekday() in working]
    empty = [day for day in expected if not counts.get(day) and _is_busy_around(day, counts)]
    if empty:
        since = f"{empty[0]:%A, %Y-%m-%d}"
        told = f"{len(empty):,} days without any event, of weekdays that usually have many; the first: {since}"
        yield Issue(RECORDING_GAPS, "start_time", len(empty), len(expected), told, _after(log, empty))


def _is_busy_around(day: datetime, counts: dict[datetime, int]) -> bool:
    """Whether the last and the next three of these weekdays that have events have many."""
    weeks = [timedelta(weeks=number) for number in range(1, 9)]
    before = [counts[day - week] for week in weeks if counts.get(day - week)][:3]
    after = [counts[day + week] for week in weeks if counts.get(day + week)][:3]
    return bool(before and after) and min(median(before), median(after)) >= _BUSY


def _after(log: StoredLog, empty: list[datetime]) -> list[Example]:
    found = []
    for day in empty[:EXAMPLES]:
        found += log.examples(_AFTER_GAP, day=day, next=day + timedelta(days=1))
    return found
