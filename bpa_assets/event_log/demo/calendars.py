"""When each person works: shifts in seconds since day 0, and the pick-ups of the carrier.

Add a kind of calendar here. Who waits for whom stays out (`queues`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.demo.process import DAY, HOLIDAYS, POOLS, START, Hours, Pool

Integers = npt.NDArray[np.int64]

NEVER = 1 << 60
"""After the end of every log: the last shift of everybody opens then, so that a search always finds one."""


@dataclass(frozen=True)
class Staff:
    """All people of a site: those of pool p are first_member[p] to first_member[p + 1].

    The shifts of person r are first_shift[r] to first_shift[r + 1] of `opens` and `closes` (seconds), in their order.
    """

    first_member: Integers
    first_shift: Integers
    opens: Integers
    closes: Integers


def staff(days: int) -> Staff:
    """The people of a site with their shifts of so many days."""
    shifts = [_shifts(pool, member, days) for pool in POOLS for member in range(len(pool.people))]
    return Staff(
        first_member=_offsets([len(pool.people) for pool in POOLS]),
        first_shift=_offsets([len(opens) for opens, _ in shifts]),
        opens=np.concatenate([opens for opens, _ in shifts]),
        closes=np.concatenate([closes for _, closes in shifts]),
    )


def working_days(hours: Hours, days: int) -> Integers:
    """Those of the first `days` days on which such hours are worked."""
    day = np.arange(days)
    holidays = (np.array(HOLIDAYS, "datetime64[D]") - START).astype(np.int64)
    return day[np.isin(day % 7, hours.weekdays) & ~np.isin(day, holidays)]


def pick_ups(hours: Hours, days: int) -> Integers:
    """When the carrier comes, in seconds; the last is never."""
    # Twice NEVER: what is ready "never" must still find a later one.
    return np.append(working_days(hours, days) * DAY + hours.opens, 2 * NEVER)


def _shifts(pool: Pool, member: int, days: int) -> tuple[Integers, Integers]:
    if not pool.hours:
        return np.array([0]), np.array([4 * NEVER])
    opens, closes = [], []
    for number, hours in enumerate(pool.hours):
        day = working_days(hours, days)
        mine = day[(day // 7 + member + number) % len(pool.hours) == 0]
        opens.append(mine * DAY + hours.opens)
        closes.append(mine * DAY + hours.closes)
    return np.append(np.sort(np.concatenate(opens)), NEVER), np.append(np.sort(np.concatenate(closes)), 4 * NEVER)


def _offsets(counts: list[int]) -> Integers:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
