"""What was noted when the records were read: refused ones, and local times that are not one moment."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bpa_assets.event_log.quality.catalog import AMBIGUOUS_TIMES, NONEXISTENT_TIMES, REJECTED_RECORDS
from bpa_assets.event_log.quality.patterns import Example, Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, StoredLog

_WITHIN = """
select source_file, source_row, case_id, activity, start_time::varchar || ' UTC' as value
from event
where (start_time >= $begin and start_time < $end) or (end_time >= $begin and end_time < $end)
order by file_row_number, file_index
limit $most
"""


def rejected_records(log: StoredLog) -> Iterator[Issue]:
    """Records that were refused, with the most frequent reasons."""
    rows = log.accounts.get("rejected_events") or 0
    if not rows:
        return
    reasons = Counter(str(reason).split(" in ")[0] for reason in log.rejected["reason"].to_pylist()[:100_000])
    most = "; ".join(f"{reason} ({count:,})" for reason, count in reasons.most_common(2))
    examples = [
        Example(one["source_file"], one["source_row"], None, None, one["reason"])
        for one in log.rejected.slice(0, EXAMPLES).to_pylist()
    ]
    told = f"{rows:,} records were refused: {most}; table rejected_events has each with its reason"
    yield Issue(REJECTED_RECORDS, "record", rows, log.accounts["rows_read"], told, examples, action="rejected")


def local_times(log: StoredLog) -> Iterator[Issue]:
    """Local times in the hour that summer time repeats (`ambiguous_local_times`) or leaves out (`nonexistent_…`)."""
    for pattern, count, told in (
        (AMBIGUOUS_TIMES, "ambiguous_times", "local times happened twice, when summer time ended: the first was taken"),
        (NONEXISTENT_TIMES, "nonexistent_times", "local times never happened, as summer time began: moved forward"),
    ):
        rows = log.accounts.get(count) or 0
        if rows:
            examples = _near_changes(log, forward=pattern is NONEXISTENT_TIMES)
            sentence = f"{rows:,} {told}"
            yield Issue(pattern, "start_time", rows, log.accounts["rows_read"], sentence, examples)


def _near_changes(log: StoredLog, *, forward: bool) -> list[Example]:
    """Events in the hour before (ambiguous) or after (moved forward) a change of the zone's offset."""
    found: list[Example] = []
    for moment, shift in _changes(log):
        if (shift > timedelta()) == forward and len(found) < EXAMPLES:
            begin, end = (moment, moment + shift) if forward else (moment + shift, moment)
            found += log.examples(_WITHIN, begin=begin, end=end, most=EXAMPLES - len(found))
    return found


def _changes(log: StoredLog) -> Iterator[tuple[datetime, timedelta]]:
    """When (UTC) the offset of the log's zone changes within the log, and by how much."""
    zone = ZoneInfo(log.timezone) if log.timezone else None
    busy = sorted(day for day, _ in log.days)
    for day in busy if zone else ():
        begin = day.replace(tzinfo=UTC)
        hours = [begin + timedelta(hours=number) for number in range(25)]
        offsets = [hour.astimezone(zone).utcoffset() or timedelta() for hour in hours]
        for hour, before, after in zip(hours[1:], offsets[:-1], offsets[1:], strict=True):
            if before != after:
                yield hour.replace(tzinfo=None), after - before
