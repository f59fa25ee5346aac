"""What a condition of a rule may name.

Add here what everybody who reads a condition must know of a feature; how its values are found stays out.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """What a condition may name: its name, kind, where it comes from, and a few of its values for people."""

    name: str
    kind: str  # "number", "duration", "text", "boolean", "time"
    source: str  # "attribute" or "computed"
    meaning: str  # one short phrase for people, e.g. "seconds since the case began"
    values: tuple[str, ...] = ()  # of a text with at most 50 values: all of them, sorted
    low: float | None = None
    high: float | None = None
