"""Many cases at one and the same instant."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from bpa_assets.event_log.quality.catalog import BATCH_BURSTS
from bpa_assets.event_log.quality.chance import is_no_chance
from bpa_assets.event_log.quality.filled_table import FilledTable
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.row_batches import HOUR, row_batches
from bpa_assets.event_log.quality.stored_log import EXAMPLES, Row, StoredLog

_MOSTLY = 0.9
_FEWEST_CASES = 10

_CANDIDATE = pa.schema([("case_code", pa.int32()), ("activity_code", pa.int32()), ("end_time", pa.timestamp("us"))])
# Many rows in full counters share them by chance only: fewer than ten of a time are dropped before cases are counted.
_BURSTS = """
create temp table burst as
with often as (
    select activity_code, end_time from candidate group by all having count(*) >= $fewest
)
select activity_code, end_time, count(distinct case_code) as cases, count(*) as rows
from candidate semi join often using (activity_code, end_time)
group by all
having cases >= $fewest
"""
_EXAMPLES = """
select source_file, source_row, case_id, activity, end_time::varchar as value
from event
where activity_code = $code and end_time = $time
order by file_row_number, file_index
limit $most
"""


def batch_bursts(log: StoredLog) -> Iterator[Issue]:
    """Rows of an activity that share their exact time with at least nine other cases, far more than chance gives.

    Dates and whole hours are left out: they are shared because they are not exact.
    """
    _find_bursts(log)
    by_code = {one["activity_code"]: one for one in log.rows("from activity")}
    bursts = log.rows("select * from burst order by rows desc, cases desc, end_time, activity_code")
    found = [one for one in bursts if is_no_chance(one["cases"], _at_one_instant(by_code[one["activity_code"]], log))]
    rows = sum(one["rows"] for one in found)
    if rows:
        most = found[0]
        told = (
            f"{rows:,} events share their exact time with at least nine other cases of the activity; most: "
            f"{most['cases']:,} cases of '{by_code[most['activity_code']]['activity']}' at {most['end_time']}"
        )
        examples = log.examples(_EXAMPLES, code=most["activity_code"], time=most["end_time"], most=EXAMPLES)
        yield Issue(BATCH_BURSTS, "end_time", rows, log.total["rows"], told, examples)


def _find_bursts(log: StoredLog) -> None:
    """Make the temp table `burst`: only rows in full counters can be of one, so a second look at the log is short."""
    counters = log.one_pass.instants
    full = counters.is_full(_FEWEST_CASES)
    candidates = FilledTable(log.connection, "candidate", _CANDIDATE)
    for rows in row_batches(log.files, _CANDIDATE.names) if full.any() else ():
        of = np.flatnonzero(full[counters.of_instants(rows.activity, rows.end)])
        of = of[rows.end[of] % HOUR != 0]
        candidates.add([rows["case_code"][of], rows.activity[of], rows.end[of]])
    candidates.close()
    log.connection.execute(_BURSTS, {"fewest": _FEWEST_CASES})


def _at_one_instant(one: Row, log: StoredLog) -> float:
    """Rows of an activity that chance puts on one instant of its busiest hour: all of a day's within four hours."""
    days = max(len(log.days), 1)
    instants = 4 * 60 if one["end_minutes"] >= _MOSTLY * one["n"] else 4 * 3600
    return float(one["n"]) / days / instants
