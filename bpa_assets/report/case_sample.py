"""A few cases of the frequent variants with their events, for a look at what is behind the figures.

Of a variant with more than three cases: the quickest, the middle and the slowest one. Who did it is carried, other
attributes of the log are not: they may be personal, and a report is passed on.
"""

from typing import TYPE_CHECKING, Any

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import RunTables

if TYPE_CHECKING:
    import duckdb

SHOWN_VARIANTS, SINGLE_VARIANTS = 50, 150
"""Of so many of the most frequent variants three cases are carried, and of so many after them the middle one."""

MOST_EVENTS = 200
"""Of a longer case the first ones are carried, and it is said how many there are."""

_MOST_OF_ALL = 8_000

_CASES = """
with sizes as (
    select number, count(*) as cases, count(*) filter (where not is_open) as closed
    from base where number < $variants group by number
),
ranked as (
    select
        number, case_id, started_at, cycle_time_seconds, is_open, events,
        row_number() over (partition by number order by is_open, cycle_time_seconds, case_id) as place
    from base where number < $variants
)
select ranked.*
from ranked join sizes using (number)
where (number < $shown and (cases <= 3 or place in (1, greatest(closed, 1)))) or place = (greatest(closed, 1) + 1) // 2
order by number, place
"""
_EVENTS = """
select case_id, event_index, activity, epoch_us(start_time), epoch_us(end_time), waiting_seconds, resource, len(imputed)
from read_parquet($files) as event_log semi join sampled using (case_id)
where event_index < $most
order by case_id, event_index
"""
_SECOND = 1e6


def sample_payload(tables: RunTables, connection: "duckdb.DuckDBPyConnection", index: dict[str, int]) -> dict[str, Any]:
    """`resources`: names; `cases`: variant, case_id, first start (epoch seconds), cycle time, open?, events, rows.

    A row: activity (by `index`), start and end in seconds since the case began, waiting, resource (or −1), imputed
    values.
    """
    import pyarrow as pa

    found = connection.execute(
        _CASES, {"variants": SHOWN_VARIANTS + SINGLE_VARIANTS, "shown": SHOWN_VARIANTS}
    ).fetchall()
    cases = _within(found)
    connection.register("sampled", pa.table({"case_id": pa.array([case[1] for case in cases], pa.string())}))
    wanted = {"files": tables.paths("event_log"), "most": MOST_EVENTS}
    rows: dict[str, list[list[Any]]] = {}
    resources: dict[str, int] = {}
    for case_id, _, activity, start, end, waiting, resource, imputed in connection.execute(_EVENTS, wanted).fetchall():
        who = -1 if resource is None else resources.setdefault(resource, len(resources))
        rows.setdefault(case_id, []).append([index[activity], start, end, compact(waiting), who, imputed])
    return {"resources": list(resources), "cases": [_case(case, rows[case[1]]) for case in cases]}


def _within(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The first of these cases that together have no more events than the page can hold."""
    taken, events = [], 0
    for case in found:
        events += min(case[5], MOST_EVENTS)
        if events > _MOST_OF_ALL:
            break
        taken.append(case)
    return taken


def _case(case: tuple[Any, ...], rows: list[list[Any]]) -> list[Any]:
    number, case_id, _, cycle, is_open, events, *_ = case
    began = rows[0][1]
    timed = [
        [activity, compact((start - began) / _SECOND), compact((end - began) / _SECOND), *rest]
        for activity, start, end, *rest in rows
    ]
    return [number, case_id, began / _SECOND, compact(cycle), is_open, events, timed]
