"""Times in ISO 8601, compiled: for large files, where DuckDB would take five times as long.

What it reads means the same to DuckDB (`times.parsed`), a test compares them; what it does not read is left to DuckDB.
Compiled functions call only functions of this file and of `kernel`, because Numba's cache does not notice when
another file changes.
"""

# mypy: disable-error-code="assignment"
# (Compiled, an int and an np.int64 are the same.)

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bpa_assets.event_log.compiled.kernel import allocating_kernel, inner, word
from bpa_assets.event_log.compiled.text_buffers import text_buffers

NO_TIME = -(1 << 63)
_DAY = 86_400_000_000
# What is nearer to the years 1000 and 9999 than any offset is left to DuckDB.
_FIRST = -30_610_051_200_000_000
_LAST = 253_370_764_800_000_000


def iso_times(texts: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Texts (or a dictionary of texts) as timestamps, and whether each is a local time; None if any cannot be read."""
    if pa.types.is_dictionary(texts.type):
        read = iso_times(texts.dictionary)
        return read and (read[0].take(texts.indices), read[1].take(texts.indices).fill_null(True))
    buffer, ends = text_buffers(texts)
    times, is_local = np.empty(len(texts), np.int64), np.empty(len(texts), np.bool_)
    if not read_texts(buffer, ends, times, is_local):
        return None
    return pa.array(times, mask=times == NO_TIME).cast(pa.timestamp("us")), pa.array(is_local)


@inner
def _number(buf: NDArray[np.uint8], p: int, digits: int) -> int:  # pragma: no cover - compiled
    """Read the number of this many digits at `p`, or a negative one if there is anything else."""
    number = 0
    for i in range(p, p + digits):
        digit = int(buf[i]) - 48
        if digit < 0 or digit > 9:
            return -1
        number = number * 10 + digit
    return number


@inner
def _days(year: int, month: int, day: int) -> int:  # pragma: no cover - compiled
    """Days since 1970-01-01 in the Gregorian calendar, or NO_TIME if there is no such day."""
    if year < 1 or month < 1 or month > 12 or day < 1:
        return NO_TIME
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31
    if month == 2:
        length = 29 if leap else 28
    if day > length:
        return NO_TIME
    y = year if month > 2 else year - 1
    m = month - 3 if month > 2 else month + 9
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + day - 1 - 719468


@inner
def _offset(buf: NDArray[np.uint8], p: int, end: int) -> int:  # pragma: no cover - compiled
    """Minutes east of UTC of the zone that fills `buf[p:end]`, or NO_TIME."""
    n = end - p
    if n == 1 and buf[p] == 90:  # Z
        return 0
    if (n != 3 and n != 5 and n != 6) or (buf[p] != 43 and buf[p] != 45):
        return NO_TIME
    hours = _number(buf, p + 1, 2)
    minutes = 0
    if n == 5:
        minutes = _number(buf, p + 3, 2)
    elif n == 6:
        minutes = _number(buf, p + 4, 2) if buf[p + 3] == 58 else -1
    if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
        return NO_TIME
    east = hours * 60 + minutes
    return east if buf[p] == 43 else -east


@inner
def _date(buf: NDArray[np.uint8], p: int) -> int:  # pragma: no cover - compiled
    """Days since 1970-01-01 of the date that begins at `p`, or NO_TIME."""
    if buf[p + 4] != 45 or buf[p + 7] != 45:
        return NO_TIME
    return _days(_number(buf, p, 4), _number(buf, p + 5, 2), _number(buf, p + 8, 2))


@inner
def _clock(buf: NDArray[np.uint8], p: int, end: int) -> tuple[int, int, int]:  # pragma: no cover - compiled
    """Microseconds of the day, digits of the fraction, and where the zone begins, of what follows a date at `p`."""
    if end - p < 6 or buf[p + 3] != 58 or (buf[p] != 84 and buf[p] != 32):
        return NO_TIME, 0, end
    hour = _number(buf, p + 1, 2)
    minute = _number(buf, p + 4, 2)
    second = 0
    micros = 0
    digits = 0
    p += 6
    if end - p >= 3 and buf[p] == 58:
        second = _number(buf, p + 1, 2)
        p += 3
        if p < end and (buf[p] == 46 or buf[p] == 44):
            if buf[p] == 44:
                digits = 100  # a decimal comma
            p += 1
            scale = 100_000
            first = p
            while p < end and 48 <= buf[p] <= 57:
                micros += scale * (int(buf[p]) - 48)
                scale //= 10
                p += 1
            if p == first:
                return NO_TIME, 0, end
            digits += p - first
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 59:
        return NO_TIME, 0, end
    return (hour * 60 + minute) * 60_000_000 + second * 1_000_000 + micros, digits, p


@allocating_kernel
def read_times(
    buf: NDArray[np.uint8], slots: NDArray[np.int32], starts: NDArray[np.int32], ends: NDArray[np.int32],
    is_time: NDArray[np.bool_], times: NDArray[np.int64],
) -> None:  # fmt: skip # pragma: no cover - compiled
    """Read the values of the columns in `is_time` into `times` (UTC); a zone must be written.

    A column with a value that is no time leaves `is_time`.
    """
    for i in range(slots.size):
        if is_time[slots[i]] and ends[i] > starts[i]:
            days = east = NO_TIME
            if ends[i] - starts[i] > 10:
                days = _date(buf, starts[i])
                time, _, zone = _clock(buf, starts[i] + 10, ends[i])
                if time != NO_TIME:
                    east = _offset(buf, zone, ends[i])
            if days == NO_TIME or east == NO_TIME:
                times[i] = NO_TIME
                is_time[slots[i]] = False
            else:
                times[i] = days * _DAY + time - east * 60_000_000


@inner
def _plain_offset(buf: NDArray[np.uint8], p: int, end: int) -> int:  # pragma: no cover - compiled
    """Minutes east of UTC of a zone written as Z or ±hh:mm, 0 where none is written, or NO_TIME."""
    if p == end:
        return 0
    if end - p != 6 and (end - p != 1 or buf[p] != 90):
        return NO_TIME
    return _offset(buf, p, end)


@allocating_kernel
def read_texts(
    buf: NDArray[np.uint8], ends: NDArray[np.int32], times: NDArray[np.int64], is_local: NDArray[np.bool_]
) -> bool:  # fmt: skip # pragma: no cover - compiled
    """Read text i, `buf[ends[i]:ends[i + 1]]`, into `times` (UTC if it has a zone, else local: `is_local`).

    An empty text is NO_TIME. Returns whether all others could be read.
    """
    year_month, tens, ones = np.uint64(0), np.uint8(0), np.uint8(0)
    days = NO_TIME
    for i in range(times.size):
        p = ends[i]
        end = ends[i + 1]
        times[i] = NO_TIME
        is_local[i] = True
        if end == p:
            continue
        if end - p < 10:
            return False
        # Most times are of the day of the one before: the same ten bytes need not be read again.
        if word(buf, p) != year_month or buf[p + 8] != tens or buf[p + 9] != ones:
            year_month, tens, ones = word(buf, p), buf[p + 8], buf[p + 9]
            days = _date(buf, p)
        time = 0
        digits = 0
        zone = end
        if end - p > 10:
            time, digits, zone = _clock(buf, p + 10, end)
        east = _plain_offset(buf, zone, end)
        if days == NO_TIME or time == NO_TIME or digits > 6 or east == NO_TIME:
            return False
        times[i] = days * _DAY + time - east * 60_000_000
        is_local[i] = zone == end
        if times[i] < _FIRST or times[i] > _LAST:
            return False
    return True
