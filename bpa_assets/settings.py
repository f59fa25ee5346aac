"""What a person may say about one process: its `process.yaml` and its key.

Add a key here in the same commit as the code that obeys it; until then it is refused, because a setting that is
read and not obeyed is a lie. What the settings do stays out, as does every default that depends on the log.
Contract: docs/contracts.md, "process.yaml" and "Files of a process".
"""

import hashlib
import json
import re
import unicodedata
import zoneinfo
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bpa_assets.durations import LONGEST_SECONDS, seconds_from_text
from bpa_assets.opening_hours import Part, each_day_once, holidays_from_text, hours_from_text, weekdays_from_text
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import KeyPath, did_you_mean, read_yaml_lines, shown, validated

LARGEST_BYTES = 1_000_000

# Keys of the contract that no part obeys yet.
NOT_YET: tuple[KeyPath, ...] = (
    ("goals",),
    ("privacy",),
    ("eligibility",),
    ("labour",),
    ("policy",),
    ("push",),
)

DEVIATION_KINDS = ("skipped", "inserted", "swapped")

LOG_EXTENSIONS = (".xes", ".csv", ".tsv", ".txt", ".parquet", ".gz")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

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
_WHOLE_DATES = ({"year", "month", "day"}, {"year", "day of the year"}, {"ISO year", "ISO week", "weekday"})


# --- kinds of values: each gives the second half of a sentence, "'x' is not …; write …" -----------------------------


def _from_text(parse: Callable[[str], Any], what: str) -> BeforeValidator:
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


def _empty_is_a_list(value: object) -> object:
    return () if value == "" else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"names {shown(name)} twice; keep one")
        seen.add(name)
    return names


Text = Annotated[str, _from_text(_text, "text")]
Name = Annotated[str, _from_text(_one_line, "text")]
Names = Annotated[tuple[Text, ...], BeforeValidator(_as_list), AfterValidator(_each_once)]
Zone = Annotated[str, _from_text(_zone, "a time zone")]
Delimiter = Annotated[str, _from_text(_delimiter, "a delimiter")]
Decimal = Annotated[str, _from_text(_decimal, "a decimal sign")]
TimestampFormat = Annotated[str, _from_text(_timestamp_format, "a time format")]
Currency = Annotated[str, _from_text(_currency, "a currency")]
Seconds = Annotated[float, _from_text(seconds_from_text, "a duration"), Field(gt=0, le=LONGEST_SECONDS)]
Share = Annotated[float, _from_text(_share, "a share"), Field(gt=0, le=1)]
Switch = Annotated[bool, _from_text(_switch, "yes or no")]
Date = Annotated[date, _from_text(_date, "a date")]
DeviationKind = Annotated[str, _from_text(_deviation_kind, "a kind of deviation")]
Weekdays = Annotated[str, _from_text(weekdays_from_text, "a weekday")]
Hours = Annotated[tuple[Part, ...], _from_text(hours_from_text, "hours")]
Holidays = Annotated[str, _from_text(holidays_from_text, "a country or a date")]
Rate = Annotated[float, _from_text(_number, "an amount"), Field(ge=0, allow_inf_nan=False)]


# --- the settings ---------------------------------------------------------------------------------------------------


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Section(_Settings):
    @model_validator(mode="before")
    @classmethod
    def _empty_says_nothing(cls, value: object) -> object:
        return _empty_is_a_mapping(value)


def _empty_is_a_mapping(value: object) -> object:
    """`sla:` with nothing under it, as when its lines are commented out, says nothing."""
    return {} if value == "" else value


class Source(_Section):
    """How to read the log: its columns and their form. What is None is inferred."""

    case_id: Text | None = None
    activity: Text | None = None
    start_time: Text | None = None
    end_time: Text | None = None
    resource: Text | None = None
    role: Text | None = None
    lifecycle: Text | None = None
    enabled_time: Text | None = None
    milestones: Names = ()
    cost: Names = ()
    timezone: Zone | None = None
    timestamp_format: TimestampFormat | None = None
    delimiter: Delimiter | None = None
    decimal: Decimal | None = None

    @model_validator(mode="after")
    def _milestones_are_activities_and_times(self) -> "Source":
        keys = ("activity", "start_time", "end_time", "lifecycle", "enabled_time")
        if self.milestones and (other := next((key for key in keys if getattr(self, key) is not None), None)):
            raise ValueError(
                f"has milestones, whose names are the activities and whose dates the times; remove {other}"
            )
        return self


class Limit(_Settings):
    """A limit in seconds and the share of cases that must meet it; None means the share met today ("not worse")."""

    limit: Seconds
    share: Share | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_duration(cls, value: object) -> object:
        if isinstance(value, list):
            raise ValueError("is not a limit; write 30d or {limit: 30d, share: 0.95}")
        return {"limit": value} if isinstance(value, str) else value


