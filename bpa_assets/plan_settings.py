"""What a person may say about plans: goals, labour rules, and which activities may be changed and at what cost.

What is not said is None or empty; which assumption is then made is the stage's, which says so. Add a key here in the
same commit as the code that obeys it. Contract: docs/contracts.md, "process.yaml".
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bpa_assets.setting_values import (
    Names,
    Rate,
    Seconds,
    Section,
    Share,
    Switch,
    Text,
    Weekdays,
    WorkingDay,
    empty_is_a_list,
    empty_is_a_mapping,
    from_text,
)
from bpa_resources.yaml_lines import shown


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", text):
        raise ValueError("is not a number of people or changes; write a whole number of 0 or more, such as 4")
    return int(text)


def _effort(text: str) -> float:
    if not re.fullmatch(r"0|0?\.[0-9]{1,15}|0\.0+", text):
        raise ValueError("is not the share of the work that is left; write a number from 0 to below 1, such as 0.3")
    return float(text)


def _duties(value: object) -> object:
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(one, str) for one in value):
        raise ValueError("is not a pair of activities; write [Approve, Pay]")
    if value[0] == value[1]:
        raise ValueError(f"names {shown(value[0])} twice; write two activities")
    return value


Count = Annotated[int, from_text(_count, "a number"), Field(ge=0, le=999_999)]
Effort = Annotated[float, from_text(_effort, "a share"), Field(ge=0, lt=1)]
Duties = Annotated[tuple[Text, Text], BeforeValidator(_duties)]


class Goals(Section):
    """What a plan has to reach: the share by which cost and mean cycle time fall; and its most changes."""

    cost_reduction: Share | None = None
    cycle_time_reduction: Share | None = None
    changes: Annotated[Count, Field(ge=1)] | None = None


class Staff(Section):
    """How few and how many people a role may have."""

    least: Count = 1
    most: Count | None = None

    @model_validator(mode="after")
    def _least_is_not_more_than_most(self) -> "Staff":
        if self.most is not None and self.most < self.least:
            raise ValueError(f"has least {self.least} above most {self.most}; correct one")
        return self


class Labour(Section):
    """Within which hours and rules people work; nobody may hold two duties that are `separate`."""

    hours: WorkingDay | None = None
    days: Weekdays | None = None
    longest_shift: Seconds | None = None
    longest_week: Seconds | None = None
    shortest_rest: Seconds | None = None
    staff: Annotated[dict[Text, Staff], BeforeValidator(empty_is_a_mapping)] = Field(default_factory=dict)
    separate: Annotated[tuple[Duties, ...], BeforeValidator(empty_is_a_list)] = ()


class Automate(Section):
    """What automation leaves of the work of an activity (`effort`), and what it costs a case and a week."""

    effort: Effort = 0.0
    per_case: Rate = 0.0
    per_week: Rate = 0.0


class Eligible(Section):
    """How an activity may be changed; what is not said may not."""

    automate: Automate | None = None
    skip: Switch = False
    merge_with: Text | None = None
    parallel_to: Text | None = None
    by: Names = ()


def _not_with_itself(eligible: dict[str, Eligible]) -> dict[str, Eligible]:
    for activity, how in eligible.items():
        if activity in (how.merge_with, how.parallel_to):
            raise ValueError(f"names {shown(activity)} beside itself; name another activity")
    return eligible


Eligibility = Annotated[
    dict[Text, Eligible], BeforeValidator(empty_is_a_mapping), AfterValidator(_not_with_itself)
]  # fmt: skip
