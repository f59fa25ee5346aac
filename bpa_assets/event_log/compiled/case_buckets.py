"""The bucket of each case, compiled: a number that depends on the text of the case alone."""

# mypy: disable-error-code="assignment"
# (Compiled, an int and an np.int64 are the same.)

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bpa_assets.event_log.compiled.kernel import allocating_kernel
from bpa_assets.event_log.compiled.text_buffers import text_buffers


def case_buckets(cases: pa.Array, buckets: int) -> NDArray[np.uint16]:
    """Texts (or a dictionary of texts) to numbers below `buckets`; the same text has the same one in every file."""
    if pa.types.is_dictionary(cases.type):
        of_text = np.append(case_buckets(cases.dictionary, buckets), np.uint16(0))
        return np.asarray(of_text[cases.indices.fill_null(-1).to_numpy()])
    found = np.empty(len(cases), np.uint16)
    _place(*text_buffers(cases), found, buckets)
    return found


@allocating_kernel
def _place(
    buf: NDArray[np.uint8], ends: NDArray[np.int32], found: NDArray[np.uint16], buckets: int
) -> None:  # fmt: skip # pragma: no cover - compiled
    """FNV-1a over the bytes, its high bits mixed in: cases are often numbers in a row."""
    for i in range(found.size):
        h = np.uint64(0xCBF29CE484222325)
        for p in range(ends[i], ends[i + 1]):
            h = (h ^ np.uint64(buf[p])) * np.uint64(0x100000001B3)
        h ^= h >> np.uint64(32)
        found[i] = h % np.uint64(buckets)
