"""Times of simulated cases, compiled: one pass over the rows, which are far wider than what is asked of them."""

import numpy as np

from bpa_assets.event_log.compiled.kernel import allocating_kernel
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.simulation.prepared import Records

_FEW = 64  # rows that are sorted by moving each to its place: those of a case are nearly in order


@allocating_kernel
def case_times(rows: Records, first: Ints, ended: Floats, worked: Floats) -> None:
    """Fill in when each case ended, and the seconds in which somebody worked on it: the union of its steps."""
    order = np.empty(_FEW, np.int64)
    for case in range(len(first) - 1):
        low, high = first[case], first[case + 1]
        if high - low > _FEW:
            order = low + np.argsort(rows["start"][low:high])
        else:
            for row in range(low, high):
                at = row - low
                while at > 0 and rows[order[at - 1]].start > rows[row].start:
                    order[at] = order[at - 1]
                    at -= 1
                order[at] = row
        until, total = -np.inf, 0.0
        for at in range(high - low):
            start, end = rows[order[at]].start, rows[order[at]].end
            if end > until:
                total += end - max(start, until)
                until = end
        ended[case], worked[case] = until, total
