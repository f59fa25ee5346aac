"""One site, simulated: its orders, the plan of their steps, who did them when, up to the export.

A log is made site by site, so memory stays that of one. How rows are written, dirtied and explained stays out.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.event_log.demo import cases as attributes
from bpa_assets.event_log.demo.arrivals import arrivals
from bpa_assets.event_log.demo.calendars import pick_ups, staff
from bpa_assets.event_log.demo.cases import Orders, orders
from bpa_assets.event_log.demo.paths import Plan, plan
from bpa_assets.event_log.demo.process import DAY, NAMES, PICK_UP, POOLS, START
from bpa_assets.event_log.demo.queues import Timetable, timetable

Integers = npt.NDArray[np.int64]

DAYS_AFTER = 6
"""Days from the last week of arrivals to the export: even over Easter every order has been received by then."""

_PEOPLE = [(person, pool.role, not pool.hours) for pool in POOLS for person in pool.people]


@dataclass(frozen=True)
class Site:
    """What happened at one site. `rows`: the tasks that ended before the export, in the order of their start, then end.

    `number` from 0; `first_case`: cases before this site's; case, activity and person in the columns are numbers.
    """

    number: int
    first_case: int
    weeks: int
    orders: Orders
    plan: Plan
    times: Timetable
    rows: Integers

    @property
    def case(self) -> Integers:
        """The case of each row."""
        return np.asarray(self.plan.case[self.rows])

    @property
    def activity(self) -> Integers:
        """The activity of each row."""
        return np.asarray(self.plan.activity[self.rows])


def export_second(weeks: int) -> int:
    """When the log was exported, in seconds since day 0."""
    return (weeks * 7 + DAYS_AFTER) * DAY


def simulate_site(number: int, first_case: int, cases: int, weeks: int, *, seed: int, compiled: bool) -> Site:
    """Draw the orders of a site and let its people work."""
    random = np.random.default_rng([seed, number])
    arrived = arrivals(cases, weeks, random)
    drawn = orders(cases, random)
    planned = plan(drawn, random)
    days = weeks * 7 + DAYS_AFTER
    times = timetable(planned, arrived, staff(days), pick_ups(PICK_UP, days), compiled=compiled)
    seen = np.flatnonzero(times.end <= export_second(weeks))
    rows = seen[np.lexsort((times.end[seen], times.start[seen]))]
    return Site(number, first_case, weeks, drawn, planned, times, rows)


def log_table(site: Site) -> pa.Table:
    """The rows of the log: texts, times (seconds, UTC, naive) and order_value."""
    case, person = site.case, site.times.person[site.rows]
    suffix = f" ({site.number + 1})" if site.number else ""
    columns = {
        "case_id": case_ids(site, case),
        "activity": _named(site.activity, NAMES),
        "start_time": moments(site.times.start[site.rows]),
        "end_time": moments(site.times.end[site.rows]),
        "resource": _named(person, [f"{name}{suffix}" for name, _, _ in _PEOPLE]),
        "role": _named(person, [role for _, role, _ in _PEOPLE]),
        "order_value": pa.array(site.orders.value[case]),
    }
    named = {name: _named(codes[case], attributes.NAMES[name]) for name, codes in site.orders.codes.items()}
    return pa.table(columns | named)


def waits_table(site: Site) -> pa.Table:
    """Why each row waited, as it was simulated: when it was enabled, and the seconds of each cause."""
    times = Timetable(*(getattr(site.times, field.name)[site.rows] for field in fields(Timetable)))
    columns = {
        "case_id": case_ids(site, site.case),
        "activity": _named(site.activity, NAMES),
        "enabled_time": moments(times.enabled),
        "extraneous_seconds": pa.array(times.ready - times.enabled),
        "batching_seconds": pa.array(times.queued - times.ready),
        "unavailability_seconds": pa.array(times.staffed - times.queued),
        "contention_seconds": pa.array(times.start - times.staffed),
    }
    return pa.table(columns)


def case_ids(site: Site, case: Integers) -> pa.Array:
    """The names of cases of this site."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise("O-", pc.cast(pa.array(site.first_case + case + 1), pa.string()), "")


def moments(seconds: Integers) -> pa.Array:
    """Seconds since day 0 as times."""
    return pa.array(START.astype("datetime64[s]") + seconds.astype("timedelta64[s]"))


def _named(codes: Integers, names: "list[str] | tuple[str, ...]") -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(names))).cast(pa.string())
