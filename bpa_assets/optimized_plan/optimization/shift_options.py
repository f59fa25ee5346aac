"""The shifts that a role may be given: the same whole hours on each of its days, within its limits."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits
from bpa_assets.optimized_plan.plan import Shifts
from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK
from bpa_assets.optimized_plan.week_hours import hours_in_words

SHORTEST = 3
"""Hours of a shift that anybody would come for."""

_SATURDAY = 5


@dataclass(frozen=True)
class Shift:
    """From `begins` o'clock for `length` hours on `days` (0: Monday)."""

    begins: int
    length: int
    days: tuple[int, ...]

    def shifts(self) -> Shifts:
        """Return it as a plan sets it."""
        return _shifts(self)


@lru_cache(maxsize=4096)  # a search asks for the same few hundred some 20,000 times
def _shifts(shift: Shift) -> Shifts:
    hours = np.zeros((7, 24), np.bool_)
    hours[list(shift.days), shift.begins : shift.begins + shift.length] = True
    return Shifts(hours_in_words(hours.ravel()), tuple(hours.reshape(HOURS_OF_WEEK).tolist()))


def shift_options(limits: RoleLimits) -> list[Shift]:
    """Return all shifts within the limits, on all days of the role or Monday to Friday; none for who never rests."""
    weekdays = tuple(day for day in limits.days if day < _SATURDAY)
    found: list[Shift] = []
    for days in dict.fromkeys((limits.days, weekdays)):
        longest = limits.longest_on(len(days))
        found += [
            Shift(begins, length, days)
            for length in range(max(min(SHORTEST, longest), 1), longest + 1)
            for begins in range(limits.begins, limits.ends - length + 1)
        ]
    return found
