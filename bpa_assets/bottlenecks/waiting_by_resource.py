"""The table `waiting_by_resource`: how long work took with each resource, and waited for it.

Definition: docs/contracts.md, fct_waiting_by_resource. Whether a resource was to blame is a question of causes.
"""

import pyarrow as pa

from bpa_assets.bottlenecks.row_groups import RowGroups
from bpa_assets.bottlenecks.work_rows import WorkRows, texts_of


def waiting_by_resource(rows: WorkRows) -> pa.Table:
    """Rows, processing and waiting by activity, resource and role; the most waited for of an activity first."""
    groups = RowGroups.of(rows.activity, rows.resource, rows.role)
    count = groups.rows()
    table = {
        "activity": texts_of(rows.activity[groups.row], rows.activities),
        "resource": texts_of(rows.resource[groups.row], rows.resources),
        "role": texts_of(rows.role[groups.row], rows.roles),
        "rows": count,
    }
    for kind, micros in (("processing", rows.processing), ("waiting", rows.waiting)):
        total = groups.total(micros)
        table |= {
            f"total_{kind}_seconds": total,
            f"mean_{kind}_seconds": total / count,
            f"median_{kind}_seconds": groups.median(micros),
        }
    order = [("total_waiting_seconds", "descending"), ("resource", "ascending"), ("role", "ascending")]
    return pa.table(table).sort_by([("activity", "ascending"), *order])
