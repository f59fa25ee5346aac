"""Durations as a person says them: `45 s`, `12 min`, `3.4 h`, `5.2 d`. The page does the same in `format.js`."""

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def duration_text(seconds: float) -> str:
    """The duration in the greatest unit of which it has at least one; days also beyond weeks, which all count alike."""
    sign = "−" if seconds < 0 else ""
    size = abs(seconds)
    unit, length = next(((unit, length) for unit, length in _UNITS if size >= length), ("s", 1))
    return f"{sign}{_short(size / length)} {unit}"


def _short(value: float) -> str:
    text = f"{value:,.0f}" if value >= 99.95 else f"{value:.1f}"
    return text.removesuffix(".0")
