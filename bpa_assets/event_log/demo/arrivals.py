"""When orders arrive: a week's and a day's rhythm, and a rise at a known moment.

Add a trait of arrivals here; what happens to an order afterwards stays out.
"""

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.demo.process import CASES_A_WEEK, DAY, DRIFT_AT, DRIFT_FACTOR, HOUR

BY_WEEKDAY = (1.2, 1.05, 1.0, 1.0, 0.95, 0.3, 0.2)
BY_HOUR = (0.1,) * 6 + (0.3, 0.7, 1.3, 1.8, 2.0, 1.8, 1.2, 1.3, 1.7, 1.6, 1.3, 0.9, 0.6, 0.5, 0.5, 0.4, 0.3, 0.2)
"""How often orders arrive, relative to each other: Monday to Sunday, midnight to 23 o'clock."""

_FEWEST_WEEKS = 26
"""Half a year: a small log has months to compare too, though its queues are shorter."""


def weeks_of(cases: int) -> int:
    """How many weeks the arrivals of so many cases take."""
    return max(_FEWEST_WEEKS, -(-cases // CASES_A_WEEK))


def drift_second(weeks: int) -> int:
    """When more orders begin to arrive, in seconds since day 0: a midnight."""
    return int(weeks * 7 * DRIFT_AT) * DAY


def arrivals(cases: int, weeks: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Moments of arrival in seconds since day 0, in their order."""
    hour = np.arange(weeks * 7 * 24)
    rate = np.array(BY_WEEKDAY)[hour // 24 % 7] * np.array(BY_HOUR)[hour % 24]
    rate = np.where(hour * HOUR >= drift_second(weeks), rate * DRIFT_FACTOR, rate)
    drawn = random.choice(hour, size=cases, p=rate / rate.sum())
    return np.sort(drawn * HOUR + random.integers(0, HOUR, cases))
