"""What is planted in a demo log, written beside it; docs/demo_log.md describes the files.

Collects figures site by site, so memory stays bounded. Write here the truth of every trait that is added; how a trait
comes about stays out.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.event_log.demo import arrivals, dirt
from bpa_assets.event_log.demo import process as planted
from bpa_assets.event_log.demo.calendars import staff
from bpa_assets.event_log.demo.paths import BRANCHES
from bpa_assets.event_log.demo.process import ACTIVITIES, CODE, DAY, NAMES, POOLS, START
from bpa_assets.event_log.demo.site import DAYS_AFTER, Site, case_ids, export_second

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CAUSES = ("extraneous", "batching", "unavailability", "contention")
LISTED_CASES = 5_000
"""Up to so many cases, the affected cases and rows are listed in the JSON too."""


@dataclass
class Truth:
    """Figures of the sites so far."""

    cases: int
    seed: int
    weeks: int = 0
    sites: int = 0
    rows: int = 0
    open_cases: int = 0
    clean_rows: Counter[str] = field(default_factory=Counter)
    waited: Integers = field(default_factory=lambda: np.zeros((len(NAMES), len(CAUSES)), dtype=np.int64))
    worked: Integers = field(default_factory=lambda: np.zeros(len(NAMES), dtype=np.int64))
    counts: Counter[str] = field(default_factory=Counter)
    exceptions: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    fault_rows: dict[str, set[int]] = field(default_factory=dict)

    def add(self, site: Site, rows: int) -> None:
        """The figures of one site, which wrote so many rows."""
        self.sites, self.rows, self.weeks = self.sites + 1, self.rows + rows, site.weeks
        times, activity = site.times, site.activity
        moments = (times.enabled, times.ready, times.queued, times.staffed, times.start)
        for cause, (before, after) in enumerate(pairwise(moments)):
            self.waited[:, cause] += _sums(activity, (after - before)[site.rows])
        self.worked += _sums(activity, (times.end - times.start)[site.rows])
        self.clean_rows.update(dict(zip(NAMES, np.bincount(activity, minlength=len(NAMES)).tolist(), strict=True)))
        self.counts["batches"] += len(np.unique(times.queued[site.rows][activity == CODE[planted.BATCHING]]))
        self._rule(site)
        self._service_level(site)

    def add_faults(self, records: pa.Table) -> None:
        """What was made dirty at one site."""
        kinds, rows = records["kind"].to_pylist(), records["row"].to_pylist()
        self.faults.update(kinds)
        if self.cases <= LISTED_CASES:
            for kind, row in zip(kinds, rows, strict=True):
                if row is not None and kind != "whole_day_time":
                    self.fault_rows.setdefault(kind, set()).add(row)

    def _rule(self, site: Site) -> None:
        """Second approvals among the cases that went on after the decision."""
        decided, second = _with(site, "Check stock"), _with(site, "Second approval")
        under = site.orders.under_rule
        self.counts["decided"] += int(decided.sum())
        self.counts["under_rule"] += int((decided & under).sum())
        self.counts["rule_kept"] += int((decided & (under == second)).sum())
        if self.cases <= LISTED_CASES:
            self.exceptions += case_ids(site, np.flatnonzero(decided & (under != second))).to_pylist()

    def _service_level(self, site: Site) -> None:
        """Closed cases that took longer than promised, with and without the supplier."""
        closed = _with(site, "Receive payment") | _with(site, "Cancel order")
        supplied = _with(site, "Order from supplier")
        late = np.zeros(len(closed), dtype=bool)
        late[_cycle(site) > planted.SLA_DAYS * DAY] = True
        self.open_cases += int((~closed).sum())
        for name, some in (("supplied", supplied), ("in_stock", ~supplied)):
            self.counts[name] += int((closed & some).sum())
            self.counts[f"{name}_late"] += int((closed & some & late).sum())

    def as_dict(self) -> dict[str, Any]:
        """All of it, as it is written."""
        return {
            "about": "What is planted in this generated log; docs/demo_log.md describes it.",
            "cases": self.cases,
            "open_cases": self.open_cases,
            "rows": self.rows,
            "seed": self.seed,
            "sites": self.sites,
            "first_day": str(START),
            "exported_at": _moment(export_second(self.weeks)),
            "planted": self._planted(),
            "waiting": [self._waiting(name) for name in NAMES],
            "calendars": _calendars(),
            "holidays": list(planted.HOLIDAYS),
            "dirt": self._dirt(),
        }

    def _planted(self) -> dict[str, Any]:
        return {
            "bottleneck": {
                **self._waiting(planted.BOTTLENECK),
                "reason": "unavailability: the sales managers approve on Tuesdays and Thursdays from 9 to 12 only",
            },
            "batching": {
                **self._waiting(planted.BATCHING),
                "reason": "the carrier comes on Mondays, Wednesdays and Fridays at 15:00; all that is packed goes then",
                "weekdays": list(planted.PICK_UP.weekdays),
                "second_of_day": planted.PICK_UP.opens,
                "batches": self.counts["batches"],
            },
            "contention": self._contention(),
            "decision_rule": self._decision(),
            "exact_rule": {
                "condition": f"region = '{planted.CUSTOMS_REGION}'",
                "activity": "Prepare customs papers",
                "noise": 0.0,
            },
            "parallel": {"after": ["Approve order", "Second approval"], "branches": BRANCHES, "before": "Ship goods"},
            "rework": [
                {"activities": ["Receive order"], "because": "Request missing data", "share": planted.MISSING_DATA},
                {"activities": ["Pick goods", "Check quality"], "because": "fails", "share": planted.QUALITY_FAILS},
            ],
            "sla": self._sla(),
            "arrivals": {
                "by_weekday": arrivals.BY_WEEKDAY,
                "by_hour": arrivals.BY_HOUR,
                "drift": {"at": _moment(arrivals.drift_second(self.weeks)), "factor": planted.DRIFT_FACTOR},
            },
            "automation_candidate": self._candidate(),
            "extraneous": [
                {"after": "Request missing data", "before": "Receive order", "who": "customer"},
                {"after": "Order from supplier", "before": "Receive goods", "who": "supplier"},
                {"after": "Send invoice", "before": "Send reminder", "who": "customer"},
                {"after": "Send invoice", "before": "Receive payment", "who": "customer"},
            ],
            "without_effect": ["priority"],
            "automated_resources": list(planted.BOTS),
        }

    def _waiting(self, name: str) -> dict[str, Any]:
        """The simulated wait of an activity, from being enabled to its start, by cause (of the clean rows)."""
        seconds = self.waited[CODE[name]].tolist()
        causes = {f"{cause}_seconds": value for cause, value in zip(CAUSES, seconds, strict=True)}
        return {"activity": name, "rows": self.clean_rows[name], "waiting_seconds": sum(seconds), **causes}

    def _contention(self) -> dict[str, Any]:
        pool = ACTIVITIES[CODE[planted.CONTENTION]].pool
        crew = staff(self.weeks * 7 + DAYS_AFTER)
        first, last = crew.first_shift[crew.first_member[pool]], crew.first_shift[crew.first_member[pool + 1]]
        opens, closes = crew.opens[first:last], crew.closes[first:last]
        # The endless last shift of everybody is none.
        there = int((closes - opens)[opens < export_second(self.weeks)].sum()) * self.sites
        return {
            **self._waiting(planted.CONTENTION),
            "reason": "too few people for the work; first in, first out",
            "role": POOLS[pool].role,
            "resources": list(POOLS[pool].people),
            "load": round(int(self.worked[CODE[planted.CONTENTION]]) / there, 4),
        }

    def _decision(self) -> dict[str, Any]:
        return {
            "condition": planted.RULE,
            "activity": "Second approval",
            "after": "Approve order",
            "noise_skipped": planted.RULE_SKIPPED,
            "noise_added": planted.RULE_ADDED,
            "cases_decided": self.counts["decided"],
            "cases_under_rule": self.counts["under_rule"],
            "cases_that_keep_it": self.counts["rule_kept"],
            **({"exceptions": self.exceptions} if self.cases <= LISTED_CASES else {}),
        }

    def _sla(self) -> dict[str, Any]:
        return {
            "cycle_time": f"{planted.SLA_DAYS}d",
            "broken_by": "Order from supplier",
            **{name: self.counts[name] for name in ("supplied", "supplied_late", "in_stock", "in_stock_late")},
        }

    def _candidate(self) -> dict[str, Any]:
        name = planted.AUTOMATION_CANDIDATE
        one = ACTIVITIES[CODE[name]]
        return {
            "activity": name,
            "role": POOLS[one.pool].role,
            "reason": "done by hand in every case, short, always the same",
            "median_seconds": one.seconds,
            "spread": one.spread,
            "rows": self.clean_rows[name],
            "worked_seconds": int(self.worked[CODE[name]]),
        }

    def _dirt(self) -> dict[str, Any]:
        """By kind: values changed, and of small logs the rows."""
        shares = dirt.SHARES | {"label_variant": dirt.LABEL_SHARE, "missing_event": dirt.MISSING_SHARE}
        shares |= {"absent_segment": dirt.ABSENT_SEGMENT_SHARE, "whole_day_time": 1.0}
        return {
            kind: {"values": self.faults[kind], "share": shares[kind]}
            | ({"rows": sorted(self.fault_rows[kind])} if kind in self.fault_rows else {})
            for kind in sorted(self.faults)
        }


def _sums(activity: Integers, seconds: Integers) -> Integers:
    """Seconds by activity; exact far beyond any log (float64 holds 2^53 seconds)."""
    return np.bincount(activity, weights=seconds, minlength=len(NAMES)).astype(np.int64)


def _with(site: Site, activity: str) -> Flags:
    """Which cases have a row of this activity."""
    found = np.zeros(len(site.orders.value), dtype=bool)
    found[site.case[site.activity == CODE[activity]]] = True
    return found


def _cycle(site: Site) -> Integers:
    """Seconds from the first start to the last end of every case."""
    cases = len(site.orders.value)
    first, last = np.full(cases, np.iinfo(np.int64).max), np.zeros(cases, dtype=np.int64)
    np.minimum.at(first, site.case, site.times.start[site.rows])
    np.maximum.at(last, site.case, site.times.end[site.rows])
    return np.asarray(last - first)


def _moment(second: int) -> str:
    return str(START.astype("datetime64[s]") + np.timedelta64(second, "s"))


def _calendars() -> list[dict[str, Any]]:
    """Who works when; with two hours, people take turns by the week. Without hours: always."""
    return [
        {
            "role": pool.role,
            "resources": list(pool.people),
            "hours": [
                {"weekdays": list(one.weekdays), "from_second": one.opens, "to_second": one.closes}
                for one in pool.hours
            ],
        }
        for pool in POOLS
    ]
