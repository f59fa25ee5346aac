"""Durations as a person says them: `45 s`, `12 min`, `3.4 h`, `2.2 y`; `shortDuration` of wording.js does the same."""

_UNITS = (("y", 31_557_600), ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def short_duration(seconds: float) -> str:
    """The duration in the greatest unit of which it has at least one, to two or three digits."""
    size = abs(seconds)
    unit, length = next((one for one in _UNITS if size >= one[1] * 0.9995), _UNITS[-1])
    return f"{'−' if seconds < 0 else ''}{_short(size / length)} {unit}"


def _short(value: float) -> str:
    if value >= 99.95:
        return f"{value:,.0f}"
    return f"{float(f'{value:.{3 if value >= 9.995 else 2}g}'):g}"
