"""What the values of a XES log mean, compiled: the dictionary of the distinct texts of each column.

Add here what has to look at every value of a large log. Where the values lie is found in `tokens`; numbers and
booleans are read from the distinct texts alone, by Arrow, in `columns`. Compiled functions call only functions
of this file and of `kernel`, because Numba's cache does not notice when another file changes.
"""

# mypy: disable-error-code="assignment"
# (Compiled, an int and an np.int64 are the same.)

import numpy as np
from numpy.typing import NDArray

from bpa_assets.event_log.compiled.iso_times import NO_TIME
from bpa_assets.event_log.compiled.kernel import allocating_kernel, inner, word

MAX_PROBES = 256


@inner
def _same(a: NDArray[np.uint8], i: int, b: NDArray[np.uint8], j: int, n: int) -> bool:  # pragma: no cover - compiled
    """Whether n > 0 bytes are the same; both arrays must have eight more."""
    k = 0
    while k + 8 < n:
        if word(a, i + k) != word(b, j + k):
            return False
        k += 8
    return bool((word(a, i + k) ^ word(b, j + k)) << np.uint64(8 * (8 - n + k)) == 0)


@allocating_kernel
def fill_cells(  # noqa: C901
    buf: NDArray[np.uint8], slots: NDArray[np.int32], rows: NDArray[np.int32], starts: NDArray[np.int32],
    ends: NDArray[np.int32], of_event: NDArray[np.uint8], trace_first: NDArray[np.int32], trace_end: NDArray[np.int32],
    is_time: NDArray[np.bool_], times: NDArray[np.int64], seed: np.uint64, base: int,
    table: NDArray[np.int32], entries: int, entry_slot: NDArray[np.int32], entry_code: NDArray[np.int32],
    entry_at: NDArray[np.int32], texts: NDArray[np.uint8], distinct: NDArray[np.int32], cells: NDArray[np.int64],
) -> int:  # fmt: skip # pragma: no cover - compiled
    """Write each token's time, or the code of its text within its column, to `cells[column, base + row]`.

    The value of a case column goes to all events of its trace. Of several values the last one wins; an empty text
    is no value. An entry is a distinct text of a column: its bytes are copied to
    `texts[entry_at[e]:entry_at[e + 1]]`, `distinct` counts the entries of each column. Texts are told apart by
    their bytes, the hash only says where to look. Returns the number of entries, or -1 when so many texts have one
    hash that a dictionary proof against that (Python's) has to be used.
    """
    recent = np.full(distinct.size, -1, np.int32)
    mask = np.uint64(table.size - 1)
    for i in range(slots.size):
        slot = slots[i]
        start = starts[i]
        n = ends[i] - start
        if n == 0:
            value = NO_TIME
        elif is_time[slot]:
            value = times[i]
        else:
            entry = np.int64(recent[slot])
            found = False
            if entry >= 0 and entry_at[entry + 1] - entry_at[entry] == n:
                found = _same(texts, entry_at[entry], buf, start, n)
            if not found:
                h = seed + np.uint64(slot) * np.uint64(0xD6E8FEB86659FD93)
                for j in range(0, n, 8):
                    w = word(buf, start + j)
                    if n - j < 8:
                        w <<= np.uint64(8 * (8 - n + j))
                    h = (h ^ w) * np.uint64(0x9E3779B97F4A7C15)
                    h ^= h >> np.uint64(32)
                at = np.int64(h & mask)
                probes = 0
                while not found:
                    entry = np.int64(table[at])
                    if entry < 0:
                        entry = entries
                        table[at] = entry
                        entry_slot[entry] = slot
                        entry_code[entry] = distinct[slot]
                        other = entry_at[entry]
                        for k in range(n):
                            texts[other + k] = buf[start + k]
                        entry_at[entry + 1] = other + n
                        distinct[slot] += 1
                        entries += 1
                        found = True
                    elif entry_slot[entry] == slot and entry_at[entry + 1] - entry_at[entry] == n:
                        found = _same(texts, entry_at[entry], buf, start, n)
                    if not found:
                        probes += 1
                        if probes == MAX_PROBES:
                            return -1
                        at = (at + 1) & (table.size - 1)
                recent[slot] = entry
            value = np.int64(entry_code[entry])
        if of_event[slot]:
            cells[slot, base + rows[i]] = value
        else:
            for row in range(base + trace_first[rows[i]], base + trace_end[rows[i]]):
                cells[slot, row] = value
    return entries


@allocating_kernel
def gather_texts(
    entry_slot: NDArray[np.int32], entry_code: NDArray[np.int32], entry_at: NDArray[np.int32],
    texts: NDArray[np.uint8], first: NDArray[np.int64], offsets: NDArray[np.int32],
) -> NDArray[np.uint8]:  # fmt: skip # pragma: no cover - compiled
    """Copy the distinct texts together, column by column in the order of their codes.

    `first[column]` is the position of its code 0. `offsets` (one longer than there are entries) receives where each
    text begins in the bytes that are returned.
    """
    n = entry_slot.size
    offsets[0] = 0
    for e in range(n):
        offsets[first[entry_slot[e]] + entry_code[e] + 1] = entry_at[e + 1] - entry_at[e]
    for e in range(n):
        offsets[e + 1] += offsets[e]
    gathered = np.empty(offsets[n], np.uint8)
    for e in range(n):
        at = offsets[first[entry_slot[e]] + entry_code[e]]
        for j in range(entry_at[e], entry_at[e + 1]):
            gathered[at] = texts[j]
            at += 1
    return gathered
