"""The kinds of values a person may write in `process.yaml` and `rules.yaml`, and how a section of them is read.

Each kind gives the second half of a sentence, "'x' is not …; write …". Add a kind here when two sections need it, or
one that is about form alone; what the settings are for stays out.
"""

import re
import unicodedata
import zoneinfo
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bpa_assets.durations import LONGEST_SECONDS, seconds_from_text
from bpa_assets.opening_hours import Part, holidays_from_text, hours_from_text, weekdays_from_text
from bpa_resources.yaml_lines import did_you_mean, shown

# The strptime codes that Python and DuckDB read alike, by the part of a moment they give. %Z, %c, %x and %X differ
# between the two or from machine to machine; %U and %W differ where the weekday is missing.
FORMAT_CODES = {
    **dict.fromkeys("Yy", "year"),
    **dict.fromkeys("mbB", "month"),
    **dict.fromkeys("aAwu", "weekday"),
    **dict.fromkeys("HI", "hour"),
    **{"d": "day", "j": "day of the year", "G": "ISO year", "V": "ISO week"},
    **{"p": "AM or PM", "M": "minute", "S": "second", "f": "fraction", "z": "offset"},
}
DEVIATION_KINDS = ("skipped", "inserted", "swapped")
COST_BASES = ("paid", "worked")
"""Hours that people are there for, or those that they work on the cases."""

_WHOLE_DATES = ({"year", "month", "day"}, {"year", "day of the year"}, {"ISO year", "ISO week", "weekday"})


def from_text(parse: Callable[[str], Any], what: str) -> BeforeValidator:
    """Read text with `parse`; values built in Python pass to the type and bounds of the field."""

    def read(value: object) -> object:
        if isinstance(value, dict | list):
            raise ValueError(f"is not {what}; write one value")
        if value == "":
            raise ValueError("is empty; write a value, in quotes if it begins with '#', or remove the key")
        return parse(value) if isinstance(value, str) else value

    return BeforeValidator(read)


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank; write a value or remove the key")
    return text


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise ValueError("is not one line of text; write it without line breaks and control characters")
    return _text(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", text):
        raise ValueError("is not an amount; write a number of 0 or more, such as 40 or 32.50")
    return float(text)


def _share(text: str) -> float:
    if not re.fullmatch(r"0?\.[0-9]{1,15}|1(\.0+)?", text) or not float(text):
        raise ValueError("is not a share; write a number above 0 and up to 1, such as 0.95")
    return float(text)


def _switch(text: str) -> bool:
    if text.lower() not in ("true", "false", "yes", "no", "on", "off"):
        raise ValueError("is neither yes nor no; write true or false")
    return text.lower() in ("true", "yes", "on")


def _zone(text: str) -> str:
    zones = zoneinfo.available_timezones() - {"localtime"}  # whatever this machine is set to
    if text not in zones:
        hint = did_you_mean(text, zones) or "; write one of the IANA names, such as Europe/Amsterdam or UTC"
        raise ValueError(f"is not a time zone{hint}")
    return text


def _delimiter(text: str) -> str:
    character = "\t" if text == r"\t" else text
    if len(character) != 1 or character in '"\r\n\0':
        raise ValueError(r"is not a delimiter; write one character in quotes, such as ';' or '\t'")
    return character


def _decimal(text: str) -> str:
    if text not in (",", "."):
        raise ValueError("is not a decimal sign; write ',' or '.' in quotes")
    return text


def _cost_basis(text: str) -> str:
    if text not in COST_BASES:
        raise ValueError(f"is not what a plan counts; write one of {', '.join(COST_BASES)}")
    return text


def _currency(text: str) -> str:
    if not re.fullmatch("[A-Za-z]{3}", text):
        raise ValueError("is not a currency; write its three letters, such as EUR")
    return text.upper()


def _timestamp_format(text: str) -> str:
    codes = re.findall("%(.?)", text, re.DOTALL)
    unknown = next((code for code in codes if code not in FORMAT_CODES and code != "%"), None)
    if unknown is not None:
        known = " ".join(f"%{code}" for code in sorted(FORMAT_CODES, key=str.lower))
        raise ValueError(f"is not a time format: {shown('%' + unknown)} is unknown; write with {known}")
    parts = [FORMAT_CODES[code] for code in codes if code != "%"]
    twice = next((part for part in parts if parts.count(part) > 1), None)
    if twice is not None:
        raise ValueError(f"is not a time format: it names the {twice} twice (%m is the month, %M the minute)")
    if not any(date <= set(parts) for date in _WHOLE_DATES):
        raise ValueError('is not a time format: it must name year, month and day, such as "%d/%m/%Y %H:%M"')
    if ("I" in codes) != ("p" in codes):
        raise ValueError("is not a time format: write %I with %p (12 hours), or %H (24 hours) without it")
    return text


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("is not a date; write year, month and day, such as 2027-06-30") from error


def _deviation_kind(text: str) -> str:
    if text not in DEVIATION_KINDS:
        raise ValueError(f"is not a kind of deviation; write one of {', '.join(DEVIATION_KINDS)}")
    return text


def _activity_or_none(value: object) -> object:
    if isinstance(value, dict | list):
        raise ValueError("is not an activity; write the name of one, or null")
    return value


def _working_day(text: str) -> Part:
    parts = hours_from_text(text)
    if len(parts) != 1:
        raise ValueError('is not one part of the day; write its first and last hour, such as "06:00-20:00"')
    return parts[0]


def empty_is_a_list(value: object) -> object:
    """Read a key with nothing after it as an empty list."""
    return () if value == "" else value


def as_list(value: object) -> object:
    """Read one text as a list of it."""
    return [value] if isinstance(value, str) else value


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a name that is there twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"names {shown(name)} twice; keep one")
        seen.add(name)
    return names


