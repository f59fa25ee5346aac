"""What an analyst may say about the rules of one process: its `rules.yaml`.

Rules of their own, and their word on rules that were found: accepted or refused, by the rule's id. Only the form of the
file is checked here, before the log is read; whether a rule makes sense is for the stage `rule_set`, which knows what
the log has, and a rule that does not is told and stops nothing. Add a key here in the same commit as the code that
obeys it. Language: docs/rules.md.
"""

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from bpa_assets.setting_values import Name, Text
from bpa_assets.settings import config_text
from bpa_resources.yaml_lines import read_yaml_lines, shown, validated

FILE = "rules.yaml"
MOST_RULES = 500

_RULE_ID = re.compile(r"r-[0-9a-f]{12}")


def _action(value: object) -> object:
    if isinstance(value, list):
        raise ValueError("is not an action; write escalate or {name: notify, to: Clerk}")
    if isinstance(value, dict):
        for name, said in value.items():
            if not isinstance(said, str):
                raise ValueError(f"is not an action: {name} is {shown(said)}; write one value")
        return value
    return {"name": value}


def _list(value: object) -> object:
    if isinstance(value, list) and len(value) > MOST_RULES:
        raise ValueError(f"is a list of more than {MOST_RULES}; write fewer")
    return () if value == "" else value


def _rule_id(value: object) -> object:
    if not isinstance(value, str) or not _RULE_ID.fullmatch(value):
        raise ValueError("is not the id of a rule; write such as r-0123456789ab")
    return value


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnalystRule(_Part):
    """A rule as an analyst wrote it; `action`: its name and parameters; without a moment it is asked at the start."""

    name: Name | None = None
    at: Name = "start"
    when: Name | None = None
    condition: Text
    action: Annotated[dict[str, str], BeforeValidator(_action)]
    foretells: Name | None = None
    explanation: Text | None = None

    @model_validator(mode="after")
    def _one_moment(self) -> "AnalystRule":
        if self.when is not None and "at" in self.model_fields_set:
            raise ValueError("has at and when, which mean the same; keep one")
        return self

    @property
    def moment(self) -> str:
        """When the rule is asked: `when` is another word for `at`."""
        return self.when or self.at


class Word(_Part):
    """An analyst's word on a rule that was found."""

    rule: Annotated[str, BeforeValidator(_rule_id)]
    by: Name
    reason: Text | None = None


class AnalystRules(_Part):
    """All that was said about the rules of one process; without a file, nothing."""

    rules: Annotated[tuple[AnalystRule, ...], BeforeValidator(_list)] = ()
    accepted: Annotated[tuple[Word, ...], BeforeValidator(_list)] = ()
    refused: Annotated[tuple[Word, ...], BeforeValidator(_list)] = ()

    @model_validator(mode="before")
    @classmethod
    def _empty_says_nothing(cls, value: object) -> object:
        return {} if value == "" else value

    @model_validator(mode="after")
    def _one_word_a_rule(self) -> "AnalystRules":
        said = [word.rule for word in (*self.accepted, *self.refused)]
        twice = next((rule for rule in said if said.count(rule) > 1), None)
        if twice is not None:
            raise ValueError(f"names {twice} twice among accepted and refused; keep one")
        return self


def read_analyst_rules(path: Path) -> AnalystRules:
    """Read a `rules.yaml`; a missing or an empty file says nothing.

    Raises InputError with one sentence naming the file, the line and the key of the first thing that is wrong.
    """
    document = read_yaml_lines(config_text(path), file=path.name)
    return validated(document, AnalystRules, file=path.name, not_yet=())
