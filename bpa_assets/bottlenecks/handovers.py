"""The table `handovers`: who hands work on to whom, how long it lies in between, and how often it comes straight back.

Definitions: docs/contracts.md, "handover" and "ping-pong".
"""

import numpy as np
import pyarrow as pa

from bpa_assets.bottlenecks.row_groups import RowGroups
from bpa_assets.bottlenecks.work_rows import WorkRows, texts_of


def handover_table(rows: WorkRows) -> pa.Table:
    """Handovers by the resource that hands on and the one that takes over, the most frequent first."""
    source, target = rows.resource[:-1], rows.resource[1:]
    hands_over = (rows.case[1:] == rows.case[:-1]) & (source >= 0) & (target >= 0) & (source != target)
    at = np.flatnonzero(hands_over) + 1
    groups = RowGroups.of(rows.resource[at - 1], rows.resource[at])
    count, total = groups.rows(), groups.total(rows.waiting[at])
    before = at - 2  # −1 for the second row of the log
    comes_back = (before >= 0) & hands_over[before] & (rows.resource[before] == rows.resource[at])
    one = at[groups.row]
    table = {
        "source_resource": texts_of(rows.resource[one - 1], rows.resources),
        "target_resource": texts_of(rows.resource[one], rows.resources),
        "rows": count,
        "cases": groups.cases(rows.case[at]),
        "total_waiting_seconds": total,
        "mean_waiting_seconds": total / count,
        "ping_pong": np.bincount(groups.place[comes_back], minlength=len(count)),
    }
    names = [(name, "ascending") for name in ("source_resource", "target_resource")]
    return pa.table(table).sort_by([("rows", "descending"), *names])
