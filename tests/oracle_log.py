"""What the oracle works on: records as a source gives them, events as the contract wants them, exact arithmetic.

Durations are whole microseconds and means and quantiles are fractions; they become floating seconds only in the cell
that is compared. Add here what both the pairing and the tables need; definitions of columns stay out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Record:
    """One source record, its columns already mapped; times are naive UTC; `row` is 1-based in its file.

    A record with a single time has it in `end`, with `start` None.
    """

    row: int
    case: str | None
    activity: str | None
    start: datetime | None = None
    end: datetime | None = None
    lifecycle: str | None = None
    instance: str | None = None
    resource: str | None = None
    role: str | None = None
    enabled: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """One row of event_log: its fixed columns, without cost, imputed, source_file and the codes."""

    case_id: str
    event_index: int
    activity: str
    start_time: datetime
    end_time: datetime
    has_duration: bool
    is_open: bool
    enabled_time: datetime | None
    waiting_seconds: float
    processing_seconds: float
    resource: str | None
    role: str | None
    source_row: int
    start_source_row: int | None


def microseconds(earlier: datetime, later: datetime) -> int:
    """Whole microseconds from `earlier` to `later`; negative when reversed."""
    return (later - earlier) // timedelta(microseconds=1)


def seconds(duration: int | Fraction) -> float:
    """Microseconds as floating seconds: the last step of every duration."""
    return float(Fraction(duration) / 1_000_000)


def mean(values: Sequence[int]) -> Fraction:
    """Give the exact mean of at least one value."""
    return Fraction(sum(values), len(values))


def quantile(values: Sequence[int], share: Fraction) -> Fraction:
    """Give the continuous quantile: linear between the two values around position share × (n − 1).

    What SQL calls PERCENTILE_CONT. Exact, so give `share` exactly: Fraction(9, 10), not 0.9.
    """
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    if below == len(ordered) - 1:
        return Fraction(ordered[below])
    return ordered[below] + (position - below) * (ordered[below + 1] - ordered[below])


def waiting_before(start: datetime, earlier_ends: Sequence[datetime]) -> int:
    """Give the wait of a row in microseconds: start less the greatest end of all earlier rows, at least 0.

    The first row of a case has not waited.
    """
    if not earlier_ends:
        return 0
    return max(0, microseconds(max(earlier_ends), start))
