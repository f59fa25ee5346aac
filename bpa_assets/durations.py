"""Durations as a person writes and reads them: `45s`, `90m`, `2h`, `30d`, `2w`, `1d 12h`, `1.5h`.

Add a unit here when the contract gets one. Months and years stay out: they have no fixed length in seconds.
"""

import re
from decimal import Decimal

UNIT_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}

# A moment plus a limit has to stay within what a TIMESTAMP can hold.
LONGEST_SECONDS = 100 * 365.25 * 86_400

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([wdhms])")
_WHOLE = re.compile(rf"{_PART.pattern}(?: ?{_PART.pattern})*")
_BARE_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_LONGEST_TEXT = 60


def seconds_from_text(text: str) -> float:
    """Return the seconds `text` stands for: above 0 and at most 100 years.

    Parts go from the greater unit to the smaller, each at most once. Raises ValueError with the second half of a
    sentence (`is not a duration; write …`), to be put behind the value.
    """
    if _BARE_NUMBER.fullmatch(text):
        raise ValueError(f"has no unit; write {text}d, {text}h, {text}m or {text}s")
    if len(text) > _LONGEST_TEXT or not _WHOLE.fullmatch(text):
        raise ValueError("is not a duration; write 30d, 2h, 90m or 45s")
    parts = _PART.findall(text)
    units = [unit for _, unit in parts]
    if units != [unit for unit in UNIT_SECONDS if unit in units]:
        raise ValueError("is not a duration; write each unit once, the greatest first, such as 1d 12h")
    # Decimal: 1.1h is 3960 seconds, which 1.1 * 3600 in binary is not.
    seconds = float(sum(Decimal(number) * UNIT_SECONDS[unit] for number, unit in parts))
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError("is not a duration above zero and up to 100 years (5217w)")
    return seconds


def duration_text(seconds: float) -> str:
    """The two greatest units of a duration of at least 0, cut off below: `5d 3h`, `45m`, `0s`."""
    left, parts = int(seconds), []
    for unit, length in UNIT_SECONDS.items():
        if unit != "w":  # 5w 3d is not read at a glance
            count, left = divmod(left, length)
            parts.append((count, unit))
    first = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [f"{count}{unit}" for count, unit in parts[first : first + 2] if count]
    return " ".join(shown) or "0s"
