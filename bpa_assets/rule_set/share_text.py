"""A share as a person reads it, which says `100%` of nothing but all, and `0%` of nothing but none."""

from math import ceil, floor


def share_text(share: float) -> str:
    """`92%`, but `99.9%` of 0.9999 and `0.1%` of 0.0001."""
    if 0.995 <= share < 1:
        return f"{floor(share * 1000) / 10:g}%"
    if 0 < share < 0.005:
        return f"{ceil(share * 1000) / 10:g}%"
    return f"{share:.0%}"
