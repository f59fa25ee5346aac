"""Why each row waited, by plain loops over steps of 20 minutes: slow, obvious, and written from docs/contracts.md.

Times are whole steps since Monday 0:00; add nothing here that the contract does not say.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

STEPS_AN_HOUR = 3


@dataclass(frozen=True)
class Row:
    """One row of a log, of which everything is known."""

    activity: int
    resource: int
    team: int
    enabled: int
    start: int
    end: int


OnDuty = Callable[[int, int], bool]
"""Whether a resource is on duty in the step that begins at a time."""


def causes(rows: Sequence[Row], on_duty: OnDuty) -> list[Counter[str]]:
    """Steps by cause, row by row."""
    complete = _complete(rows, on_duty)
    return [
        Counter(_cause(rows, row, ready, time, on_duty) for time in range(row.enabled, row.start))
        for row, ready in zip(rows, complete, strict=True)
    ]


def _cause(rows: Sequence[Row], row: Row, ready: int, time: int, on_duty: OnDuty) -> str:
    if time < ready:
        return "batching"
    others = [one for one in rows if one.resource == row.resource and one.start <= time < one.end]
    if any(one.enabled <= ready for one in others):
        return "contention"
    if others:
        return "prioritization"
    return "extraneous" if on_duty(row.resource, time) else "unavailability"


def _complete(rows: Sequence[Row], on_duty: OnDuty) -> list[int]:
    works = [one for one in rows if one.end > one.start]
    held: dict[int, int] = {}
    together: list[int] = []
    in_a_row = _in_a_row(works)
    for number, row in enumerate(rows):
        mates = [
            one.enabled
            for one in works
            if (one.activity, one.resource, one.start) == (row.activity, row.resource, row.start)
        ]
        together.append(max(mates, default=row.enabled) if row.end > row.start else row.enabled)
        until = in_a_row.get(id(row), row.enabled)
        duty = [time for time in range(row.enabled, until) if on_duty(row.resource, time)]
        free = [time for time in duty if not _busy(rows, row.resource, time)]
        if until > together[-1] and len(free) >= row.end - row.start and 2 * len(free) >= len(duty):
            held[number] = until
    doing = Counter((row.activity, row.resource) for row in rows)
    doing_held = Counter((rows[number].activity, rows[number].resource) for number in held)
    return [
        held[number]
        if number in held
        and 4 * doing_held[row.activity, row.resource] >= doing[row.activity, row.resource]
        else together[number]
        for number, row in enumerate(rows)
    ]  # fmt: skip


def _busy(rows: Sequence[Row], resource: int, time: int) -> bool:
    return any(one.resource == resource and one.start <= time < one.end for one in rows)


def _in_a_row(works: Sequence[Row]) -> dict[int, int]:
    """When the sequence of each row was complete."""
    sequences: list[list[Row]] = []
    for key in {(row.activity, row.team) for row in works}:
        members = sorted(
            (row for row in works if (row.activity, row.team) == key), key=lambda row: (row.start, row.end)
        )
        last_end = None
        for row in members:
            if last_end is None or row.start > last_end or row.enabled > sequences[-1][-1].start:
                sequences.append([])
            sequences[-1].append(row)
            last_end = max(row.end, last_end or row.end)
    found = {}
    for sequence in sequences:
        first = sequence[0].start
        complete = max(row.enabled for row in sequence if row.enabled <= first)
        if _by_clock(sequence[0], sequences, works):
            complete = first
        found |= {id(row): max(row.enabled, complete) for row in sequence}
    return found


def _by_clock(first: Row, sequences: Sequence[Sequence[Row]], works: Sequence[Row]) -> bool:
    day = 24 * STEPS_AN_HOUR
    begins = [one[0].start % day for one in sequences if one[0].activity == first.activity]
    ends = [one.end % day for one in works if one.activity == first.activity]
    same = begins.count(first.start % day)
    return same >= 5 and 5 * same >= len(begins) and 5 * ends.count(first.start % day) < len(ends)
