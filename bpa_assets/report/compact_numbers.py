"""Numbers as the page carries them: as many digits as anybody can see, no more."""

from collections.abc import Iterable
from math import isfinite

_DIGITS = 6


def compact(value: float | None) -> float | int | None:
    """The number to six significant digits, whole numbers without a point (whole ones stay exact)."""
    if value is None or isinstance(value, int):
        return value
    if not isfinite(value):
        return None  # JSON has no word for it
    short = float(f"{value:.{_DIGITS}g}")
    return int(short) if short.is_integer() else short


def compact_all(values: Iterable[float | None]) -> list[float | int | None]:
    """The same of many."""
    return [compact(value) for value in values]
