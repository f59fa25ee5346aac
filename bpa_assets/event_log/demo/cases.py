"""The attributes of the orders, and which decisions they meet.

Add an attribute here, and say in `process` what depends on it. `priority` is planted to change nothing: every queue is
first in, first out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.demo.process import CUSTOMS_REGION, RULE_SEGMENT, RULE_VALUE

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NAMES: dict[str, tuple[str, ...]] = {
    "segment": ("regular", RULE_SEGMENT, "key account"),
    "region": ("North", "South", "East", "West", CUSTOMS_REGION),
    "channel": ("web", "email", "phone"),
    "priority": ("standard", "express"),
    "payment_method": ("direct debit", "invoice"),
}
"""The values of every categorical attribute, by code."""

_SHARES = {
    "segment": (0.55, 0.30, 0.15),
    "region": (0.28, 0.24, 0.20, 0.16, 0.12),
    "channel": (0.5, 0.3, 0.2),
    "priority": (0.8, 0.2),
    "payment_method": (0.7, 0.3),
}
# Median order value by segment, and the spread of all (sigma, lognormal): about 7 cases in 100 meet the rule.
_MEDIAN_VALUE, _VALUE_SPREAD = np.array([2200.0, 2500.0, 4200.0]), 1.0


@dataclass(frozen=True)
class Orders:
    """The orders of a site, by columns: codes into `NAMES`, values in EUR."""

    codes: dict[str, Codes]
    value: Floats

    def is_(self, attribute: str, name: str) -> Flags:
        """Which orders have this value of a categorical attribute."""
        return np.asarray(self.codes[attribute] == NAMES[attribute].index(name))

    @property
    def under_rule(self) -> Flags:
        """Which orders the rule sends to a second approval."""
        return np.asarray((self.value > RULE_VALUE) & self.is_("segment", RULE_SEGMENT))


def orders(cases: int, random: np.random.Generator) -> Orders:
    """Draw the attributes of so many orders."""
    codes = {name: random.choice(len(shares), size=cases, p=shares) for name, shares in _SHARES.items()}
    value = random.lognormal(np.log(_MEDIAN_VALUE[codes["segment"]]), _VALUE_SPREAD)
    return Orders(codes, np.round(value, 2))
