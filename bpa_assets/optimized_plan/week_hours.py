"""Hours of the week in words: "mon-fri 08:00-17:00, sat 09:00-12:00"."""

from itertools import groupby

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Flags

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


MOST_PARTS = 3
"""Parts of a week that a reader takes in; of more only the hours are told."""


def hours_in_words(hours: Flags) -> str:
    """Name the hours of a week (168 flags, 0: Monday 00:00-01:00); days with the same hours together."""
    days = [_day_in_words(day) for day in np.asarray(hours, np.bool_).reshape(7, 24)]
    if days == ["00:00-24:00"] * 7:
        return "at all hours"
    parts = []
    for words, few in groupby(range(7), key=lambda day: days[day]):
        run = list(few)
        if words:
            name = DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}"
            parts.append(f"{name} {words}")
    if len(parts) > MOST_PARTS:
        return f"{int(np.sum(hours))} h a week at irregular hours"
    return ", ".join(parts) or "never"


def usual_hours(hours: Flags) -> Flags:
    """Return the hours of the week at which at least half of these people (rows) work."""
    return np.asarray(hours.mean(axis=0) >= 0.5) if len(hours) else np.zeros(168, np.bool_)


def _day_in_words(day: Flags) -> str:
    edges = np.flatnonzero(np.diff(day, prepend=False, append=False)).tolist()
    return " and ".join(f"{first:02}:00-{last:02}:00" for first, last in zip(edges[::2], edges[1::2], strict=True))
