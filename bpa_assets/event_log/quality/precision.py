"""How exactly times are written: to the day, to the minute, or more exactly here than there."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bpa_assets.event_log.quality.catalog import MIXED_PRECISION, WHOLE_DAY_TIMES
from bpa_assets.event_log.quality.chance import is_no_chance
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, Row, StoredLog
from bpa_assets.event_log.quality.times import implausible_dates

_FEWEST_ROWS = 20
_MOSTLY = 0.9
_SMALL_PART = 0.05
"""A part of the rows of an activity that is too small to speak of another way of writing."""

_DATE_EXAMPLES = """
select source_file, source_row, case_id, activity, start_time::varchar as value
from event
where list_contains($codes::integer[], activity_code) and epoch_us(start_time) % 3600000000 = 0
order by file_row_number, file_index
limit $most
"""
_END_DATE_EXAMPLES = """
select source_file, source_row, case_id, activity, end_time::varchar as value
from event
where list_contains($codes::integer[], activity_code) and epoch_us(end_time) % 3600000000 = 0
order by file_row_number, file_index
limit $most
"""
_HOURS_OF = """
select activity_code, count(distinct hour(start_time)) as start_hours, count(distinct hour(end_time)) as end_hours
from event
where list_contains($codes::integer[], activity_code)
group by activity_code
"""
_COARSE_EXAMPLES = """
select source_file, source_row, case_id, activity, start_time::varchar as value
from event
where list_contains($codes::integer[], activity_code)
    and epoch_us(start_time) % $unit = 0 and epoch_us(start_time) % 86400000000 <> 0
order by file_row_number, file_index
limit $most
"""


class _Part(NamedTuple):
    """Rows of an activity that are written less exactly than expected."""

    code: int
    rows: int
    unit: int


def whole_day_times(log: StoredLog) -> Iterator[Issue]:
    """Rows whose time is a date, where chance does not explain as many midnights.

    Dates of another zone are whole hours in UTC, one in winter and another in summer: an activity of which nine rows
    in ten are at one or two whole hours counts too. Logs with durations are looked at by start and by end.
    """
    activities = log.rows("from activity")
    for column in ("start_time", "end_time") if log.total["durations"] else ("start_time",):
        side = column.removesuffix("_time")
        no_times = implausible_dates(log, side)
        dates = {one["activity_code"]: _midnights(one, side, no_times) for one in activities}
        dates |= _other_zones(log, [one for one in activities if not dates[one["activity_code"]]], side)
        found = {code: rows for code, rows in dates.items() if rows}
        rows = sum(found.values())
        if rows:
            which = f"{side} times" if log.total["durations"] else "times"
            told = f"{rows:,} {which} are dates without a time of day"
            query = _DATE_EXAMPLES if side == "start" else _END_DATE_EXAMPLES
            examples = log.examples(query, codes=list(found), most=EXAMPLES)
            yield Issue(WHOLE_DAY_TIMES, column, rows, log.total["rows"], told, examples)


def _midnights(one: Row, side: str, no_times: Mapping[int, int]) -> int:
    """Rows at midnight, if they are more than those of the same precision that fall there by chance."""
    days: int = one[f"{side}_days"] - no_times.get(one["activity_code"], 0)
    units_a_day = 1440 if one[f"{side}_minutes"] >= _MOSTLY * one["n"] else 86_400
    if one[f"{side}_hours"] - days >= _MOSTLY * one["n"]:
        units_a_day = 24  # times are whole hours: one of them is midnight
    return days if is_no_chance(days, one["n"] / units_a_day) else 0


def _other_zones(log: StoredLog, activities: list[Row], side: str) -> dict[int, int]:
    hourly = [one for one in activities if one["n"] >= _FEWEST_ROWS and one[f"{side}_hours"] >= _MOSTLY * one["n"]]
    if not hourly:
        return {}
    hours = log.rows(_HOURS_OF, codes=[one["activity_code"] for one in hourly])
    few = {one["activity_code"] for one in hours if one[f"{side}_hours"] <= 2}
    return {one["activity_code"]: one[f"{side}_hours"] for one in hourly if one["activity_code"] in few}


def mixed_precision(log: StoredLog) -> Iterator[Issue]:
    """Rows written to the minute (second) in an activity, or a log, that has seconds (parts of them).

    Dates are `whole_day_times`. Chance puts one row in 60 on a whole minute, and one in 1,000 on a whole second.
    """
    activities = [one for one in log.rows("from activity") if one["n"] >= _FEWEST_ROWS]
    parts = [part for one in activities if (part := _within(one) or _as_a_whole(one, log.total))]
    rows = sum(part.rows for part in parts)
    if rows:
        unit = max(parts, key=lambda part: part.rows).unit
        to = "minute" if unit == _MINUTE else "second"
        told = f"{rows:,} times of {len(parts):,} activities are written to the {to}, others more exactly"
        codes = [part.code for part in parts if part.unit == unit]
        examples = log.examples(_COARSE_EXAMPLES, codes=codes, unit=unit, most=EXAMPLES)
        yield Issue(MIXED_PRECISION, "start_time", rows, log.total["rows"], told, examples)


_MINUTE, _SECOND = 60_000_000, 1_000_000
_LEVELS = (("minutes", _MINUTE, 60), ("seconds", _SECOND, 1000))


def _within(one: Row) -> _Part | None:
    """A part of the activity's rows that is less exact than its others."""
    exact = one["n"] - one["start_days"]
    for name, unit, chance in _LEVELS:
        coarse = one[f"start_{name}"] - one["start_days"]
        if (
            coarse > _SMALL_PART * exact
            and exact - coarse > _SMALL_PART * exact
            and is_no_chance(coarse, exact / chance)
        ):
            return _Part(one["activity_code"], coarse, unit)
    return None


def _as_a_whole(one: Row, total: Row) -> _Part | None:
    """All rows of the activity, where most rows of the log are more exact."""
    exact = one["n"] - one["start_days"]
    for name, unit, _ in _LEVELS:
        if exact >= _FEWEST_ROWS and one[f"start_{name}"] == one["n"] and 2 * total[name] < total["rows"]:
            return _Part(one["activity_code"], exact, unit)
    return None
