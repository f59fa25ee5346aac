"""What accepted rules ask for on the open cases, and an accepted plan: as requests to connections, not yet sent.

Each is a row of the lake table `proposed_actions`. What cannot be sent is a row too, with the problem in a sentence.
Add here how a row comes to be; where rules fire is the stage `rule_set`'s, who approves what is the ledger's.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpa_assets.action_settings import Push, Pushed
from bpa_assets.actions.placeholders import check_names, filled
from bpa_assets.rule_set.action_catalogue import CATALOGUE
from bpa_assets.rule_set.rule_sentence import sentence, short_sentence
from bpa_resources.connectors.call import Call, Connectors
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import action_id_of

Row = dict[str, Any]

PLAN_CHANGE = "plan_change"
"""What the change of an accepted plan is called in `push.actions`."""

_OF_A_RULE = ("case_id", "process", "rule", "rule_id", "sentence", "action")
_OF_A_CHANGE = ("process", "plan", "position", "kind", "subject", "from_value", "to_value", "reason")


@dataclass(frozen=True)
class Firing:
    """An open case in which an accepted rule fires; `attributes`: of the case, by the names of the log's columns."""

    rule: Mapping[str, Any]  # a row of rule_set
    case_id: str
    moment_time: Any
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class Systems:
    """What is known of the other systems: `connectors`, or why they cannot be asked."""

    connectors: Connectors | None
    problem: str = ""


def rule_proposals(process: str, firings: Iterable[Firing], push: Push, systems: Systems) -> list[Row]:
    """A row for each firing, by rule and case."""
    rows = [_of_rule(process, firing, push, systems) for firing in firings]
    return sorted(rows, key=lambda row: (row["rule_id"], row["case_id"]))


def plan_proposals(
    process: str, plan: str, changes: Sequence[Mapping[str, Any]], push: Push, systems: Systems
) -> list[Row]:
    """A row for each change of an accepted plan, in its order. `changes`: rows of `plan_change`."""
    rows = []
    for change in sorted(changes, key=lambda one: int(one["position"])):
        values = {"process": process, "plan": plan, **{name: change[name] for name in _OF_A_CHANGE[2:]}}
        asked = {"rule_id": f"{plan}/{change['position']}", "case_id": "", "action": PLAN_CHANGE, "moment_time": None}
        rows.append(_row(process, asked, values, push, systems))
    return rows


def names_for(action: str, attributes: Collection[str]) -> tuple[str, ...]:
    """The names that texts for an action may hold."""
    if action == PLAN_CHANGE:
        return _OF_A_CHANGE
    parameters = [one.name for one in CATALOGUE[action].parameters] if action in CATALOGUE else []
    return tuple(dict.fromkeys([*_OF_A_RULE, *parameters, *attributes]))


def unknown_names(push: Push, attributes: Collection[str]) -> Iterator[str]:
    """What is wrong with `push.actions` whatever the case: one sentence an action."""
    for action, pushed in sorted(push.actions.items()):
        if action != PLAN_CHANGE and action not in CATALOGUE:
            yield f"push.actions: no rule asks for {action}; actions are {', '.join(sorted((*CATALOGUE, PLAN_CHANGE)))}"
            continue
        try:
            check_names(pushed.input, names_for(action, attributes), f"push.actions.{action}")
        except InputError as error:
            yield str(error)


def _of_rule(process: str, firing: Firing, push: Push, systems: Systems) -> Row:
    rule = firing.rule
    parameters = dict(json.loads(rule["action"]))
    action = str(parameters.pop("name"))
    said = {
        "case_id": firing.case_id,
        "process": process,
        "rule": rule["name"] or short_sentence(rule),
        "rule_id": rule["rule_id"],
        "sentence": sentence(rule),
        "action": action,
    }
    values = {**dict.fromkeys(names_for(action, firing.attributes)), **firing.attributes, **parameters, **said}
    asked = {
        "rule_id": rule["rule_id"],
        "case_id": firing.case_id,
        "action": action,
        "moment_time": firing.moment_time,
    }
    return _row(process, asked, values, push, systems)


def _row(process: str, asked: Row, values: Mapping[str, Any], push: Push, systems: Systems) -> Row:
    row = {"action_id": action_id_of(process, asked["rule_id"], asked["case_id"]), **asked, "problem": None}
    pushed = push.actions.get(asked["action"])
    if pushed is None:
        return row | {"problem": f"push.actions does not say what becomes of {asked['action']}"}
    row |= {"connection": pushed.connection, "operation": pushed.operation}
    try:
        call = _call(pushed, values)
        row |= {"input": canonical_input(call), "request_hash": call.request_hash}
        return row | _judged(call, systems)
    except InputError as error:
        return row | {"problem": str(error)}


def _call(pushed: Pushed, values: Mapping[str, Any]) -> Call:
    call = Call(pushed.connection, pushed.operation, filled(pushed.input, values) or {})
    try:
        call.canonical()
    except ValueError as error:  # NaN, which a column of numbers can hold
        raise InputError(f"its input cannot be written as JSON: {error}") from None
    return call


def canonical_input(call: Call) -> str:
    """The input as the JSON text of the table."""
    return json.dumps(call.input, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _judged(call: Call, systems: Systems) -> Row:
    """The risk of a call, and what is wrong with it."""
    if systems.connectors is None:
        return {"problem": systems.problem}
    risk = systems.connectors.risk(call.connection, call.operation)
    problems = systems.connectors.problems(call)
    repeatable = systems.connectors.repeatable(call.connection, call.operation)
    return {"risk": risk, "repeatable": repeatable, "problem": "; ".join(problems) or None}
