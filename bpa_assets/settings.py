"""What a person may say about one process: its `process.yaml`.

Add a key here in the same commit as the code that obeys it; until then it is refused, because a setting that is
read and not obeyed is a lie. What a plan or an action is told has modules of its own; what the settings do stays out,
as does every default that depends on the log. Contract: docs/contracts.md, "process.yaml".
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bpa_assets.action_settings import AcceptedPlan, ApprovalPolicy, Push
from bpa_assets.opening_hours import each_day_once
from bpa_assets.plan_settings import Eligibility, Goals, Labour
from bpa_assets.setting_values import (
    ActivityOrNone,
    CostBasis,
    Currency,
    Date,
    Decimal,
    Delimiter,
    DeviationKind,
    Holidays,
    Hours,
    Name,
    Names,
    Rate,
    Seconds,
    Section,
    Settings,
    Share,
    Switch,
    Text,
    TimestampFormat,
    Weekdays,
    Zone,
    as_list,
    each_once,
    empty_is_a_list,
    empty_is_a_mapping,
)
from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import KeyPath, read_yaml_lines, shown, validated

LARGEST_BYTES = 1_000_000

# Keys of the contract that no part obeys yet.
NOT_YET: tuple[KeyPath, ...] = (("privacy",),)


class Source(Section):
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


class Limit(Settings):
    """A limit in seconds and the share of cases that must meet it; None means the share met today ("not worse")."""

    limit: Seconds
    share: Share | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_duration(cls, value: object) -> object:
        if isinstance(value, list):
            raise ValueError("is not a limit; write 30d or {limit: 30d, share: 0.95}")
        return {"limit": value} if isinstance(value, str) else value


class Sla(Section):
    """What was promised for a case, and for single activities; nothing by default."""

    cycle_time: Limit | None = None
    waiting_time: Limit | None = None
    activities: Annotated[dict[Text, Limit], BeforeValidator(empty_is_a_mapping)] = Field(default_factory=dict)


class Bottleneck(Section):
    """From how many seconds of waiting a place counts as one where a case waited too long."""

    waiting_time: Seconds = 7200.0


class Cost(Section):
    """What an hour of work costs, by role, or by resource where it has no role; and which hours a plan counts."""

    currency: Currency | None = None
    default_per_hour: Rate | None = None
    per_hour: Annotated[dict[Text, Rate], BeforeValidator(empty_is_a_mapping)] = Field(default_factory=dict)
    basis: CostBasis | None = None


class Calendar(Section):
    """Whose midnight parts the days; when work is done (empty: nothing is said), and on which days it is not."""

    timezone: Zone = "UTC"
    hours: Annotated[dict[Weekdays, Hours], BeforeValidator(empty_is_a_mapping), AfterValidator(each_day_once)] = Field(
        default_factory=dict
    )
    holidays: Annotated[tuple[Holidays, ...], BeforeValidator(as_list), AfterValidator(each_once)] = ()

    @model_validator(mode="after")
    def _holidays_are_days_without_hours(self) -> "Calendar":
        if self.holidays and not self.hours:
            raise ValueError('has holidays but no hours; add them, such as hours: {mon-fri: "08:00-18:00"}')
        return self


class Outcome(Section):
    """The activities after which a case has ended well, or badly; the last one of a case decides."""

    good: Names = ()
    bad: Names = ()

    @model_validator(mode="after")
    def _good_is_not_bad(self) -> "Outcome":
        if both := next((name for name in self.good if name in self.bad), None):
            raise ValueError(f"names {shown(both)} as good and as bad; keep one")
        return self


class Automation(Section):
    """The resources that are no people."""

    resources: Names = ()


class Impute(Section):
    """Whether absent values are filled in, and missing events inserted."""

    values: Switch = True
    events: Switch = False


class AcceptedDeviation(Settings):
    """A deviation from the reference model that somebody has accepted; of every kind where none is named."""

    activity: Text
    kind: DeviationKind | None = None
    by: Name
    until: Date
    reason: Text | None = None


class ProcessConfig(Section):
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
    label_matches: Annotated[dict[Text, ActivityOrNone], BeforeValidator(empty_is_a_mapping)] = Field(
        default_factory=dict
    )
    accepted_deviations: Annotated[tuple[AcceptedDeviation, ...], BeforeValidator(empty_is_a_list)] = ()
    goals: Goals = Goals()
    labour: Labour = Labour()
    eligibility: Eligibility = Field(default_factory=dict)
    push: Push = Push()
    policy: ApprovalPolicy = ApprovalPolicy()
    accepted_plan: AcceptedPlan | None = None

    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of the settings; two files that say the same have the same."""
        settings = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(settings.encode()).hexdigest()


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
