"""Durations that are negative, or far longer than is usual for the activity."""

import math
from collections.abc import Iterator

from bpa_assets.event_log.quality.catalog import NEGATIVE_DURATIONS, OUTLYING_DURATIONS
from bpa_assets.event_log.quality.chance import is_no_chance
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, StoredLog

_BINS = 16
"""Bins a unit of the natural logarithm: a median from them is at most 6 % off."""
_FENCE = 3.5
"""Spreads of the upper half (median to p90, on the log scale) beyond the median: see OUTLYING_DURATIONS."""
_LEAST_FACTOR = 3
"""Steps that take nearly always the same are not far longer at a third more."""
_BEYOND_FENCE = 4e-6
"""Share of a lognormal activity beyond it: 3.5 × 1.2816 = 4.49 standard deviations."""
_MOST = 0.05
"""More than one row in twenty is no outlier, but another way in which the activity goes."""
_FEWEST_ROWS = 20

_SPREADS = """
create temp table spread as
select activity_code, floor($bins * ln(processing_seconds))::integer as bin, count(*) as n
from event
where has_duration and processing_seconds > 0
group by all
"""
# The first bin up to which half (nine tenths) of the rows lie; a spread of less than a bin is taken for one.
_FENCES = """
create temp table fence as
with summed as (
    select activity_code, bin, n, sum(n) over (partition by activity_code) as rows,
        sum(n) over (partition by activity_code order by bin) as below
    from spread
),
place as (
    select activity_code, any_value(rows)::bigint as rows,
        min(bin) filter (2 * below >= rows) as middle, min(bin) filter (10 * below >= 9 * rows) as upper
    from summed
    group by activity_code
)
select activity_code, rows, middle,
    (middle + ceil(greatest($fence * greatest(upper - middle, 1), $bins * ln($least))))::integer + 1 as bin
from place
where rows >= $fewest
"""
_OUTLIERS = """
select fence.activity_code, any_value(fence.rows) as rows, any_value(middle) as middle, any_value(fence.bin) as bin,
    sum(n)::bigint as n
from spread join fence on spread.activity_code = fence.activity_code and spread.bin >= fence.bin
group by fence.activity_code
order by n desc, fence.activity_code
"""
_OUTLIER_EXAMPLES = """
select source_file, source_row, case_id, activity, round(processing_seconds / 3600, 2)::varchar || ' hours' as value
from event
where activity_code = $code and has_duration and processing_seconds >= $seconds
order by processing_seconds desc, file_row_number, file_index
limit $most
"""
_REVERSED = """
select source_file, source_row, case_id, activity, end_time::varchar as value
from event
where list_contains(imputed, 'start_time') and not has_duration
order by file_row_number, file_index
limit $most
"""


def outlying_durations(log: StoredLog) -> Iterator[Issue]:
    """Rows that take far longer than the upper half of their activity spreads, if more than chance gives.

    Skewed as durations are, the distance from the median to the 90th percentile on a log scale measures their spread.
    """
    if not log.total["durations"]:
        return
    log.connection.execute(_SPREADS, {"bins": _BINS})
    log.connection.execute(_FENCES, {"fence": _FENCE, "fewest": _FEWEST_ROWS, "bins": _BINS, "least": _LEAST_FACTOR})
    found = [
        one
        for one in log.rows(_OUTLIERS)
        if one["n"] <= _MOST * one["rows"] and is_no_chance(one["n"], one["rows"] * _BEYOND_FENCE, level=0.01)
    ]
    rows = sum(one["n"] for one in found)
    if rows:
        most = found[0]
        seconds = math.exp(most["bin"] / _BINS)
        query = "select activity from activity where activity_code = $code"
        ((activity,),) = log.connection.execute(query, {"code": most["activity_code"]}).fetchall()
        told = (
            f"{rows:,} rows take far longer than usual, most of '{activity}': over {_time(seconds)}, "
            f"where {_time(math.exp((most['middle'] + 0.5) / _BINS))} is usual"
        )
        examples = log.examples(_OUTLIER_EXAMPLES, code=most["activity_code"], seconds=seconds, most=EXAMPLES)
        yield Issue(OUTLYING_DURATIONS, "processing_seconds", rows, log.total["durations"], told, examples)


def _time(seconds: float) -> str:
    """A duration for a reader: about two digits, in the unit that suits it."""
    for unit, size in (("days", 86_400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:,.2g} seconds"


def negative_durations(log: StoredLog) -> Iterator[Issue]:
    """Records whose end was before their start, as they were counted when they were read."""
    rows = log.accounts.get("reversed_rows") or 0
    if rows:
        told = f"{rows:,} records end before they start; their end is kept, and no duration"
        examples = log.examples(_REVERSED, most=EXAMPLES)
        yield Issue(NEGATIVE_DURATIONS, "start_time", rows, log.total["rows"], told, examples, action="imputed")
