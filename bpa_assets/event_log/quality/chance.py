"""Could it be chance? One test for all counts, so that clean logs stay silent.

Add another test here when counts are not enough.
"""

import math

RARE = 1e-4
"""A log has some 20 activities and 25 patterns: at this level one clean log in twenty shows a false alarm at most."""


def is_no_chance(found: int, expected: float, *, level: float = RARE) -> bool:
    """Whether `found` of something rare is more than chance gives where `expected` is the mean (Poisson tail)."""
    return found > expected and tail(found, expected) <= level


def tail(found: int, expected: float) -> float:
    """The probability of `found` or more, of a Poisson variable with this mean."""
    if found <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    if expected > 500:  # where the sum gets long and the normal tail is near enough (within a tenth at 4 sigma)
        return 0.5 * math.erfc((found - 0.5 - expected) / math.sqrt(2 * expected))
    term = math.exp(-expected)
    below = term
    for k in range(1, found):
        term *= expected / k
        below += term
    return max(1.0 - below, 0.0)
