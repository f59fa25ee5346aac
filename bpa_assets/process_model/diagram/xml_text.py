"""Text that an XML file can hold, for programs and for people."""

import re
from collections.abc import Mapping

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_SECONDS = "_seconds"


def as_text(value: object) -> str:
    """A value as text; what XML 1.0 (section 2.2) cannot hold is U+FFFD, a float has no needless digits."""
    text = number_text(value) if isinstance(value, float) else str(value)
    return _NOT_XML.sub("\ufffd", text)


def number_text(value: float) -> str:
    """A number in full precision, without an exponent where that is possible, and without a bare `.0`."""
    return str(int(value)) if value == int(value if abs(value) < 1e15 else 0) else repr(float(value))


def as_sentence(measures: Mapping[str, int | float | str | None]) -> str:
    """Measures for people: `Frequency: 1,200; mean wait: 3.2 h.`; names that end in `_seconds` are durations."""
    parts = [f"{_spoken_name(name)}: {_spoken(name, value)}" for name, value in measures.items()]
    sentence = "; ".join(parts)
    return as_text(f"{sentence[:1].upper()}{sentence[1:]}.")


def _spoken_name(name: str) -> str:
    return name.removesuffix(_SECONDS).replace("_", " ")


def _spoken(name: str, value: object) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if not name.endswith(_SECONDS):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    unit, seconds = next((unit for unit in _UNITS if abs(value) >= unit[1]), _UNITS[-1])
    return f"{value / seconds:,.3g} {unit}"
