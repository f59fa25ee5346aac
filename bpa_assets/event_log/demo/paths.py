"""The steps of every case and what each waits for: a plan of tasks and edges, before anybody works.

Change the flow of the process here. When a task is done depends on people (`queues`).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.demo import process as planted
from bpa_assets.event_log.demo.cases import Flags, Orders
from bpa_assets.event_log.demo.process import ACTIVITIES, CODE, HOUR

Integers = npt.NDArray[np.int64]

# Every step that a case may take, in columns: the four parts run one after the other, but for the three branches,
# which begin together and are awaited together.
BEFORE = ("Receive order", "Request missing data", "Receive order", "Check credit", "Cancel order", "Approve order",
          "Second approval")  # fmt: skip
BRANCHES = (
    ("Check stock", "Order from supplier", "Receive goods", "Pick goods", "Check quality", "Pick goods",
     "Check quality", "Pack goods"),
    ("Prepare shipping papers", "Prepare customs papers"),
    ("Enter invoice",),
)  # fmt: skip
AFTER = ("Ship goods", "Send invoice", "Send reminder", "Receive payment")
_PARTS = (BEFORE, *BRANCHES, AFTER)
_STEPS = tuple(name for part in _PARTS for name in part)
_ACTIVITY = np.array([CODE[name] for name in _STEPS])
_FIRST = np.concatenate([[0], np.cumsum([len(part) for part in _PARTS])])
_CANCEL, _SECOND = BEFORE.index("Cancel order"), BEFORE.index("Second approval")
_SUPPLIER = int(_FIRST[1]) + 1
_CUSTOMS = int(_FIRST[2]) + 1
_REMINDER, _PAYMENT = len(_STEPS) - 2, len(_STEPS) - 1


@dataclass(frozen=True)
class Plan:
    """Tasks by columns, those of a case together; the tasks that follow task i are edges[first_edge[i] : ...[i + 1]].

    `delay`: seconds outside the company before a task can begin, counted from the midnight that begins the day
    `delay_days` later where that is not 0.
    """

    case: Integers
    activity: Integers
    pool: Integers
    work: Integers
    delay: Integers
    delay_days: Integers
    batched: Flags
    awaits: Integers
    first_edge: Integers
    edges: Integers


def plan(orders: Orders, random: np.random.Generator) -> Plan:
    """Draw the path of every order, and how much work each of its steps is."""
    taken = _taken(orders, random)
    case, step = np.nonzero(taken)
    activity = _ACTIVITY[step]
    delay, days = _delays(orders, case, step, random)
    first_edge, edges, awaits = _edges(taken)
    return Plan(
        case=case.astype(np.int64),
        activity=activity,
        pool=_pools(orders, case, step),
        work=_work(activity, random),
        delay=delay,
        delay_days=days,
        batched=np.asarray(activity == CODE[planted.BATCHING]),
        awaits=awaits,
        first_edge=first_edge,
        edges=edges,
    )


def _taken(orders: Orders, random: np.random.Generator) -> Flags:
    """Which step (column) each case (row) takes."""
    cases = len(orders.value)
    chance = random.random((cases, 6))
    taken = np.ones((cases, len(_STEPS)), dtype=bool)
    missing = chance[:, 0] < planted.MISSING_DATA
    taken[:, 1] = taken[:, 2] = missing
    noise = np.where(orders.under_rule, planted.RULE_SKIPPED, planted.RULE_ADDED)
    taken[:, _SECOND] = orders.under_rule ^ (chance[:, 1] < noise)
    taken[:, _SUPPLIER] = taken[:, _SUPPLIER + 1] = chance[:, 2] < planted.OUT_OF_STOCK
    taken[:, _SUPPLIER + 4] = taken[:, _SUPPLIER + 5] = chance[:, 3] < planted.QUALITY_FAILS
    taken[:, _CUSTOMS] = orders.is_("region", planted.CUSTOMS_REGION)
    taken[:, _REMINDER] = orders.is_("payment_method", "invoice") & (chance[:, 4] < planted.PAYS_LATE)
    cancelled = chance[:, 5] < planted.CANCELLED
    taken[:, _CANCEL] = cancelled
    taken[cancelled, _CANCEL + 1 :] = False
    return taken


def _pools(orders: Orders, case: Integers, step: Integers) -> Integers:
    """Who does each task; the web shop's orders are received by a bot."""
    usual = np.array([activity.pool for activity in ACTIVITIES])[_ACTIVITY[step]]
    return np.asarray(np.where((step == 0) & orders.is_("channel", "web")[case], planted.WEB_POOL, usual))


