"""Numbers as most files write them, compiled: for large files, where DuckDB would take ten times as long.

What it reads is the same number to DuckDB, to the last bit (a test compares them); what it does not read, such as an
exponent, is left to DuckDB. Compiled functions call only functions of this file and of `kernel`.
"""

# mypy: disable-error-code="assignment"
# (Compiled, an int and an np.int64 are the same.)

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bpa_assets.event_log.compiled.kernel import allocating_kernel, inner
from bpa_assets.event_log.compiled.text_buffers import text_buffers

# So many digits are below 2^53, and the quotient of two doubles that are exact is the nearest double (Clinger 1990).
_DIGITS = 15
_POWERS: NDArray[np.float64] = np.power(10.0, np.arange(_DIGITS + 1, dtype=np.float64))


def plain_numbers(texts: pa.Array, *, whole: bool) -> pa.Array | None:
    """Texts (or a dictionary of texts) as DOUBLE, or as BIGINT if `whole`; None if any of them is not read here."""
    if pa.types.is_dictionary(texts.type):
        read = plain_numbers(texts.dictionary, whole=whole)
        return None if read is None else read.take(texts.indices)
    buffer, ends = text_buffers(texts)
    values, is_absent = np.empty(len(texts), np.float64), np.empty(len(texts), np.bool_)
    if not _read(buffer, ends, values, is_absent, whole, _POWERS):
        return None
    return pa.array(values.astype(np.int64) if whole else values, mask=is_absent)


@inner
def _number(
    buf: NDArray[np.uint8], p: int, end: int, whole: bool, powers: NDArray[np.float64]
) -> float:  # fmt: skip # pragma: no cover - compiled
    """The number that fills `buf[p:end]` without a leading zero, or nan."""
    negative = buf[p] == 45
    if negative:
        p += 1
    if end - p > _DIGITS + 1 or p == end or (buf[p] == 48 and p + 1 < end and buf[p + 1] != 46):
        return np.nan
    number = 0
    digits = 0
    point = -1
    while p < end:
        digit = int(buf[p]) - 48
        if 0 <= digit <= 9:
            number = number * 10 + digit
            digits += 1
        elif buf[p] == 46 and point < 0 and digits > 0 and p + 1 < end and not whole:
            point = digits
        else:
            return np.nan
        p += 1
    if digits > _DIGITS or (negative and number == 0):
        return np.nan
    value = float(number)
    if point >= 0:
        value /= powers[digits - point]
    return -value if negative else value


@allocating_kernel
def _read(
    buf: NDArray[np.uint8], ends: NDArray[np.int32], values: NDArray[np.float64], is_absent: NDArray[np.bool_],
    whole: bool, powers: NDArray[np.float64],
) -> bool:  # fmt: skip # pragma: no cover - compiled
    """Read text i, `buf[ends[i]:ends[i + 1]]`, into `values`; an empty one is absent. Whether all could be read."""
    for i in range(values.size):
        is_absent[i] = ends[i] == ends[i + 1]
        values[i] = 0.0
        if not is_absent[i]:
            values[i] = _number(buf, ends[i], ends[i + 1], whole, powers)
            if np.isnan(values[i]):
                return False
    return True
