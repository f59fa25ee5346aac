"""The table `waiting_time_of_week`: in which hours of the week the waiting before each activity begins.

That is when the work was handed on and left lying, which says what an hour costs: what comes on Friday afternoon waits
for Monday. When a row was begun tells only who works when. Definition: docs/contracts.md, fct_waiting_by_hour.
"""

import pyarrow as pa

from bpa_assets.bottlenecks.row_groups import RowGroups
from bpa_assets.bottlenecks.work_rows import WorkRows, texts_of
from bpa_assets.event_log.zones import utc_to_local

_HOUR = 3_600_000_000
_THURSDAY = 3
"""The weekday on which 1970 began, from Monday."""


def waiting_by_hour(rows: WorkRows, *, zone: str) -> pa.Table:
    """Rows and waiting by activity, weekday and hour, by the clocks of `zone`; by activity and time."""
    hours = utc_to_local(rows.start - rows.waiting, zone) // _HOUR
    hour_of_week = (hours + 24 * _THURSDAY) % 168
    groups = RowGroups.of(rows.activity, hour_of_week)
    count, total = groups.rows(), groups.total(rows.waiting)
    weekday, hour = hour_of_week[groups.row] // 24 + 1, hour_of_week[groups.row] % 24
    table = {
        "activity": texts_of(rows.activity[groups.row], rows.activities),
        "weekday": pa.array(weekday, pa.int32()),
        "hour": pa.array(hour, pa.int32()),
        "rows": count,
        "total_waiting_seconds": total,
        "mean_waiting_seconds": total / count,
    }
    return pa.table(table).sort_by([(name, "ascending") for name in ("activity", "weekday", "hour")])
