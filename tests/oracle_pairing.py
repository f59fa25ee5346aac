"""From source records to events: which records make one row, and the order of the rows in a case.

Add here what the contract says about lifecycle, times of a row and order; tables over the rows stay out. Imputing
is not done: a record without activity or without any time is an error of the test that made it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.oracle_log import Event, Record, microseconds, seconds, waiting_before

Key = tuple[str, str, str | None]


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A row before it has a place in its case."""

    case: str
    activity: str
    start: datetime
    end: datetime
    has_duration: bool
    is_open: bool
    enabled: datetime | None
    resource: str | None
    role: str | None
    source_row: int
    start_source_row: int | None = None


@dataclass(frozen=True)
class _OpenStart:
    """A start that waits for its completion, and the schedules and assigns it took."""

    record: Record
    announced: list[Record]


def pair(records: Sequence[Record], *, two_times: bool) -> list[Event]:
    """Make the event log of these records, by case and then by position in the case.

    Records without a case are rejected, so left out; then rows_paired = records with a case − events.
    `two_times` says that the source has a start and an end column, so that nothing is to be paired.
    """
    accepted = [record for record in records if record.case is not None]
    if two_times:
        rows = [_row_of_two_times(record) for record in accepted]
    elif _is_a_lifecycle_log(accepted):
        rows = _paired_rows(accepted)
    else:
        rows = [_row_of_one_time(record) for record in accepted]
    return _events(rows)


def _transition(record: Record) -> str | None:
    return None if record.lifecycle is None else record.lifecycle.lower()


def _is_a_lifecycle_log(records: Sequence[Record]) -> bool:
    """Whether there is something to pair: a start or a complete, and another transition; none is no transition."""
    found = {_transition(record) for record in records} - {None}
    return len(found) > 1 and bool(found & {"start", "complete"})


def _case(record: Record) -> str:
    assert record.case is not None
    return record.case


def _activity(record: Record) -> str:
    if record.activity is None:
        raise ValueError(f"row {record.row} has no activity: the oracle does not impute")
    return record.activity


def _time(record: Record) -> datetime:
    if record.end is None or record.start is not None:
        raise ValueError(f"row {record.row} has to have its single time in `end`")
    return record.end


def _row_of_one_time(record: Record, *, announced: Sequence[Record] = (), is_open: bool = False) -> _Row:
    return _Row(
        case=_case(record),
        activity=_activity(record),
        start=_time(record),
        end=_time(record),
        has_duration=False,
        is_open=is_open,
        enabled=_enabled(announced, record.enabled),
        resource=record.resource,
        role=record.role,
        source_row=record.row,
    )


def _row_of_two_times(record: Record) -> _Row:
    start, end = record.start, record.end
    if start is None and end is None:
        raise ValueError(f"row {record.row} has no time: the oracle does not impute")
    has_duration = start is not None and end is not None and start <= end
    if start is not None and end is not None and end < start:
        start = end
    known = end if end is not None else start
    assert known is not None
    return _Row(
        case=_case(record),
        activity=_activity(record),
        start=start if start is not None else known,
        end=known,
        has_duration=has_duration,
        is_open=record.end is None,
        enabled=record.enabled,
        resource=record.resource,
        role=record.role,
        source_row=record.row,
    )


def _row_of_a_pair(start: _OpenStart, complete: Record) -> _Row:
    first = start.record
    return _Row(
        case=_case(complete),
        activity=_activity(complete),
        start=_time(first),
        end=_time(complete),
        has_duration=True,
        is_open=False,
        enabled=_enabled(start.announced, complete.enabled if complete.enabled is not None else first.enabled),
        resource=complete.resource if complete.resource is not None else first.resource,
        role=complete.role if complete.role is not None else first.role,
        source_row=complete.row,
        start_source_row=first.row,
    )


def _enabled(announced: Sequence[Record], column: datetime | None) -> datetime | None:
    """Take the earliest schedule or assign, else what the source's own column says."""
    return min((_time(record) for record in announced), default=column)


def _paired_rows(records: Iterable[Record]) -> list[_Row]:
    rows: list[_Row] = []
    open_starts: dict[Key, list[_OpenStart]] = defaultdict(list)  # oldest first
    announced: dict[Key, list[Record]] = defaultdict(list)  # schedules and assigns nothing has followed yet
    for record in sorted(records, key=lambda record: (_time(record), record.row)):
        key = (_case(record), _activity(record), record.instance)
        match _transition(record):
            case "schedule" | "assign":
                announced[key].append(record)
            case "start":
                open_starts[key].append(_OpenStart(record, announced.pop(key, [])))
            case "complete" if open_starts[key]:
                start = _started_by(record.resource, open_starts[key])
                open_starts[key].remove(start)
                rows.append(_row_of_a_pair(start, record))
            case "complete":
                rows.append(_row_of_one_time(record, announced=announced.pop(key, [])))
            case "suspend" | "resume" if open_starts[key]:
                pass  # kept as an attribute of one of them: no row, and no fixed column changes
            case _:
                rows.append(_row_of_one_time(record))
    for starts in open_starts.values():
        rows.extend(_row_of_one_time(start.record, announced=start.announced, is_open=True) for start in starts)
    for left_over in announced.values():
        rows.extend(_row_of_one_time(record) for record in left_over)
    return rows


def _started_by(resource: str | None, oldest_first: Sequence[_OpenStart]) -> _OpenStart:
    for start in oldest_first:
        if start.record.resource == resource:
            return start
    return oldest_first[0]


def _events(rows: Iterable[_Row]) -> list[Event]:
    of_case: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        of_case[row.case].append(row)
    events: list[Event] = []
    for case in sorted(of_case):
        ordered = sorted(of_case[case], key=lambda row: (row.start, row.end, row.source_row))
        for index, row in enumerate(ordered):
            waiting = waiting_before(row.start, [earlier.end for earlier in ordered[:index]])
            events.append(_event(row, index, waiting))
    return events


def _event(row: _Row, index: int, waiting: int) -> Event:
    return Event(
        case_id=row.case,
        event_index=index,
        activity=row.activity,
        start_time=row.start,
        end_time=row.end,
        has_duration=row.has_duration,
        is_open=row.is_open,
        enabled_time=row.enabled,
        waiting_seconds=seconds(waiting),
        processing_seconds=seconds(microseconds(row.start, row.end)),
        resource=row.resource,
        role=row.role,
        source_row=row.source_row,
        start_source_row=row.start_source_row,
    )
