"""The actions a rule may ask for: a closed catalogue, each with typed parameters, and the JSON Schema of it.

Add an action by one entry of CATALOGUE, and a kind of parameter by one entry of `_READ` and `_SCHEMAS`; what carries an
action out, and who may approve it, stays out.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bpa_assets.rule_set.rule import Action
from bpa_resources.yaml_lines import did_you_mean, shown

PRIORITIES = ("low", "normal", "high", "urgent")
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Parameter:
    """What an action may be told.

    Kinds: `text` (one line), `priority`, `activity` (of the log), `option` (of the decision point).
    """

    name: str
    kind: str
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class ActionType:
    """An entry of the catalogue.

    `foretells`: what the log is asked for of the cases, unless the rule says it itself; `against`: actions that
    contradict it when both are asked for in one case at one moment.
    """

    name: str
    meaning: str
    foretells: str
    parameters: tuple[Parameter, ...] = ()
    against: tuple[str, ...] = ()


_TO = Parameter("to", "text", "who: a person, a role or a team")
_PRIORITY = Parameter("priority", "priority", "how urgent it is")
_MESSAGE = Parameter("message", "text", "what they are told")

_ENTRIES = (
    ActionType("escalate", "hand the case to somebody who may decide more", "sla_breach", (_TO, _PRIORITY)),
    ActionType("notify", "tell somebody about the case", "bad_outcome", (_TO, _MESSAGE)),
    ActionType("assign", "give the case to a person, a role or a team", "sla_breach",
               (Parameter("to", "text", _TO.meaning, required=True),), against=("assign",)),
    ActionType("auto_approve", "approve the case without a person", "bad_outcome",
               against=("escalate", "request_information")),
    ActionType("create_ticket", "open a ticket about the case", "rework",
               (Parameter("queue", "text", "where the ticket goes"), Parameter("summary", "text", "its title"),
                _PRIORITY)),
    ActionType("skip_step", "leave an activity out", "rework",
               (Parameter("activity", "activity", "the activity that is not done", required=True),),
               against=("route",)),
    ActionType("route", "go on with one of the options of a decision point", "",
               (Parameter("to", "option", "the option", required=True),), against=("route", "close_case")),
    ActionType("set_priority", "give the case a priority", "sla_breach",
               (Parameter("priority", "priority", _PRIORITY.meaning, required=True),), against=("set_priority",)),
    ActionType("request_information", "ask somebody for what is missing", "bad_outcome",
               (Parameter("from", "text", "who is asked"), _MESSAGE)),
    ActionType("close_case", "end the case here", ""),
)  # fmt: skip
CATALOGUE: Mapping[str, ActionType] = {entry.name: entry for entry in _ENTRIES}


class RefusedAction(Exception):  # noqa: N818 - it says what became of the action
    """Something that is no action of the catalogue; `reason`: why, in one sentence without a full stop."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Named:
    """What an action may name in this process at this moment."""

    activities: tuple[str, ...]
    options: tuple[str, ...] = ()


def read_action(given: object, named: Named, catalogue: Mapping[str, ActionType] = CATALOGUE) -> Action:
    """The action that a name, or a mapping of `name` and parameters, says. Raises RefusedAction."""
    if isinstance(given, str):
        given = {"name": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        raise RefusedAction(f"{shown(given)} is no action; write its name, or {{name: notify, to: Clerk}}")
    kind = catalogue.get(given["name"])
    if kind is None:
        hint = did_you_mean(given["name"], catalogue) or f"; they are {', '.join(sorted(catalogue))}"
        raise RefusedAction(f"unknown action {shown(given['name'])}{hint}")
    known = {parameter.name: parameter for parameter in kind.parameters}
    said = {str(name): value for name, value in given.items() if name != "name" and value is not None}
    for name in said:
        if name not in known:
            hint = did_you_mean(name, known) or f"; it has {', '.join(known) or 'none'}"
            raise RefusedAction(f"{kind.name} has no parameter {shown(name)}{hint}")
    for name, parameter in known.items():
        if parameter.required and name not in said:
            raise RefusedAction(f"{kind.name} needs {name}: {parameter.meaning}")
    values = {name: _READ[known[name].kind](value, f"{kind.name}: {name}", named) for name, value in said.items()}
    return Action(kind.name, tuple(sorted(values.items())))


def _text(value: object, place: str, _named: Named) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RefusedAction(f"{place} {shown(value)} is not a text")
    if len(value) > LONGEST_TEXT or not value.isprintable():
        raise RefusedAction(f"{place} is not one printable line of at most {LONGEST_TEXT} characters")
    return value


def _priority(value: object, place: str, _named: Named) -> str:
    if value not in PRIORITIES:
        raise RefusedAction(f"{place} {shown(value)} is not one of {', '.join(PRIORITIES)}")
    return str(value)


def _activity(value: object, place: str, named: Named) -> str:
    return known_name(value, named.activities, f"{place}: unknown activity")


def _option(value: object, place: str, named: Named) -> str:
    if not named.options:
        raise RefusedAction(f"{place.split(':')[0]} is asked for at a decision point; say which with at")
    return known_name(value, named.options, f"{place}: unknown option")


def known_name(value: object, known: tuple[str, ...], what: str) -> str:
    """The one of `known` that is meant: as it stands, else without regard to case. Raises RefusedAction."""
    said = value if isinstance(value, str) else ""
    alike = [name for name in known if name.casefold() == said.casefold()]
    if said in known or len(alike) == 1:
        return said if said in known else alike[0]
    raise RefusedAction(f"{what} {shown(value)}{did_you_mean(said, known)}")


_READ: Mapping[str, Callable[[object, str, Named], str]] = {
    "text": _text, "priority": _priority, "activity": _activity, "option": _option
}  # fmt: skip
_SCHEMAS: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT},
    "priority": {"enum": list(PRIORITIES)},
    "activity": {"type": "string", "minLength": 1},
    "option": {"type": "string", "minLength": 1},
}


def action_text(action: Action) -> str:
    """An action as the JSON text that tables hold: its name and its parameters."""
    return json.dumps({"name": action.name, **dict(action.parameters)}, ensure_ascii=False)


def action_schema(catalogue: Mapping[str, ActionType] = CATALOGUE) -> dict[str, Any]:
    """The JSON Schema of such a text: one of the catalogue, with its parameters and nothing else."""
    return {"oneOf": [_schema(kind) for kind in catalogue.values()]}


def _schema(kind: ActionType) -> dict[str, Any]:
    parameters = {
        parameter.name: {"description": parameter.meaning, **_SCHEMAS[parameter.kind]} for parameter in kind.parameters
    }
    return {
        "type": "object",
        "description": kind.meaning,
        "properties": {"name": {"const": kind.name}, **parameters},
        "required": ["name", *(parameter.name for parameter in kind.parameters if parameter.required)],
        "additionalProperties": False,
    }


def act_against(one: Action, other: Action, catalogue: Mapping[str, ActionType] = CATALOGUE) -> bool:
    """Whether two actions contradict each other in one case at one moment: they cannot both be meant."""
    if one == other:
        return False
    if "skip_step" in (one.name, other.name):  # leaving out what the other one goes to
        return one.name != other.name and _step(one) == _step(other) is not None
    return other.name in catalogue[one.name].against or one.name in catalogue[other.name].against


def _step(action: Action) -> object:
    return dict(action.parameters).get("activity" if action.name == "skip_step" else "to")
