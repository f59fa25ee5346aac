"""The table `rework`: which activities are done again within a case, how, and what that takes.

Definition: docs/contracts.md, "rework".
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.bottlenecks.row_groups import RowGroups
from bpa_assets.bottlenecks.work_rows import WorkRows, texts_of

KINDS = ("repeated at once", "returned to")


def rework_table(rows: WorkRows) -> pa.Table:
    """Repetitions by activity and kind (KINDS): cases, rows, and the processing and waiting of these rows."""
    again = np.flatnonzero(_seen_before(rows))
    kind = (rows.activity[again] != rows.activity[again - 1]).astype(np.int64)
    groups = RowGroups.of(rows.activity[again], kind)
    table = {
        "activity": texts_of(rows.activity[again][groups.row], rows.activities),
        "kind": texts_of(kind[groups.row], KINDS),
        "cases": groups.cases(rows.case[again]),
        "rows": groups.rows(),
        "processing_seconds": groups.total(rows.processing[again]),
        "waiting_seconds": groups.total(rows.waiting[again]),
    }
    return pa.table(table).sort_by([("activity", "ascending"), ("kind", "ascending")])


def _seen_before(rows: WorkRows) -> npt.NDArray[np.bool_]:
    """Rows whose activity was seen before in the case; such a row is never the first one of its case."""
    together = rows.case.astype(np.int64) * len(rows.activities) + rows.activity
    order = np.argsort(together, kind="stable")
    seen = np.zeros(len(together), np.bool_)
    seen[order[1:]] = together[order[1:]] == together[order[:-1]]
    return seen