Text = Annotated[str, from_text(_text, "text")]
Name = Annotated[str, from_text(_one_line, "text")]
Names = Annotated[tuple[Text, ...], BeforeValidator(as_list), AfterValidator(each_once)]
Zone = Annotated[str, from_text(_zone, "a time zone")]
Delimiter = Annotated[str, from_text(_delimiter, "a delimiter")]
Decimal = Annotated[str, from_text(_decimal, "a decimal sign")]
TimestampFormat = Annotated[str, from_text(_timestamp_format, "a time format")]
CostBasis = Annotated[str, from_text(_cost_basis, "what a plan counts")]
Currency = Annotated[str, from_text(_currency, "a currency")]
Seconds = Annotated[float, from_text(seconds_from_text, "a duration"), Field(gt=0, le=LONGEST_SECONDS)]
Share = Annotated[float, from_text(_share, "a share"), Field(gt=0, le=1)]
Switch = Annotated[bool, from_text(_switch, "yes or no")]
Date = Annotated[date, from_text(_date, "a date")]
ActivityOrNone = Annotated[str, BeforeValidator(_activity_or_none)]
DeviationKind = Annotated[str, from_text(_deviation_kind, "a kind of deviation")]
Weekdays = Annotated[str, from_text(weekdays_from_text, "a weekday")]
WorkingDay = Annotated[Part, from_text(_working_day, "hours")]
Hours = Annotated[tuple[Part, ...], from_text(hours_from_text, "hours")]
Holidays = Annotated[str, from_text(holidays_from_text, "a country or a date")]
Rate = Annotated[float, from_text(_number, "an amount"), Field(ge=0, allow_inf_nan=False)]


class Settings(BaseModel):
    """A mapping of keys that are known; any other is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(Settings):
    """A mapping that may be empty."""

    @model_validator(mode="before")
    @classmethod
    def _empty_says_nothing(cls, value: object) -> object:
        return empty_is_a_mapping(value)


def empty_is_a_mapping(value: object) -> object:
    """`sla:` with nothing under it, as when its lines are commented out, says nothing."""
    return {} if value == "" else value