class Sla(_Section):
    """What was promised for a case, and for single activities; nothing by default."""

    cycle_time: Limit | None = None
    waiting_time: Limit | None = None
    activities: Annotated[dict[Text, Limit], BeforeValidator(_empty_is_a_mapping)] = {}


class Bottleneck(_Section):
    """From how many seconds of waiting a place counts as one where a case waited too long."""

    waiting_time: Seconds = 7200.0


class Cost(_Section):
    """What an hour of work costs: by role, or by resource where it has no role."""

    currency: Currency | None = None
    default_per_hour: Rate | None = None
    per_hour: Annotated[dict[Text, Rate], BeforeValidator(_empty_is_a_mapping)] = {}


class Calendar(_Section):
    """Whose midnight parts the days; when work is done (empty: nothing is said), and on which days it is not."""

    timezone: Zone = "UTC"
    hours: Annotated[dict[Weekdays, Hours], BeforeValidator(_empty_is_a_mapping), AfterValidator(each_day_once)] = {}
    holidays: Annotated[tuple[Holidays, ...], BeforeValidator(_as_list), AfterValidator(_each_once)] = ()

    @model_validator(mode="after")
    def _holidays_are_days_without_hours(self) -> "Calendar":
        if self.holidays and not self.hours:
            raise ValueError('has holidays but no hours; add them, such as hours: {mon-fri: "08:00-18:00"}')
        return self


class Outcome(_Section):
    """The activities after which a case has ended well, or badly; the last one of a case decides."""

    good: Names = ()
    bad: Names = ()

    @model_validator(mode="after")
    def _good_is_not_bad(self) -> "Outcome":
        if both := next((name for name in self.good if name in self.bad), None):
            raise ValueError(f"names {shown(both)} as good and as bad; keep one")
        return self


class Automation(_Section):
    """The resources that are no people."""

    resources: Names = ()


class Impute(_Section):
    """Whether absent values are filled in, and missing events inserted."""

    values: Switch = True
    events: Switch = False


class AcceptedDeviation(_Settings):
    """A deviation from the reference model that somebody has accepted; of every kind where none is named."""

    activity: Text
    kind: DeviationKind | None = None
    by: Name
    until: Date
    reason: Text | None = None


class ProcessConfig(_Section):
    """All that was said about one process; without a file, the defaults. Durations are in seconds."""

    name: Name | None = None
    source: Source = Source()
    ends: Names = ()
    sla: Sla = Sla()
    bottleneck: Bottleneck = Bottleneck()
    cost: Cost = Cost()
    calendar: Calendar = Calendar()
    outcome: Outcome = Outcome()
    automation: Automation = Automation()
    impute: Impute = Impute()
    label_matches: Annotated[
        dict[Text, Annotated[str, BeforeValidator(_activity_or_none)]], BeforeValidator(_empty_is_a_mapping)
    ] = {}
    accepted_deviations: Annotated[tuple[AcceptedDeviation, ...], BeforeValidator(_empty_is_a_list)] = ()

    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of the settings; two files that say the same have the same."""
        settings = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(settings.encode()).hexdigest()


# --- reading --------------------------------------------------------------------------------------------------------


def read_process_config(path: Path) -> ProcessConfig:
    """Read a `process.yaml`; a missing or an empty file gives the defaults.

    Raises InputError with one sentence naming the file, the line and the key of the first thing that is wrong.
    """
    document = read_yaml_lines(config_text(path), file=path.name)
    return validated(document, ProcessConfig, file=path.name, not_yet=NOT_YET)


def config_text(path: Path) -> str:
    """The text of a `process.yaml` or `rules.yaml`; empty if there is none. Raises InputError, one sentence."""
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path.name}: it is not a file; give the path of one")
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise InputError(f"{path.name}: it cannot be read ({error.strerror}); check its permissions") from error
    if len(data) > LARGEST_BYTES:
        raise InputError(f"{path.name}: it is larger than 1 MB; is it the right file?")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path.name}: it is not UTF-8 (line {line}); save it as UTF-8") from error


# --- the key of a process -------------------------------------------------------------------------------------------


def process_key(name: str) -> str:
    """Return the process key that a file name stands for: `Loan Application.xes.gz` gives `loan-application`.

    Raises InputError when nothing is left of the name.
    """
    stem = unicodedata.normalize("NFC", name).strip().lower()  # macOS hands over é as e and an accent
    while stem.endswith(LOG_EXTENSIONS):
        stem = stem[: stem.rindex(".")]
    key = re.sub("[^a-z0-9]+", "-", stem).strip("-")[:63].rstrip("-")
    if not key:
        raise InputError(f"no process key can be made of the file name {shown(name)}; name the process: use --process")
    return key


def check_process_key(key: str) -> str:
    """Return `key` if it is a process key; it becomes a folder, so anything else raises InputError."""
    if not _KEY.fullmatch(key):
        raise InputError(
            f"{shown(key)} is not a process key; write lower-case letters, digits and '-', at most 63, "
            "beginning with a letter or digit, such as loan-application"
        )
    return key
