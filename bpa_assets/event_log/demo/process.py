"""The order-to-cash process as it is planted: activities, people and their hours, decisions, delays.

Change a planted truth here; `truth` writes these same values beside the log. How they become rows stays out.
"""

from dataclasses import dataclass

import numpy as np

START = np.datetime64("2025-03-03", "D")
"""A Monday: day 0 of every calendar. Far enough back that no time of a log lies in the future."""

HOLIDAYS = (
    "2025-04-18",
    "2025-04-21",
    "2025-05-01",
    "2025-05-29",
    "2025-06-09",
    "2025-10-03",
    "2025-12-25",
    "2025-12-26",
)
"""Days on which no person works."""

CASES_A_WEEK = 31
MOST_CASES_A_SITE = 1_500
"""A year at one site; a larger log has more sites, each with its own people, so queues and memory stay as they are."""

MON_FRI, TUE_THU = (0, 1, 2, 3, 4), (1, 3)
HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True)
class Hours:
    """Opening of a working day: weekdays (0 = Monday), from and to in seconds after midnight."""

    weekdays: tuple[int, ...]
    opens: int
    closes: int


@dataclass(frozen=True)
class Pool:
    """People of one role who share one queue, first in, first out.

    Without `hours` they are always there (bots). With two, half of the people work the first in even weeks and the
    second in odd ones, the other half the other way round (shifts).
    """

    role: str
    people: tuple[str, ...]
    hours: tuple[Hours, ...] = ()


def _office(opens: float, closes: float, weekdays: tuple[int, ...] = MON_FRI) -> tuple[Hours, ...]:
    return (Hours(weekdays, int(opens * HOUR), int(closes * HOUR)),)


POOLS = (
    Pool("Order desk", ("Ana Reyes", "Ben Koch", "Clara Moreau"), _office(8, 17)),
    Pool("Credit analyst", ("Daniel Weiss", "Elif Kaya"), _office(9, 16)),
    Pool("Sales manager", ("Frank Olsen", "Greta Lind"), _office(9, 12, TUE_THU)),
    Pool("Director", ("Hanna Vogt",), _office(10, 12)),
    Pool("Planner", ("Ivan Petrov", "Julia Nowak"), _office(7.5, 16)),
    Pool(
        "Warehouse",
        ("Karim Haddad", "Lena Fuchs", "Marco Rossi", "Nina Berg", "Omar Said", "Paula Costa"),
        (*_office(6, 14), *_office(14, 22)),
    ),
    Pool("Quality", ("Quentin Roy", "Rosa Marin"), _office(7, 17)),
    Pool("Shipping desk", ("Sven Holm", "Tina Wolf"), _office(8, 16.5)),
    Pool("Billing clerk", ("Uwe Brandt",), _office(8, 16)),
    Pool("System", ("Web shop bot",)),
    Pool("System", ("Invoice bot",)),
    Pool("System", ("Bank interface",)),
)
BOTS = tuple(person for pool in POOLS if not pool.hours for person in pool.people)
_POOL_OF = {pool.role if pool.hours else pool.people[0]: code for code, pool in enumerate(POOLS)}


@dataclass(frozen=True)
class Activity:
    """A kind of step: who does it, the median of its work in seconds, and how that spreads (sigma, lognormal)."""

    name: str
    pool: int
    seconds: int
    spread: float


def _by(name: str, pool: str, minutes: float, spread: float = 0.35) -> Activity:
    return Activity(name, _POOL_OF[pool], round(minutes * 60), spread)


ACTIVITIES = (
    _by("Receive order", "Order desk", 6),
    _by("Request missing data", "Order desk", 8),
    _by("Check credit", "Credit analyst", 92, 0.25),
    _by("Cancel order", "Order desk", 6),
    _by("Approve order", "Sales manager", 6, 0.3),
    _by("Second approval", "Director", 14),
    _by("Check stock", "Planner", 11),
    _by("Order from supplier", "Planner", 22),
    _by("Receive goods", "Warehouse", 30),
    _by("Pick goods", "Warehouse", 38),
    _by("Check quality", "Quality", 18),
    _by("Pack goods", "Warehouse", 26),
    _by("Prepare shipping papers", "Shipping desk", 25, 0.5),
    _by("Prepare customs papers", "Shipping desk", 45, 0.5),
    _by("Enter invoice", "Billing clerk", 12, 0.08),
    _by("Ship goods", "Warehouse", 3, 0.2),
    _by("Send invoice", "Invoice bot", 0.4, 0.1),
    _by("Send reminder", "Invoice bot", 0.4, 0.1),
    _by("Receive payment", "Bank interface", 0.05, 0.1),
)
NAMES = tuple(activity.name for activity in ACTIVITIES)
CODE = {name: code for code, name in enumerate(NAMES)}
WEB_POOL = _POOL_OF["Web shop bot"]
"""Receives the orders of the web shop, at any hour."""

SHORTEST, LONGEST = 1, 4 * HOUR
"""Bounds of the work of one step in seconds: the longest is shorter than every working day it falls into."""

# The planted truths.
BOTTLENECK = "Approve order"
CONTENTION = "Check credit"
BATCHING = "Ship goods"
PICK_UP = Hours((0, 2, 4), 15 * HOUR, 15 * HOUR)
"""The carrier comes on these weekdays; what is packed by then is shipped, one order after the other."""

AUTOMATION_CANDIDATE = "Enter invoice"
WHOLE_DAY = "Receive payment"
"""Its time is written as a date: banks book by day."""

RULE_VALUE, RULE_SEGMENT = 5000.0, "new"
RULE = f"order_value > {RULE_VALUE:.0f} and segment = '{RULE_SEGMENT}'"
RULE_SKIPPED, RULE_ADDED = 0.03, 0.003
"""Noise: share of the cases under the rule without a second approval, and of the others with one."""

CUSTOMS_REGION = "Overseas"
DRIFT_AT, DRIFT_FACTOR = 0.6, 1.2
"""From this share of the weeks on, so many times as many orders arrive."""

MISSING_DATA, CANCELLED, OUT_OF_STOCK, QUALITY_FAILS, PAYS_LATE = 0.09, 0.04, 0.18, 0.08, 0.2
"""Shares of the cases (of those it can happen to)."""

CUSTOMER_HOURS = 20.0
"""Median time a customer takes to send missing data."""

SUPPLIER_DAYS = (5, 9)
"""Calendar days until a supplier delivers: at least, at most."""

INVOICE_DAYS = (2, 5)
"""Calendar days until an invoice is paid in time: at least, at most."""

REMINDER_DAYS = 7
SLA_DAYS = 12
"""Promised cycle time; the supplier's delay is what breaks it."""
