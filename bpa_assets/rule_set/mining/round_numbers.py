"""The roundest number in a gap: a threshold may lie anywhere between two neighbouring values of the data.

`amount > 500` says what the data say as well as `amount > 498.37`, and is what a person meant.
"""

from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

_LEADING = (1, 5, 2)
_DURATIONS = (
    *(100 * 86_400, 50 * 86_400, 10 * 86_400, 5 * 86_400, 86_400, 43_200, 21_600, 3_600, 1_800, 900, 600, 300, 60),
    *(30, 10, 5, 1, 0.5),
)
_GREATEST, _LEAST = 15, -9


@lru_cache(maxsize=10_000)
def roundest(low: float, high: float, *, duration: bool = False) -> float:
    """The roundest number t with low ≤ t < high: `value > t` parts the data as any other such t does.

    A multiple of the greatest step of which there is one in the gap: 10ⁿ, then 5·10ⁿ⁻¹, then 2·10ⁿ⁻¹, …; of durations,
    in seconds, 100 days to one second first. The low end where there is none.
    """
    steps = [Decimal(repr(step)) for step in _DURATIONS] if duration else []
    greatest = -1 if duration else _GREATEST
    for power in range(greatest, _LEAST - 1, -1):
        steps += [Decimal(digit).scaleb(power - (digit != 1)) for digit in _LEADING]
    least, beyond = Decimal(repr(low)), Decimal(repr(high))
    for step in steps:
        found = (least / step).to_integral_value(ROUND_CEILING) * step
        if found < beyond:
            value = float(found)
            if low <= value < high:  # in binary, too
                return value + 0.0
    return low


def number_text(value: float) -> str:
    """A number as the language of conditions writes it: digits without an exponent that read back as the same."""
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
