"""What is known of the cases of one chunk of the log, held compactly until all of the log has been seen.

A hundred million events are ten million cases: every eight bytes a case are 80 MB.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.process_model.event_chunks import Codes, EventChunk, Integers

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CasePart:
    """Some cases, a column a field. Times and durations in µs.

    The number of events and the last activity are those of the variant. `automated` is None without declared
    robots, `cost` (nan: unknown) if no cost is known; `ended` and `last_end` differ only where rows overlap.
    """

    case_id: pa.Array
    started: Integers
    ended: Integers
    last_end: Integers
    variant: Codes
    waiting: Integers
    handovers: Codes
    automated: Codes | None
    cost: npt.NDArray[np.float64] | None
    running: Flags
    over_limit: Flags
    attributes: Sequence[pa.Array]


def handovers(chunk: EventChunk, resource: Codes) -> Codes:
    """Consecutive rows of each case with known, different resources."""
    changes = np.zeros(len(resource), dtype=np.bool_)
    np.not_equal(resource[1:], resource[:-1], out=changes[1:])
    if int(resource.min()) < 0:
        changes[1:] &= (resource[1:] >= 0) & (resource[:-1] >= 0)
    changes[chunk.first] = False
    return rows_where(chunk, changes)


def rows_where(chunk: EventChunk, marks: Flags) -> Codes:
    """Marked rows of each case."""
    return np.asarray(np.add.reduceat(marks, chunk.first, dtype=np.int32))


def known_cost(chunk: EventChunk) -> npt.NDArray[np.float64] | None:
    """Sum of the known costs of each case, nan if none is known; None if no cost is known at all."""
    cost = chunk.columns["cost"]
    if cost.null_count == len(cost):
        return None
    values = cost.to_numpy(zero_copy_only=False).astype(np.float64)
    known = rows_where(chunk, ~np.isnan(values))
    return np.where(known > 0, np.add.reduceat(np.nan_to_num(values), chunk.first), np.nan)


def first_values(chunk: EventChunk, names: Sequence[str]) -> list[pa.Array]:
    """Columns that are constant within every case, a value a case."""
    first = pa.array(chunk.first)
    return [chunk.columns[name].take(first) for name in names]