def _work(activity: Integers, random: np.random.Generator) -> Integers:
    """Seconds of work of each task."""
    median = np.log([one.seconds for one in ACTIVITIES])
    spread = np.array([one.spread for one in ACTIVITIES])
    drawn = random.lognormal(median[activity], spread[activity])
    return np.asarray(np.clip(drawn, planted.SHORTEST, planted.LONGEST).astype(np.int64))


def _delays(
    orders: Orders, case: Integers, step: Integers, random: np.random.Generator
) -> tuple[Integers, Integers]:  # fmt: skip
    """Time outside the company before each task: seconds, and days if it ends at a time of the day."""
    tasks = len(step)
    seconds, days = np.zeros(tasks, dtype=np.int64), np.zeros(tasks, dtype=np.int64)
    answered = step == 2
    seconds[answered] = random.lognormal(np.log(planted.CUSTOMER_HOURS * HOUR), 0.5, int(answered.sum()))
    delivered = step == _SUPPLIER + 1
    days[delivered] = _between(planted.SUPPLIER_DAYS, int(delivered.sum()), random)
    seconds[delivered] = random.integers(7 * HOUR, 12 * HOUR, int(delivered.sum()))
    reminded = step == _REMINDER
    days[reminded], seconds[reminded] = planted.REMINDER_DAYS, 7 * HOUR
    paid = step == _PAYMENT
    in_time = _between(planted.INVOICE_DAYS, tasks, random)
    days[paid] = np.where(orders.is_("payment_method", "invoice")[case], in_time, 1)[paid]
    seconds[paid] = random.integers(5 * HOUR, 10 * HOUR, int(paid.sum()))
    return seconds, days


def _between(limits: tuple[int, int], size: int, random: np.random.Generator) -> Integers:
    return random.integers(limits[0], limits[1] + 1, size)


def _edges(taken: Flags) -> tuple[Integers, Integers, Integers]:
    """first_edge, edges and how many tasks each task awaits, of the tasks that are taken, numbered row by row."""
    number = np.where(taken, np.cumsum(taken).reshape(taken.shape) - 1, -1)
    ends = [_ends(number[:, first:last]) for first, last in pairwise(_FIRST)]
    (_, decided), *branches, (shipped, _) = ends
    pairs = [_in_a_row(taken, number)]
    for begun, ended in branches:
        pairs += [(decided, begun), (ended, shipped)]
    source = np.concatenate([one[(one >= 0) & (other >= 0)] for one, other in pairs])
    target = np.concatenate([other[(one >= 0) & (other >= 0)] for one, other in pairs])
    tasks = int(taken.sum())
    first_edge = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=tasks))]).astype(np.int64)
    return first_edge, target[np.argsort(source, kind="stable")], np.bincount(target, minlength=tasks)


def _ends(number: Integers) -> tuple[Integers, Integers]:
    """First and last task of every case in one part, -1 where it has none there."""
    first = np.where(number >= 0, number, np.iinfo(np.int64).max).min(axis=1)
    last = number.max(axis=1)
    return np.where(last >= 0, first, -1), last


def _in_a_row(taken: Flags, number: Integers) -> tuple[Integers, Integers]:
    """Tasks of one part that follow each other."""
    part = np.repeat(np.arange(len(_PARTS)), np.diff(_FIRST))
    case, step = np.nonzero(taken)
    together = (case[1:] == case[:-1]) & (part[step[1:]] == part[step[:-1]])
    task = number[case, step]
    return task[:-1][together], task[1:][together]
