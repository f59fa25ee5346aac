"""What a person may say about actions: what is pushed where, who approves it, and which plan was accepted.

Only the form is checked here; whether a connection and its operation exist is known where connections are. Add a key
here in the same commit as the code that obeys it. Contract: docs/contracts.md, "process.yaml".
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bpa_assets.plan_settings import Count
from bpa_assets.setting_values import (
    Name,
    Names,
    Seconds,
    Section,
    Settings,
    Switch,
    Text,
    empty_is_a_mapping,
    from_text,
)
from bpa_resources.ledger.approval import LONGEST_DEADLINE_SECONDS
from bpa_resources.ledger.canonical import same_person

RISKS = ("none", "low", "medium", "high")
_PLAN_ID = re.compile(r"p-[0-9a-f]{12}")


def _risk(text: str) -> str:
    if text not in RISKS:
        raise ValueError(f"is not a risk; write one of {', '.join(RISKS)}")
    return text


def _plan_id(text: str) -> str:
    if not _PLAN_ID.fullmatch(text):
        raise ValueError("is not the id of a plan; write such as p-0123456789ab")
    return text


def _within_ten_years(seconds: float) -> float:
    if seconds > LONGEST_DEADLINE_SECONDS:
        raise ValueError("is at most ten years; write such as 3d")
    return seconds


def _inputs(value: object) -> object:
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise ValueError("is not an input; write names and values, such as {summary: Late}")
    return value


Risk = Annotated[str, from_text(_risk, "a risk")]
PlanId = Annotated[str, from_text(_plan_id, "the id of a plan")]


class Pushed(Settings):
    """What carries an action out: an operation of a connection; texts of `input` may hold placeholders."""

    connection: Name
    operation: Name
    input: Annotated[dict[Text, Any], BeforeValidator(_inputs)] = Field(default_factory=dict)


class Push(Section):
    """Whether anything is sent (else it is only shown), at most how many a run, and what each action becomes."""

    enabled: Switch = False
    most: Annotated[Count, Field(ge=1)] = 100
    actions: Annotated[dict[Text, Pushed], BeforeValidator(empty_is_a_mapping)] = Field(default_factory=dict)


class ApprovalPolicy(Section):
    """Up to which risk actions go by themselves, and who approves the others, how many of them, until when.

    `four_eyes`: nobody approves what they proposed or own.
    """

    automatic: Risk = "none"
    approvers: Names = ()
    owner: Name | None = None
    quorum: Annotated[Count, Field(ge=1)] = 1
    four_eyes: Switch = True
    deadline: Annotated[Seconds, AfterValidator(_within_ten_years)] = 259_200.0
    notice: Pushed | None = None

    @model_validator(mode="after")
    def _quorum_can_be_met(self) -> "ApprovalPolicy":
        able = {same_person(name) for name in self.approvers}
        if self.four_eyes:
            able.discard(same_person(self.owner or ""))
        if self.approvers and len(able) < self.quorum:
            raise ValueError(f"has a quorum of {self.quorum} and {len(able)} who may approve; name more approvers")
        return self


class AcceptedPlan(Settings):
    """The plan that somebody has accepted; its changes become actions."""

    plan: PlanId
    by: Name
