"""How long a row waited: the one place where waiting is computed, for the log and for all that is counted from it.

Definition: docs/contracts.md, "waiting of a row".
"""

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


def waiting(case: Integers, start: Integers, end: Integers) -> Integers:
    """µs between the greatest end of all earlier rows of the case and the start, at least 0; 0 for the first row.

    Rows are sorted by case.
    """
    if not len(case):
        return start
    waits = np.zeros_like(start)
    np.subtract(start[1:], greatest_end(case, end)[:-1], out=waits[1:])
    np.maximum(waits, 0, out=waits)
    waits[1:][case[1:] != case[:-1]] = 0
    return waits


def greatest_end(case: Integers, end: Integers) -> Integers:
    """The greatest end so far within the case, the row itself included."""
    same = case[1:] == case[:-1]
    if np.all((end[1:] >= end[:-1]) | ~same):
        return end  # nothing overlaps: most logs, and no need for the ranks
    # Cases ascend, so case and end in one number make the running maximum start anew with each case.
    ordinal = np.cumsum(np.r_[0, ~same])
    least = int(end.min())
    span = int(end.max()) - least + 1
    if int(ordinal[-1] + 1) * span < 1 << 63:
        lift = ordinal * span - least
        return np.asarray(np.maximum.accumulate(end + lift) - lift)
    # They do not fit into one number: the rank of the end stands for it, at 15 times the cost.
    values, rank = np.unique(end, return_inverse=True)
    greatest = np.maximum.accumulate(ordinal * len(values) + rank)
    return np.asarray(values[greatest - ordinal * len(values)])


def preceding_row(case: Integers, end: Integers) -> Integers:
    """Index of the earlier row of the case with the greatest end (of equal ends the latest); −1 for the first row."""
    if not len(case):
        return case
    same = np.r_[False, case[1:] == case[:-1]]
    rows = np.arange(len(case))
    is_greatest = end == greatest_end(case, end)
    # The running maximum of row numbers is the latest row that held the greatest end; cases ascend with the rows.
    latest = np.maximum.accumulate(np.where(is_greatest, rows, 0))
    return np.where(same, np.r_[0, latest[:-1]], -1)
