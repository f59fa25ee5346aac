"""Opening hours and holidays as a person writes them: `mon-fri: "08:00-18:00"`, `NL`, `DE-BY`, `2024-12-27`.

Names become weekdays, minutes and dates here; how much time of a wait falls into them is computed by the stages.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise

from bpa_resources.yaml_lines import did_you_mean, shown

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MINUTES = 1440

Part = tuple[int, int]
"""Minutes of the day at which work begins and ends."""

_PART = re.compile(r"([01]?\d|2[0-4]):([0-5]\d) ?[-–] ?([01]?\d|2[0-4]):([0-5]\d)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMES = {name[:length]: number for number, name in enumerate(WEEKDAYS) for length in (2, 3, len(name))}


def weekdays_from_text(text: str) -> str:
    """Return `text` in lower case if it names a weekday or a range of them (`mon-fri`; `sun-thu` goes on over Monday).

    Raises ValueError with the second half of a sentence, to be put behind the text.
    """
    days = text.strip().lower()
    for name in days.split("-"):
        if name.strip() not in _NAMES:
            hint = did_you_mean(name.strip(), [*WEEKDAYS, *(day[:3] for day in WEEKDAYS)])
            raise ValueError(f"names no weekday{hint or '; write mon, tue, …, or a range such as mon-fri'}")
    if days.count("-") > 1:
        raise ValueError("is not a day or a range of days; write mon, or mon-fri")
    return days


def days_of(text: str) -> list[int]:
    """The weekdays (0 is Monday) that such a text names."""
    first, *last = (_NAMES[name.strip()] for name in text.split("-"))
    return [(first + later) % 7 for later in range(((last[0] if last else first) - first) % 7 + 1)]


def hours_from_text(text: str) -> tuple[Part, ...]:
    """Return the parts of a day in `08:00-12:00, 13:00-17:00`, in their order; `24:00` is its end.

    Raises ValueError with the second half of a sentence, to be put behind the text.
    """
    parts = []
    for written in text.split(","):
        match = _PART.fullmatch(written.strip())
        if not match:
            raise ValueError('are no hours; write them as "08:00-18:00", or "08:00-12:00, 13:00-17:00"')
        hour, minute, last_hour, last_minute = map(int, match.groups())
        begin, end = 60 * hour + minute, 60 * last_hour + last_minute
        if end > DAY_MINUTES:
            raise ValueError("go on after 24:00; write the rest with the next day")
        if end <= begin:
            raise ValueError('end before they start; write a night in two parts, such as "00:00-06:00, 22:00-24:00"')
        parts.append((begin, end))
    parts.sort()
    if any(after[0] < before[1] for before, after in pairwise(parts)):
        raise ValueError("overlap; write each part of the day once")
    return tuple(parts)


def each_day_once(hours: Mapping[str, tuple[Part, ...]]) -> Mapping[str, tuple[Part, ...]]:
    """Return `hours` if no weekday is named twice; else raises ValueError."""
    named = [day for days in hours for day in days_of(days)]
    twice = next((day for day in named if named.count(day) > 1), None)
    if twice is not None:
        raise ValueError(f"names {WEEKDAYS[twice].capitalize()} twice; keep one")
    return hours


def week_of(hours: Mapping[str, tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """The parts of each day of the week, from Monday; none where no hours are given."""
    parts = {day: of_day for days, of_day in hours.items() for day in days_of(days)}
    return [parts.get(day, ()) for day in range(7)]


def holidays_from_text(text: str) -> str:
    """Return a date (`2024-12-27`), or a country and, if it has, one of its parts (`NL`, `DE-BY`), as is known.

    Raises ValueError with the second half of a sentence, to be put behind the text.
    """
    name = text.strip()
    if _DATE.fullmatch(name):
        return _a_date(name)
    country, _, part = name.upper().partition("-")
    countries = _countries()
    if country not in countries:
        raise ValueError(f"is no country whose holidays are known{_nearest(name)}")
    if part and part not in countries[country]:
        known = ", ".join(f"{country}-{one}" for one in countries[country][:20]) or country
        raise ValueError(f"is no part of {country} with holidays of its own; write {known}")
    return name.upper()


def _a_date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("is no date; write year, month and day, such as 2024-12-27") from None
    return text


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    """Country → its parts with holidays of their own; the import costs 0.1 s, so only where somebody asks."""
    import holidays

    return {country: list(parts) for country, parts in holidays.list_supported_countries().items()}


def _nearest(text: str) -> str:
    from holidays.registry import COUNTRIES

    codes = {name: codes[1] for name, codes in COUNTRIES.items()} | {
        codes[2].lower(): codes[1] for codes in COUNTRIES.values()
    }
    near = difflib.get_close_matches(re.sub(r"\W+", "_", text.lower())[:64], codes, n=1, cutoff=0.8)
    if near:
        return f"; did you mean {shown(codes[near[0]])}?"
    return "; write its two letters (ISO 3166) such as NL or DE-BY, or dates such as [2024-12-27]"


@lru_cache(maxsize=256)
def holiday_dates(named: Sequence[str], first_year: int, last_year: int) -> frozenset[date]:
    """The days off in these years: those named, and the public holidays of the named countries and parts."""
    found = {date.fromisoformat(name) for name in named if _DATE.fullmatch(name)}
    for name in named:
        if not _DATE.fullmatch(name):
            import holidays

            country, _, part = name.partition("-")
            found.update(holidays.country_holidays(country, part or None, years=range(first_year, last_year + 1)))
    return frozenset(found)
